// The page at one moment after another: each event is applied at its own time, and the page is brought to each asked moment. The renderer
// (main.ts) and the player (player/engine.ts) both stand on this. Times are session time in whole microseconds.
import { adoptAnimations, showTransitions } from "./animations";
import { advanceClock, dropTimers, nextTimer } from "./clock";
import { pageDocument } from "./documents";
import { addFont } from "./fonts";
import { noteFullscreen, showFullscreen, startPage } from "./fullscreen";
import { decodePictures, outlook, showMotion, type Cycle } from "./motion";
import { countPlaceholders } from "./placeholders";
import { blur, cursorAt, focus, hover, toPage, type Position } from "./pointer";
import { applyIncremental, forget, nodeById, rebuild, restoreScrolls, retryScrolls, settleLayout, type RecordedEvent } from "./replay";
import { pending } from "./resources";
import { adoptDrawings } from "./smil";
import { surroundings } from "./surroundings";
import { dropWhole } from "./whole";

/** Something to happen at `at`. */
export type Item =
  /** `quick`: long ago, and one of very many; what moves since then may count from a moment later. Only players say so. */
  | { k: "event"; at: number; e: RecordedEvent; quick?: boolean }
  /** A full snapshot; animations that stand in it count from `origin`, when the page was first seen. */
  | { k: "snapshot"; at: number; e: RecordedEvent; origin: number }
  /** A font that script loaded: it stays for this page and those after it. */
  | { k: "font"; at: number; e: RecordedEvent }
  | { k: "viewport"; at: number; w: number; h: number }
  | { k: "pointer"; at: number; x: number; y: number; id: number; touch: boolean }
  | { k: "press"; at: number; x: number; y: number; id: number; kind: number }
  /** A custom event that says which element fills the screen. */
  | { k: "fullscreen"; at: number; e: RecordedEvent }
  | { k: "focus"; at: number; id: number; visible: boolean }
  | { k: "blur"; at: number; id: number };

export interface Slot {
  at: number;
  items: Item[];
}

export interface PointerState extends Position {
  /** When it came there. */
  at: number;
  /** Where it was before that. */
  from: Position | null;
  fromAt: number;
  /** A finger rather than a mouse. */
  touch: boolean;
  /** A button is down, or a finger on the glass. */
  down: boolean;
  cursor: string;
}

export interface Mark extends Position {
  at: number;
  kind: number;
}

export interface Answer {
  /** How many of the slots were gone through; the last of them is what the page now shows. */
  done: number;
  /** Whether the page may look different now than before the call. */
  changed: "no" | "maybe" | "yes";
  /** The pointer at each slot gone through. */
  pointers: (PointerState | null)[];
  marks: Mark[];
  next: number | null;
  cycle: Cycle | null;
  /** The page's title, after the last slot gone through. */
  title: string;
}

let viewport = { width: 0, height: 0 };
let pointer: PointerState | null = null;
let raw: { x: number; y: number; id: number; touch: boolean } | null = null;
let marks: Mark[] = [];
/** What has the focus, since `at`. */
let focused: { at: number; id: number; visible: boolean } | null = null;
let changedAt = 0;
/** The moment that the page was brought to last. */
let reached = 0;
let cursorStale = true;
/** Session time, µs, at which the page next changes by itself, as of the slot before. */
let nextChange: number | null = null;

const rank = { no: 0, maybe: 1, yes: 2 } as const;
type Change = keyof typeof rank;

/** Puts the page's frame to its place when the viewport (CSS px) has another size. */
let place: (viewport: { width: number; height: number }) => void = () => undefined;

/** From now on `show` is told of each size of the page. */
export function placeBy(show: typeof place): void {
  place = show;
}

/** Forgets the recording. */
export function reset(): void {
  dropTimers();
  dropWhole();
  forget();
  pointer = null;
  raw = null;
  focused = null;
  nextChange = null;
}

