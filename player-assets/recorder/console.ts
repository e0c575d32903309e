// Errors and warnings of the console, as rrweb's console plugin tells them.
import type { Privacy } from "./privacy";

const LEVELS = ["error", "warn", "assert"] as const;
/** Characters of one value, values of one line, lines in a minute: a page that complains in a loop must not fill the recording. */
const LONGEST = 1_000;
const MOST_VALUES = 10;
const MOST_LINES = 60;

type Tell = (line: { level: string; trace: string[]; payload: string[] }) => void;

export function consolePlugin(privacy: Privacy) {
  return { name: "rrweb/console@1", options: {}, observer: (tell: unknown, win: Window) => observe(tell as Tell, win, privacy) };
}

function observe(tell: Tell, win: Window, privacy: Privacy): () => void {
  let inside = false;
  let [minute, lines] = [0, 0];
  const say = (level: string, values: unknown[], stack?: string) => {
    if (inside) return;
    inside = true;
    try {
      const now = Math.floor(Date.now() / 60_000);
      if (now !== minute) [minute, lines] = [now, 0];
      if (lines++ >= MOST_LINES) return;
      const trace = (stack ?? "").split("\n", 10).filter(Boolean).map((line) => privacy.text(line.trim()).slice(0, LONGEST));
      tell({ level, trace, payload: values.slice(0, MOST_VALUES).map((value) => JSON.stringify(privacy.text(worded(value)).slice(0, LONGEST))) });
    } catch {
      // A value whose getters throw is the page's own trouble.
    } finally {
      inside = false;
    }
  };
  const console = (win as Window & typeof globalThis).console;
  const undo = LEVELS.map((level) => {
    const original = console[level] as (...values: unknown[]) => void;
    const wrapped = (...values: unknown[]) => {
      if (level !== "assert") say(level, values);
      else if (!values[0]) say(level, values.slice(1));
      return original.apply(console, values);
    };
    console[level] = wrapped;
    // Whoever wrapped it after us keeps us in; without `say` that costs nothing.
    return () => console[level] === wrapped && (console[level] = original);
  });
  const onError = (event: ErrorEvent) => event.message && say("error", [event.message], (event.error as Error | undefined)?.stack);
  const onRejection = ({ reason }: PromiseRejectionEvent) => say("error", ["Uncaught (in promise)", reason], (reason as Error | undefined)?.stack);
  win.addEventListener("error", onError);
  win.addEventListener("unhandledrejection", onRejection);
  return () => {
    inside = true;
    for (const one of undo) one();
    win.removeEventListener("error", onError);
    win.removeEventListener("unhandledrejection", onRejection);
  };
}

/** Objects are named, not walked: they may be the page's whole state, with what people typed in it. */
function worded(value: unknown): string {
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (typeof value === "object" && value !== null) return Object.prototype.toString.call(value);
  return typeof value === "function" ? "[function]" : String(value).slice(0, 10 * LONGEST);
}
