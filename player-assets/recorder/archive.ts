// A session as a replay package (docs/package-format.md).
import { compressed } from "./courier";
import { VERSION } from "./options";
import type { Session } from "./session";
import { crc32, sha256 } from "./sums";

interface Entry {
  path: string;
  bytes: Uint8Array;
}

interface Event {
  type: number;
  timestamp: number;
  data: { href?: string; width?: number; height?: number };
}

/** `lines` are events, one per line. */
export async function pack(lines: string, session: Session): Promise<Blob> {
  const rows = lines.split("\n").filter(Boolean).map((line) => ({ line, event: JSON.parse(line) as Event }));
  // Stable: what happened at one moment stays in its order.
  rows.sort((a, b) => a.event.timestamp - b.event.timestamp);
  const start = rows[0]?.event.timestamp ?? Date.now();
  const duration = (rows.at(-1)?.event.timestamp ?? start) - start;
  const pages = rows.filter(({ event }) => event.type === 4).map(({ event }) => event);
  const { width, height } = pages[0]?.data ?? {};
  const viewport = width && height ? { viewport: { width, height } } : {};
  const events = new TextEncoder().encode(rows.map(({ line }) => `["main", ${line}]\n`).join(""));
  const manifest = {
    format: "replay-package",
    format_version: "1.0",
    tool: { name: "replayreel-recorder", version: VERSION },
    session: {
      id: session.id,
      started_at: new Date(start).toISOString(),
      started_at_ms: start,
      duration_ms: duration,
      events: rows.length,
      ...viewport,
      windows: [{ id: "main", events: rows.length, first_ms: 0, last_ms: duration, ...viewport }],
      pages: pages.map(({ data, timestamp }) => ({ window: "main", url: data.href ?? "", at_ms: timestamp - start })),
      ...(session.person !== undefined && { person: { distinct_ids: [session.person] } }),
    },
    source: { shape: "recorder", files: [] },
    repairs: [],
    assets: [],
    entries: [{ path: "events.jsonl", kind: "events", bytes: events.length, sha256: await sha256(events) }],
  };
  return zip([
    { path: "events.jsonl", bytes: events },
    { path: "manifest.json", bytes: new TextEncoder().encode(JSON.stringify(manifest, null, 2) + "\n") },
  ]);
}

/** 1980-01-01: the same session is the same bytes. */
const DATE = 0x21;
const UTF8 = 1 << 11;

async function zip(entries: Entry[]): Promise<Blob> {
  const parts: BlobPart[] = [];
  const directory: BlobPart[] = [];
  let [offset, length] = [0, 0];
  for (const { path, bytes } of entries) {
    const name = new TextEncoder().encode(path);
    const deflated = await compressed(bytes as BlobPart, "deflate-raw");
    const stored = deflated ?? bytes;
    // Version, flags, method, time and date, sums and sizes, length of the name; the same in both places.
    const common: [size: 2 | 4, value: number][] = [
      [2, 20], [2, UTF8], [2, deflated ? 8 : 0], [2, 0], [2, DATE],
      [4, crc32(bytes)], [4, stored.length], [4, bytes.length], [2, name.length], [2, 0],
    ];
    const local = record(0x04034b50, common);
    const listed = record(0x02014b50, [[2, 20], ...common, [2, 0], [2, 0], [2, 0], [4, 0], [4, offset]]);
    parts.push(local, name, stored as BlobPart);
    directory.push(listed, name);
    offset += local.length + name.length + stored.length;
    length += listed.length + name.length;
  }
  const count = entries.length;
  const end = record(0x06054b50, [[2, 0], [2, 0], [2, count], [2, count], [4, length], [4, offset], [2, 0]]);
  return new Blob([...parts, ...directory, end], { type: "application/zip" });
}

/** A signature and numbers behind it, little-endian. */
function record(signature: number, fields: [size: 2 | 4, value: number][]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(fields.reduce((sum, [size]) => sum + size, 4));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, signature, true);
  let at = 4;
  for (const [size, value] of fields) {
    if (size === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += size;
  }
  return bytes;
}
