#!/usr/bin/env node
// Renders each recording with replayreel and with puppeteer-capture, one after the other on this machine, and prints a Markdown table.
//
//   node benches/run.mjs RECORDING...
//
// RIVAL=0 leaves puppeteer-capture out. REPLAYREEL names another binary. STILLS is the number of cold stills (5). Files and raw figures go to
// bench-results/.
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { basename, join } from 'node:path';
import { measure } from './measure.mjs';

const SIZE = '1280x720';
const FPS = '30';
const program = process.env.REPLAYREEL ?? 'target/release/replayreel';
const rival = process.env.RIVAL !== '0';
const stills = Number(process.env.STILLS ?? 5);
const folder = 'bench-results';

const recordings = process.argv.slice(2);
if (recordings.length === 0) {
  console.error('usage: node benches/run.mjs RECORDING...');
  process.exit(2);
}
await mkdir(folder, { recursive: true });

const results = [];
for (const recording of recordings) {
  const name = basename(recording).replace(/\.(json|jsonl|gz|zst)/g, '');
  try {
    const result = { name, ours: await render(recording, name), still_s: await still(recording, name) };
    if (rival) result.rival = await renderWithRival(recording, name);
    results.push(result);
  } catch (error) {
    // One recording that fails is a finding, not a reason to lose the figures of the others.
    results.push({ name, error: error.message });
    process.exitCode = 1;
  }
}
await writeFile(join(folder, 'results.json'), JSON.stringify(results, null, 2));
console.log(await table(results));

async function render(recording, name) {
  const out = join(folder, `${name}.mp4`);
  const reportFile = join(folder, `${name}.report.json`);
  await rm(reportFile, { force: true });
  console.error(`replayreel: ${name}`);
  const run = await succeed(program, ['render', recording, '--size', SIZE, '--fps', FPS, '-o', out, '--report', reportFile]);
  const report = JSON.parse(await readFile(reportFile, 'utf8'));
  return { ...run, out_bytes: (await stat(out)).size, video_s: report.video_ms / 1000, report };
}

/** Every still from a new process: what a script that makes one picture waits for. */
async function still(recording, name) {
  console.error(`replayreel: ${name}, ${stills} stills`);
  const times = [];
  for (let i = 0; i < stills; i++) {
    const run = await succeed(program, ['still', recording, '--at', '50%', '--size', SIZE, '-o', join(folder, `${name}.png`)]);
    times.push(run.wall_s);
  }
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
}

async function renderWithRival(recording, name) {
  console.error(`puppeteer-capture: ${name}`);
  const out = join(folder, `${name}.puppeteer-capture.mp4`);
  const run = await succeed(process.execPath, [
    'benches/compare/puppeteer-capture.mjs', recording, out, '--size', SIZE, '--fps', FPS,
  ]);
  const { video_s, frames, out_bytes } = JSON.parse(run.stdout.trim().split('\n').at(-1));
  return { ...run, video_s, frames, out_bytes };
}

async function succeed(command, args) {
  const { stdout, stderr, ...run } = await measure(command, args);
  if (run.code !== 0) {
    const lines = stderr.trim().split('\n');
    throw new Error(`${basename(command)} ${args[0]} ended with ${run.code}: ${lines.find((line) => /error/i.test(line)) ?? lines.at(-1)}`);
  }
  return { ...run, stdout };
}

async function table(results) {
  const columns = [
    ['recording', (r) => r.name],
    ['video', ({ ours }) => `${ours.video_s.toFixed(1)} s`],
    ['replayreel', ({ ours }) => `${ours.wall_s.toFixed(2)} s`],
    ['real time', ({ ours }) => `${speed(ours).toFixed(1)}x`],
    ['captured / distinct / slots', ({ ours: { report } }) => `${report.captured} / ${report.distinct} / ${report.slots}`],
    ['replayreel memory', ({ ours }) => mib(ours.own_peak)],
    ['Chromium memory', ({ ours }) => mib(ours.browser_peak)],
    ['ffmpeg memory', ({ ours }) => mib(ours.encoder_peak)],
    ['cold still', ({ still_s }) => `${still_s.toFixed(2)} s`],
    ['puppeteer-capture', ({ rival }) => (rival ? `${rival.wall_s.toFixed(1)} s` : '')],
    ['its real time', ({ rival }) => (rival ? `${speed(rival).toFixed(2)}x` : '')],
    // The two videos differ by a second or so (what is shown before the first and after the last event), so rates are compared, not times.
    ['ratio', ({ ours, rival }) => (rival ? `**${(speed(ours) / speed(rival)).toFixed(1)}x**` : '')],
  ].slice(0, rival ? undefined : -3);
  const lines = [
    columns.map(([title]) => title),
    columns.map((_, index) => (index === 0 ? '---' : '--:')),
    ...results.map((r) => (r.error ? [r.name, `failed: ${r.error.replaceAll('|', '\\|')}`] : columns.map(([, cell]) => cell(r)))),
  ];
  return `${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n\n${await machine()}`;
}

function speed({ video_s, wall_s }) {
  return video_s / wall_s;
}

function mib(bytes) {
  return `${Math.round(bytes / 2 ** 20)} MiB`;
}

async function machine() {
  const system = /^PRETTY_NAME="(.*)"/m.exec(await readFile('/etc/os-release', 'utf8').catch(() => ''))?.[1] ?? 'unknown system';
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${SIZE}, ${FPS} fps. ${cpus().length} cores (${cpus()[0].model.trim()}), ${memory} GiB, ${system}, no GPU. `
    + 'Memory: peak resident size; of Chromium the sum over its processes, shared pages counted in each.';
}
