#!/usr/bin/env node
// Makes a recording of about 500 MB of JSON and watches what memory replayreel takes for it.
//
//   node benches/large.mjs [MEGABYTES] [inspect|render]      (500, inspect)
//
// Three files of the same events are made in bench-results/large/: plain, gzip, and with the fields compressed that PostHog's recorder
// compresses (`cv`). REPLAYREEL names another binary. `render` also makes a clip of five seconds from the middle of the plain one.
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip, gzipSync } from 'node:zlib';
import { measure } from './measure.mjs';

const megabytes = Number(process.argv[2] ?? 500);
const renders = process.argv[3] === 'render';
const program = process.env.REPLAYREEL ?? 'target/release/replayreel';
const folder = join('bench-results', 'large');
const START = 1_767_225_600_000;
const STEP_MS = 250;
const ROWS = 40;

/** The same numbers every time. */
let seed = 1;
const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
const words = (count) => Array.from({ length: count }, () => Math.floor(random() * 60_466_176).toString(36)).join(' ');

const text = (id, value) => ({ type: 3, textContent: value, id });
const element = (id, tagName, attributes, childNodes = []) => ({ type: 2, tagName, attributes, childNodes, id });

/** A page of a thousand rows of text with a list below, of which every step replaces the rows. */
function snapshot(timestamp) {
  let id = 20;
  const rows = Array.from({ length: 1000 }, () => element(id++, 'p', { class: 'row' }, [text(id++, words(12))]));
  const style = element(7, 'style', {}, [text(8, 'body{font:14px sans-serif;margin:20px}.row{margin:2px}li{color:#246}')]);
  const body = element(5, 'body', {}, [element(6, 'ul', {}), element(9, 'main', {}, rows)]);
  const page = { type: 0, childNodes: [{ type: 1, name: 'html', publicId: '', systemId: '', id: 2 }, element(3, 'html', {}, [element(4, 'head', {}, [style]), body])], id: 1 };
  return { type: 2, data: { node: page, initialOffset: { top: 0, left: 0 } }, timestamp };
}

function mutation(step, timestamp, fresh) {
  const first = 1_000_000 + step * ROWS * 2;
  const removes = fresh ? [] : Array.from({ length: ROWS }, (_, row) => ({ parentId: 6, id: first - ROWS * 2 + row * 2 }));
  const adds = Array.from({ length: ROWS }, (_, row) => [
    { parentId: 6, nextId: null, node: element(first + row * 2, 'li', { 'data-key': words(2), class: 'item' }) },
    { parentId: first + row * 2, nextId: null, node: text(first + row * 2 + 1, words(6)) },
  ]).flat();
  return { type: 3, data: { source: 0, texts: [], attributes: [], removes, adds }, timestamp };
}

function moves(timestamp) {
  const positions = Array.from({ length: 5 }, (_, i) => ({ x: Math.floor(random() * 1280), y: Math.floor(random() * 720), id: 9, timeOffset: i * 50 - 200 }));
  return { type: 3, data: { source: 1, positions }, timestamp };
}

/** As PostHog's recorder compresses an event: one character per byte. */
function compressed(event) {
  const packed = (value) => gzipSync(JSON.stringify(value)).toString('latin1');
  if (event.type === 2) return { ...event, data: packed(event.data), cv: '2024-10' };
  if (event.type !== 3 || event.data.source !== 0) return event;
  const { source, texts, attributes, removes, adds } = event.data;
  return { ...event, data: { source, texts: packed(texts), attributes: packed(attributes), removes: packed(removes), adds: packed(adds) }, cv: '2024-10' };
}

/** The recording as pieces of JSON: steps until the plain form has the size asked for. */
function* recording(change = (event) => event) {
  seed = 1;
  let length = 0;
  const piece = (event, first = false) => {
    length += JSON.stringify(event).length + 1;
    return (first ? '[' : ',') + JSON.stringify(change(event));
  };
  yield piece({ type: 4, data: { href: 'https://large.example/', width: 1280, height: 720 }, timestamp: START }, true);
  for (let step = 0; length < megabytes * 1e6; step++) {
    const timestamp = START + step * STEP_MS;
    // A full snapshot every five minutes, as PostHog's recorder takes them, with the list as it then stands not in it.
    const fresh = step % 1200 === 0;
    if (fresh) yield piece(snapshot(timestamp));
    yield piece(mutation(step, timestamp, fresh));
    yield piece(moves(timestamp));
  }
  yield ']';
}

await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
const files = { plain: join(folder, 'plain.json'), gzip: join(folder, 'gzip.json.gz'), fields: join(folder, 'fields.json') };
await pipeline(Readable.from(recording()), createWriteStream(files.plain));
await pipeline(Readable.from(recording()), createGzip({ level: 1 }), createWriteStream(files.gzip));
await pipeline(Readable.from(recording(compressed)), createWriteStream(files.fields));

console.log('| what | time | peak memory of replayreel | of the browser |\n|---|--:|--:|--:|');
for (const [name, file] of Object.entries(files)) await row(`inspect, ${name}`, ['inspect', file]);
if (renders) await row('render 5 s, plain', ['render', files.plain, '--from', '50%', '--to', '50%+5s', '--fps', '10', '--browsers', '1', '-o', join(folder, 'clip.mp4')]);

async function row(name, options) {
  const { code, wall_s, own_peak, browser_peak, stderr } = await measure(program, options);
  if (code !== 0) {
    console.error(`${name} ended with ${code}: ${stderr}`);
    process.exitCode = 1;
  }
  const size = (bytes) => (bytes ? `${Math.round(bytes / 1e6)} MB` : '');
  console.log(`| ${name} | ${wall_s.toFixed(1)} s | ${size(own_peak)} | ${size(browser_peak)} |`);
}
