// An element that fills the screen. Browsers do that without a change of the document, so PostHog's recorder tells of it by a custom
// event (`rrweb/fullscreen`, payload `{id, enter}`).
import { hold } from "./placeholders";

const FILLS = {
  position: "fixed",
  inset: "0px",
  width: "100%",
  height: "100%",
  minWidth: "0px",
  minHeight: "0px",
  maxWidth: "none",
  maxHeight: "none",
  margin: "0px",
  boxSizing: "border-box",
  zIndex: "2147483647",
};

let pinned: Animation | null = null;
/** What fills the screen, since `at`. */
let full: { id: number; at: number } | null = null;

/** Notes what a custom event says about the screen; `at` is session time, µs. */
export function noteFullscreen(payload: { id?: unknown; enter?: unknown } | undefined, at: number): void {
  const id = Number(payload?.id);
  if (payload?.enter === true && Number.isFinite(id)) full = { id, at };
  else if (full?.id === id) full = null;
}

/** A page that is new since `origin` (session time, µs) begins without. */
export function startPage(origin: number): void {
  pinned = null;
  if (full && full.at < origin) full = null;
}

/** Forgets all. */
export function dropFullscreen(): void {
  pinned = null;
  full = null;
}

/** Lets the element fill the page, and the one before go back to its place. */
export function showFullscreen(nodeById: (id: number) => Node | null): void {
  const element = full && nodeById(full.id);
  const target = element?.nodeType === 1 ? (element as Element) : null;
  if (pinned && (pinned.effect as KeyframeEffect).target === target) return;
  pinned?.cancel();
  pinned = null;
  if (!target) return;
  pinned = hold(target, FILLS);
}