/** Goes through the slots up to the first that may look different. */
export async function advance(slots: Slot[]): Promise<Answer> {
  marks = [];
  const pointers: (PointerState | null)[] = [];
  let changed: Change = "no";
  let done = 0;
  for (const slot of slots) {
    for (const item of slot.items) changed = most(changed, await apply(item));
    changed = most(changed, await settle(slot.at));
    pointers.push(pointer && { ...pointer });
    done++;
    if (changed !== "no") break;
  }
  reached = slots[done - 1]?.at ?? 0;
  return { done, changed, pointers, marks, ...future(), title: title() };
}

/** After something that was asked for has come: the page as it now is at the moment that was reached. */
export async function resettle(): Promise<Answer> {
  cursorStale = true;
  await settle(reached);
  return { done: 0, changed: "yes", pointers: [pointer && { ...pointer }], marks: [], ...future(), title: title() };
}

/** A page may have megabytes in its title. */
const LONGEST_TITLE = 300;

function title(): string {
  return pageDocument()?.title.slice(0, LONGEST_TITLE) ?? "";
}

/** When the page next changes by itself. */
function future(): { next: number | null; cycle: Cycle | null } {
  const { next, cycle } = outlook(reached, changedAt);
  const timer = nextTimer();
  return { next: earliest(next, timer === null ? null : timer * 1000), cycle };
}

function most(a: Change, b: Change): Change {
  return rank[b] > rank[a] ? b : a;
}

function earliest(a: number | null, b: number | null): number | null {
  if (a === null) return b;
  return b === null ? a : Math.min(a, b);
}

async function apply(item: Item): Promise<Change> {
  advanceClock(item.at / 1000);
  switch (item.k) {
    case "pointer":
      return movePointer(item);
    case "press":
      return press(item);
    case "viewport":
      viewport = { width: item.w, height: item.h };
      place(viewport);
      return pageChanged(item.at);
    case "font":
      await addFont(item.e);
      return pageChanged(item.at, "maybe");
    case "fullscreen":
      showTransitions(item.at);
      noteFullscreen(item.e.data.payload, item.at);
      showFullscreen(nodeById);
      return pageChanged(item.at);
    case "focus":
      focused = item;
      focus(nodeById(item.id) as HTMLElement | null, item.visible);
      return pageChanged(item.at, "maybe");
    case "blur":
      if (focused?.id === item.id) focused = null;
      blur(nodeById(item.id) as HTMLElement | null);
      return pageChanged(item.at, "maybe");
    case "snapshot":
      dropTimers();
      startPage(item.origin);
      await rebuild(item.e, viewport);
      changedAt = item.at;
      await decodePictures();
      adoptAnimations(item.origin);
      adoptDrawings(item.origin);
      // A checkout shows the page that stands already: what had the focus has it still.
      if (focused && focused.at < item.origin) focused = null;
      if (focused) focus(nodeById(focused.id) as HTMLElement | null, focused.visible);
      resetPointer(item.at);
      return "yes";
    case "event": {
      // What a transition starts from is what was shown at the moment of the change.
      if (!item.quick) showTransitions(item.at);
      if (!(await applyIncremental(item.e))) return "no";
      if (item.e.data.source === 0) keepFocus(item.e);
      const source = item.e.data.source as number;
      if (item.quick) return "yes";
      return pageChanged(item.at, source === 0 || source === 3 || source === 9 ? "yes" : "maybe");
    }
  }
}

function pageChanged(at: number, how: Change = "yes"): Change {
  changedAt = at;
  cursorStale = true;
  adoptAnimations(at);
  adoptDrawings(at);
  return how;
}

/**
 * Recorders tell of a focus before the change that made room for it: the element of an opened dialog, or one that was hidden. And
 * opening a dialog gives it the focus in the browser's own way, with a ring that a click would not have brought.
 */
