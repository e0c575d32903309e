#!/usr/bin/env node
// Reads a replay package (.replay.zip) with Node's standard library alone, and prints what it holds as JSON.
//
//     node read_package.mjs FILE.replay.zip
//
// docs/package-format.md specifies the format. Node 18 or later.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { argv, exit, stderr, stdout } from "node:process";
import { pathToFileURL } from "node:url";
import { inflateRawSync } from "node:zlib";

const MAJOR = 1;
// Held against what really comes out: what a ZIP says of its sizes proves nothing.
const MOST_BYTES = 2 ** 31 - 1;

/** The entries of a ZIP by path, as functions that return the content. Packages below 4 GiB need no ZIP64, so it is not read here. */
function openZip(zip) {
  let end = zip.length - 22;
  while (end >= 0 && zip.readUInt32LE(end) !== 0x06054b50) end -= 1;
  if (end < 0) throw new Error("no ZIP, or cut off");
  const entries = new Map();
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (zip.readUInt32LE(at) !== 0x02014b50) throw new Error("the directory is broken");
    const method = zip.readUInt16LE(at + 10);
    const size = zip.readUInt32LE(at + 20);
    const [name, extra, comment] = [28, 30, 32].map((place) => zip.readUInt16LE(at + place));
    const header = zip.readUInt32LE(at + 42);
    const path = zip.toString("utf8", at + 46, at + 46 + name);
    if (entries.has(path)) throw new Error(`${path}: there twice`);
    entries.set(path, (limit = MOST_BYTES) => {
      const start = header + 30 + zip.readUInt16LE(header + 26) + zip.readUInt16LE(header + 28);
      const data = zip.subarray(start, start + size);
      if (method === 0) return data;
      if (method === 8) return inflateRawSync(data, { maxOutputLength: limit });
      throw new Error(`${path}: compressed by method ${method}`);
    });
    at += 46 + name + extra + comment;
  }
  return entries;
}

/** The lines of a buffer, which may be longer than a string can be. */
function* lines(buffer) {
  for (let start = 0; start < buffer.length; ) {
    const feed = buffer.indexOf(10, start);
    const end = feed < 0 ? buffer.length : feed;
    if (end > start) yield buffer.toString("utf8", start, end);
    start = end + 1;
  }
}

/** The manifest, the events as [window, event] in order of time, and the resources by URL. */
export function readPackage(zip) {
  const entries = openZip(zip);
  const read = (path, limit) => {
    const content = entries.get(path);
    if (!content) throw new Error(`${path}: missing`);
    return content(limit);
  };
  const manifest = JSON.parse(read("manifest.json", 16 * 2 ** 20));
  if (manifest.format !== "replay-package") throw new Error("manifest.json: not a replay package");
  if (Number.parseInt(manifest.format_version, 10) !== MAJOR) {
    throw new Error(`format ${manifest.format_version}: this reader knows ${MAJOR}.x`);
  }

  const contents = new Map();
  // Kinds that are not known here came with a later minor version.
  for (const { path, bytes, sha256 } of manifest.entries.filter(({ kind }) => kind === "events" || kind === "asset")) {
    const content = read(path);
    if (content.length !== bytes || createHash("sha256").update(content).digest("hex") !== sha256) {
      throw new Error(`${path}: not what was packed`);
    }
    contents.set(path, content);
  }

  const events = manifest.entries
    .filter(({ kind }) => kind === "events")
    .flatMap(({ path }) => Array.from(lines(contents.get(path)), (line) => JSON.parse(line)));
  const assets = new Map(
    manifest.assets.map(({ url, content_type, path }) => [url, { content_type, content: contents.get(path) }]),
  );
  return { manifest, events, assets };
}

function main() {
  const { manifest, events, assets } = readPackage(readFileSync(argv[2]));
  const windows = {};
  for (const [window, { timestamp }] of events) {
    const of = (windows[window] ??= { events: 0, first: timestamp, last: timestamp });
    of.events += 1;
    of.last = timestamp;
  }
  const summary = {
    format_version: manifest.format_version,
    session: manifest.session.id ?? null,
    windows,
    assets: Object.fromEntries(
      [...assets].map(([url, { content_type, content }]) => [url, { content_type, bytes: content.length }]),
    ),
  };
  stdout.write(`${JSON.stringify(summary)}\n`);
}

if (import.meta.url === pathToFileURL(argv[1]).href) {
  try {
    main();
  } catch (error) {
    stderr.write(`${argv[2]}: ${error.message}\n`);
    exit(1);
  }
}
