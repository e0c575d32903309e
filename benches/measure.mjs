// Runs a command and watches it: wall time, and the memory of everything it starts.
import { spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';

const SAMPLE_MS = 50;
// Finding new processes means reading all of /proc, which costs more than reading the sizes of those already known.
const SAMPLES_PER_SEARCH = 4;
const PAGE_BYTES = 4096;

/**
 * Resolves to `{ code, wall_s, own_peak, browser_peak, encoder_peak, stdout, stderr }`, peaks in bytes.
 *
 * `own_peak` is the kernel's own high-water mark of the started process, so no sample can miss it. The other two are the largest sums of resident
 * sizes seen at one time over the Chromium and the ffmpeg processes below it; pages that processes share count once for each of them.
 */
export function measure(command, args, { env = process.env } = {}) {
  return new Promise((resolve, reject) => {
    const begin = performance.now();
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const output = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk) => (output.stdout += chunk));
    child.stderr.on('data', (chunk) => (output.stderr += chunk));

    const family = new Map([[child.pid, null]]);
    const peaks = { own_peak: 0, browser_peak: 0, encoder_peak: 0 };
    let samples = 0;
    const timer = setInterval(() => {
      if (samples++ % SAMPLES_PER_SEARCH === 0) adopt(family);
      sample(child.pid, family, peaks);
    }, SAMPLE_MS);

    let end;
    child.on('exit', () => (end = performance.now()));
    child.on('error', (error) => {
      clearInterval(timer);
      reject(error);
    });
    child.on('close', (code) => {
      clearInterval(timer);
      resolve({ code, wall_s: (end - begin) / 1000, ...peaks, ...output });
    });
  });
}

/** Adds the children of known processes. Who once belonged stays: helpers of a killed parent are handed to process 1. */
function adopt(family) {
  const parents = new Map();
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry);
    if (!pid || family.has(pid)) continue;
    const stat = read(pid, 'stat');
    // The name in the second field may hold anything, spaces and brackets too; the fields after it start behind its last bracket.
    if (stat) parents.set(pid, Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
  }
  for (let grew = true; grew; ) {
    grew = false;
    for (const [pid, parent] of parents) {
      if (family.has(pid) || !family.has(parent)) continue;
      family.set(pid, null);
      grew = true;
    }
  }
}

function sample(own, family, peaks) {
  const sums = { browser: 0, encoder: 0 };
  for (const [pid, known] of family) {
    if (pid === own) {
      // Not the largest of all samples: the first may still see the copy of this process that has not become the command yet.
      const mark = /^VmHWM:\s+(\d+) kB/m.exec(read(pid, 'status') ?? '');
      if (mark) peaks.own_peak = Number(mark[1]) * 1024;
      continue;
    }
    const statm = read(pid, 'statm');
    if (!statm) {
      family.delete(pid);
      continue;
    }
    const kind = known ?? kindOf(pid);
    if (!kind) continue;
    family.set(pid, kind);
    sums[kind] += Number(statm.split(' ')[1]) * PAGE_BYTES;
  }
  peaks.browser_peak = Math.max(peaks.browser_peak, sums.browser);
  peaks.encoder_peak = Math.max(peaks.encoder_peak, sums.encoder);
}

/** By its command line, which stays readable where /proc/PID/exe does not. Null while it is still a copy of its parent. */
function kindOf(pid) {
  const program = (read(pid, 'cmdline') ?? '').split('\0')[0];
  if (/chrom/i.test(program)) return 'browser';
  if (/ffmpeg$/.test(program)) return 'encoder';
  return null;
}

/** A process may be gone between any two reads. */
function read(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return null;
  }
}
