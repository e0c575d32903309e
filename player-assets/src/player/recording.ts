// A package as the player needs it: its windows' scores, its resources, and what its index says. Events stay the bytes they came as; each is
// read once to be put into its place, and again when it is shown.
import type { Stock } from "../styles";
import { bounded, type Index, indexOf, type Manifest } from "./manifest";
import { Score, type Told } from "./score";
import { PackageProblem, Zip } from "./zip";

/** A window (tab). */
export interface Tab {
  id: string;
  score: Score;
}

/** A recording, opened. Times are session time in µs. */
export interface Recording {
  manifest: Manifest;
  index: Index;
  /** By id. */
  tabs: Map<string, Tab>;
  /** When there is first something to see. */
  start: number;
  /** A second after the last event, as videos have it. */
  end: number;
  /** Events that could not be read. */
  unread: number;
  stock: Stock;
  event(line: number): Told;
}

/** What stays after the last event, µs. */
const TAIL = 1_000_000;
/** Longest stretch of work without letting the page breathe, ms. */
const BREATH = 30;

/** Opens a package. `progress` is told of how much is done, 0 to 1. */
export async function openPackage(bytes: Uint8Array, progress: (done: number) => void): Promise<Recording> {
  const zip = new Zip(bytes);
  if (!zip.has("manifest.json")) throw new PackageProblem("it is a ZIP, but no replay package (manifest.json is missing)");
  const manifest = read<Manifest>(await zip.text("manifest.json"), "manifest.json");
  if (manifest.format !== "replay-package") throw new PackageProblem("it is no replay package");
  if (!/^1\./.test(String(manifest.format_version))) throw new PackageProblem("it was made by a newer program");
  const entries = Array.isArray(manifest.entries) ? manifest.entries : [];
  const lines = new Lines();
  for (const { path, kind } of entries) if (kind === "events") lines.add(await zip.read(path));
  progress(0.3);
  const stock = await resources(zip, manifest);
  progress(0.4);
  const found = await arrange(lines, (done) => progress(0.4 + done * 0.6));
  const path = entries.find(({ kind }) => kind === "index")?.path;
  const told = path ? read<Partial<Index>>(await zip.text(path), path) : null;
  const starts = [...found.tabs.values()].flatMap(({ score }) => score.start ?? []);
  if (starts.length === 0) throw new PackageProblem("it has nothing to show: no full snapshot");
  const start = Math.min(...starts);
  const index = indexOf(told, manifest, found, start);
  return { manifest, index, ...found, start, end: found.last + TAIL, stock, event: (line) => (JSON.parse(lines.text(line)) as [string, Told])[1] };
}

function read<T>(text: string, path: string): T {
  try {
    const value = JSON.parse(text);
    if (value && typeof value === "object" && !Array.isArray(value)) return value;
  } catch {
    // Said below.
  }
  throw new PackageProblem(`${path} cannot be read`);
}

/** Lines of UTF-8, over several entries. */
class Lines {
  private readonly parts: Uint8Array[] = [];
  private readonly places: { part: number; from: number; to: number }[] = [];
  private readonly decoder = new TextDecoder();

  add(part: Uint8Array): void {
    this.parts.push(part);
    for (let from = 0; from < part.length; ) {
      const found = part.indexOf(10, from);
      const to = found < 0 ? part.length : found;
      if (to > from) this.places.push({ part: this.parts.length - 1, from, to });
      from = to + 1;
    }
  }

  get count(): number {
    return this.places.length;
  }

  text(line: number): string {
    const { part, from, to } = this.places[line] as { part: number; from: number; to: number };
    return this.decoder.decode((this.parts[part] as Uint8Array).subarray(from, to));
  }
}

/** Custom events, for packages without an index. */
export interface Found {
  tabs: Map<string, Tab>;
  last: number;
  unread: number;
  markers: { at: number; window: string; label: string }[];
}

const MOST_MARKERS = 2000;

async function arrange(lines: Lines, progress: (done: number) => void): Promise<Found> {
  const found: Found = { tabs: new Map(), last: 0, unread: 0, markers: [] };
  let zero: number | null = null;
  let breath = performance.now();
  for (let line = 0; line < lines.count; line++) {
    if (line % 64 === 0 && performance.now() - breath > BREATH) {
      progress(line / lines.count);
      await new Promise((resolve) => setTimeout(resolve));
      breath = performance.now();
    }
    const text = lines.text(line);
    let entry: [unknown, Told] | null = null;
    try {
      entry = JSON.parse(text);
    } catch {
      // Counted below.
    }
    const [window, event] = Array.isArray(entry) ? entry : [null, null];
    if (typeof window !== "string" || !event || typeof event !== "object" || !Number.isFinite(event.timestamp)) {
      found.unread++;
      continue;
    }
    zero ??= event.timestamp;
    const at = Math.round((event.timestamp - zero) * 1000);
    found.last = Math.max(found.last, at);
    let tab = found.tabs.get(window);
    if (!tab) found.tabs.set(window, (tab = { id: window, score: new Score() }));
    try {
      tab.score.add(event, at, line, text);
    } catch {
      found.unread++;
    }
    if (event.type === 5 && found.markers.length < MOST_MARKERS) found.markers.push({ at, window, label: bounded(event.data?.tag, 200) });
  }
  for (const tab of found.tabs.values()) tab.score.finish();
  return found;
}

/** The resources by URL, whatever its spelling, as data URLs or as text of style sheets; each made when it is first asked for. */
async function resources(zip: Zip, { assets }: Manifest): Promise<Stock> {
  const contents = new Map<string, Uint8Array>();
  const known = new Map<string, { type: string; path: string; made?: string }>();
  for (const { url, content_type: type, path } of Array.isArray(assets) ? assets : []) {
    if (!contents.has(path)) contents.set(path, await zip.read(path));
    known.set(spelling(String(url)), { type: String(type ?? ""), path: String(path) });
  }
  return (url) => {
    const asset = known.get(spelling(url));
    if (!asset) return undefined;
    asset.made ??= make(asset.type, contents.get(asset.path) as Uint8Array);
    return asset.made;
  };
}

function spelling(url: string): string {
  return (url.split("#")[0] as string).replace(/^https?:/i, "");
}

function make(type: string, bytes: Uint8Array): string {
  const plain = (type.split(";")[0] as string).trim().toLowerCase();
  if (plain === "text/css") return new TextDecoder().decode(bytes);
  let binary = "";
  for (let at = 0; at < bytes.length; at += 32_768) binary += String.fromCharCode(...bytes.subarray(at, at + 32_768));
  return `data:${kind(plain, bytes)};base64,${btoa(binary)}`;
}

/** The type that is put before the content: only that of a picture or a font, whatever a server said. */
function kind(type: string, bytes: Uint8Array): string {
  if (/^(image|font)\/[\w.+-]+$/.test(type)) return type;
  const head = String.fromCharCode(...bytes.subarray(0, 12));
  const svg = /^\s*(<\?xml[^]*)?<svg/i.test(new TextDecoder().decode(bytes.subarray(0, 500)));
  if (svg) return "image/svg+xml";
  if (head.startsWith("\x89PNG")) return "image/png";
  if (head.startsWith("GIF8")) return "image/gif";
  if (head.startsWith("\xff\xd8")) return "image/jpeg";
  if (head.startsWith("RIFF")) return "image/webp";
  return "application/octet-stream";
}