function keepFocus({ data }: RecordedEvent): void {
  const node = focused && (nodeById(focused.id) as HTMLElement | null);
  if (!focused || !node?.isConnected) return;
  const opens = data.attributes?.some(({ attributes }: { attributes: object }) => "open" in attributes || "rr_open_mode" in attributes);
  const root = node.getRootNode() as Document | ShadowRoot;
  if (opens || root.activeElement !== node) focus(node, focused.visible);
}

function movePointer({ at, x, y, id, touch }: { at: number; x: number; y: number; id: number; touch: boolean }): Change {
  raw = { x, y, id, touch };
  const node = nodeById(id);
  const position = toPage(node, x, y);
  const from = pointer && pointer.touch === touch ? { x: pointer.x, y: pointer.y } : null;
  pointer = { ...position, at, from, fromAt: pointer?.at ?? at, touch, down: pointer?.down ?? false, cursor: pointer?.cursor ?? "default" };
  cursorStale = true;
  if (touch) marks.push({ ...position, at, kind: TOUCH_MOVE });
  if (!node || touch) return "no";
  showTransitions(at);
  return hover(node) ? pageChanged(at, "maybe") : "no";
}

const [MOUSE_UP, MOUSE_DOWN, CLICK, TOUCH_START, TOUCH_END, TOUCH_CANCEL] = [0, 1, 2, 7, 9, 10];
/** Not rrweb's: a finger that moved. The renderer knows it (src/render/overlay.rs). */
const TOUCH_MOVE = 100;

function press(item: { at: number; x: number; y: number; id: number; kind: number }): Change {
  const { at, kind } = item;
  // A choice in the list of a `select`, the keyboard and scripts click nowhere, which is recorded as the corner.
  if ((kind === MOUSE_UP || kind === CLICK) && item.x === 0 && item.y === 0) {
    if (pointer) pointer.down = false;
    return "no";
  }
  const touch = kind >= TOUCH_START;
  const changed = movePointer({ ...item, touch });
  if (!pointer) return changed;
  if (kind === MOUSE_DOWN || kind === TOUCH_START) pointer.down = true;
  if (kind === MOUSE_UP || kind === TOUCH_END || kind === TOUCH_CANCEL) pointer.down = false;
  marks.push({ x: pointer.x, y: pointer.y, at, kind });
  return changed;
}

/** After a full snapshot only the pointer's raw position is still true: what it is over is looked up anew. */
function resetPointer(at: number): void {
  if (!raw) return;
  const node = nodeById(raw.id);
  pointer = { ...toPage(node, raw.x, raw.y), at, from: null, fromAt: at, touch: raw.touch, down: false, cursor: "default" };
  cursorStale = true;
  if (node && !raw.touch && hover(node)) pageChanged(at);
}

/** Brings everything to `at`: timers, animations, images, fonts, and the cursor that the page wants. */
async function settle(at: number): Promise<Change> {
  let changed: Change = "no";
  const timer = nextTimer();
  if (timer !== null && timer * 1000 <= at) {
    showTransitions(timer * 1000);
    advanceClock(at / 1000);
    changed = pageChanged(at, "maybe");
  }
  advanceClock(at / 1000);
  const decoding = decodePictures();
  if (decoding) await decoding;
  if (nextChange !== null && nextChange <= at) {
    changed = most(changed, "maybe");
    cursorStale = true;
  }
  const pictures = showMotion(at, changedAt);
  if (pictures) await pictures;
  const canvases = surroundings.showCanvases();
  if (canvases) await canvases;
  if (cursorStale) {
    settleLayout();
    retryScrolls();
    const waits = pending();
    if (waits) {
      await waits;
      restoreScrolls();
      settleLayout();
    }
    if (pointer && !pointer.touch) pointer.cursor = cursorAt(pointer);
    countPlaceholders();
    cursorStale = false;
  }
  nextChange = outlook(at, changedAt).next;
  return changed;
}
