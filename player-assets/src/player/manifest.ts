// What a package says of itself (docs/package-format.md), made safe: the file may come from anybody.
import type { Found } from "./recording";

/** `manifest.json`, as far as the player reads it. */
export interface Manifest {
  format: string;
  format_version: string;
  session: { id?: string; started_at?: string; started_at_ms?: number; duration_ms?: number; pages?: { window: string; url: string; at_ms: number }[] };
  assets: { url: string; content_type: string; path: string }[];
  entries: { path: string; kind: string }[];
}

/** Something that happened; times are session time in µs. */
export interface Row {
  at: number;
  until: number;
  window: string;
  kind: string;
  text: string;
  /** What stands beside it, smaller. */
  aside: string;
}

/** `index.json`, with times in µs. */
export interface Index {
  /** It was there, rather than put together from the events. */
  whole: boolean;
  turns: { at: number; window: string }[];
  idle: { from: number; to: number }[];
  chapters: { at: number; title: string }[];
  steps: Row[];
  moments: Row[];
  console: Row[];
  network: Row[];
  scrollbars: boolean;
  canvasRecorded: boolean;
  /** By list: how many were left out. */
  leftOut: Record<string, number>;
}

const MOST_ROWS = 50_000;

/** A text of at most so many characters; nothing of what is no text. */
export function bounded(text: unknown, most: number): string {
  if (typeof text !== "string") return "";
  return text.length > most ? `${text.slice(0, most)}…` : text;
}

function micros(ms: unknown): number {
  return Math.round((Number(ms) || 0) * 1000);
}

// biome-ignore lint: JSON of strangers
type Raw = Record<string, any>;

function rows(list: unknown, make: (one: Raw) => Partial<Row>): Row[] {
  const found = (Array.isArray(list) ? list : []).slice(0, MOST_ROWS).filter((one) => one && typeof one === "object");
  return found
    .map((one: Raw) => {
      const at = Math.max(0, micros(one.at_ms));
      const until = "until_ms" in one ? micros(one.until_ms) : at;
      return { at, until: Math.max(at, until), window: bounded(one.window, 200), kind: bounded(one.kind, 30), text: "", aside: "", ...make(one) };
    })
    .sort((a, b) => a.at - b.at);
}

/** What the index tells, or what can be told without one. */
export function indexOf(told: Raw | null, manifest: Manifest, found: Found, start: number): Index {
  const known = told?.version === 1 ? told : null;
  const list = (name: string) => (Array.isArray(known?.[name]) ? known[name] : []).slice(0, MOST_ROWS) as Raw[];
  const shown = [...found.tabs.values()].filter(({ score }) => score.start !== null);
  const turns = list("turns").flatMap(({ at_ms, window }) => (shown.some(({ id }) => id === window) ? { at: micros(at_ms), window: String(window) } : []));
  if (turns.length === 0) for (const { id, score } of shown) turns.push({ at: score.start ?? 0, window: id });
  turns.sort((a, b) => a.at - b.at);
  const moments = known
    ? rows(known.moments, ({ label, url }) => ({ text: bounded(label, 500), aside: url === label ? "" : bounded(url, 300) }))
    : [
        ...rows(manifest.session?.pages, ({ url }) => ({ kind: "page", text: bounded(url, 500) })),
        ...found.markers.map(({ at, window, label }) => ({ at, until: at, window, kind: "marker", text: label, aside: "" })),
      ].sort((a, b) => a.at - b.at);
  const chapters = list("chapters").map(({ at_ms, title }) => ({ at: micros(at_ms), title: bounded(title, 200) }));
  const pages = moments.filter(({ kind }) => kind === "page").map(({ at, text }) => ({ at: Math.max(at, start), title: text }));
  return {
    whole: known !== null,
    turns,
    idle: list("idle").map(({ from_ms, to_ms }) => ({ from: micros(from_ms), to: micros(to_ms) })),
    chapters: known ? chapters : pages,
    steps: rows(known?.steps, ({ text }) => ({ text: bounded(text, 500) })),
    moments,
    console: rows(known?.console, ({ level, message, count }) => ({
      kind: bounded(level, 20),
      text: bounded(message, 2000),
      aside: Number(count) > 1 ? `×${Math.round(Number(count))}` : "",
    })),
    network: rows(known?.network, ({ method, url, status, duration_ms, failed }) => ({
      kind: failed === true ? "failed" : "ok",
      text: bounded(url, 1000),
      aside: [bounded(method, 10), statusText(status), length(duration_ms)].filter((part) => part !== "").join(" · "),
    })),
    scrollbars: known?.scrollbars === true,
    canvasRecorded: known ? known.canvas_recorded === true : true,
    leftOut: Object.fromEntries(Object.entries(known?.left_out ?? {}).map(([name, count]) => [name, Math.round(Number(count)) || 0])),
  };
}

function statusText(status: unknown): string {
  if (typeof status !== "number") return "";
  return status === 0 ? "no answer" : String(Math.round(status));
}

function length(ms: unknown): string {
  if (typeof ms !== "number" || !Number.isFinite(ms)) return "";
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
