// Reads a recording into the one thing rrweb's player takes: a time-ordered array of the events of one window.
import { readFile } from 'node:fs/promises';
import zlib from 'node:zlib';

const META = 4;
const FULL_SNAPSHOT = 2;
const INCREMENTAL = 3;
const MUTATION = 0;
const STYLE_SHEET_RULE = 8;

export async function readRecording(path) {
  const text = decompress(await readFile(path), path).toString('utf8');
  const events = eventsOf(parse(text))
    .map(inflateEvent)
    .filter((event) => Number.isFinite(event?.timestamp));
  // The player takes the first event as time zero and never sorts.
  const window = busiestWindow(events).sort((a, b) => a.timestamp - b.timestamp);
  // A video starts with the first thing to be seen; before it the player would show minutes of nothing.
  const first = window.findIndex((event) => event.type === FULL_SNAPSHOT);
  if (first < 0) throw new Error(`${path}: no full snapshot`);
  const meta = window.slice(0, first).findLast((event) => event.type === META);
  const shown = window.slice(first);
  return meta ? [{ ...meta, timestamp: shown[0].timestamp }, ...shown] : shown;
}

function decompress(bytes, path) {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return zlib.gunzipSync(bytes);
  if (bytes.readUInt32LE(0) === 0xfd2fb528) {
    if (!zlib.zstdDecompressSync) throw new Error(`${path}: Node reads zstd from version 22.15 on; unpack the file first`);
    return zlib.zstdDecompressSync(bytes);
  }
  return bytes;
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text.split('\n').filter((line) => line.trim()).map((line) => JSON.parse(line));
  }
}

/** rrweb array, JSON lines, `{events}`, and PostHog's export in both versions. */
function eventsOf(document) {
  if (Array.isArray(document)) {
    return document.map((entry) => (Array.isArray(entry) ? { ...entry[1], windowId: entry[0] } : entry));
  }
  if (document.events) return document.events;
  if (document.data?.snapshots) return document.data.snapshots;
  if (document.data?.snapshotsByWindowId) {
    return Object.entries(document.data.snapshotsByWindowId).flatMap(([windowId, events]) =>
      events.map((event) => ({ ...event, windowId })),
    );
  }
  throw new Error('not a recording shape that the comparison reads');
}

/** PostHog's `cv: "2024-10"`: gzip whose bytes travel as the characters U+0000 to U+00FF of a JSON string. */
function inflateEvent(event) {
  if (event?.cv !== '2024-10') return event;
  if (event.type === FULL_SNAPSHOT) return { ...event, data: inflate(event.data) };
  const fields = {
    [MUTATION]: ['adds', 'removes', 'texts', 'attributes'],
    [STYLE_SHEET_RULE]: ['adds', 'removes'],
  }[event.data?.source];
  if (event.type !== INCREMENTAL || !fields) return event;
  const data = { ...event.data };
  for (const field of fields) if (field in data) data[field] = inflate(data[field]);
  return { ...event, data };
}

// The tag stays on events that an exporter has already unpacked, so only strings are touched.
function inflate(value) {
  return typeof value === 'string' ? JSON.parse(zlib.gunzipSync(Buffer.from(value, 'latin1'))) : value;
}

/** Events of several tabs in one player fight over the same node ids. */
function busiestWindow(events) {
  const windows = new Map();
  for (const event of events) {
    if (!windows.has(event.windowId)) windows.set(event.windowId, []);
    windows.get(event.windowId).push(event);
  }
  return [...windows.values()].reduce((best, window) => (window.length > best.length ? window : best), []);
}
