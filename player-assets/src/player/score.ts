// A window's events as the list of things the page has to be told, each at its own moment: the same as src/timeline/score.rs, which says
// why. Times are session time in whole microseconds.
import type { Item } from "../show";

/** An event, as far as the score needs to know it. */
export interface Told {
  type: number;
  timestamp: number;
  // biome-ignore lint: the shape depends on the type, and comes from strangers
  data: any;
}

/** Something to tell the page; events are named by their line. */
export type Action =
  | Exclude<Item, { e: unknown }>
  | { k: "event"; at: number; line: number; quick?: boolean }
  | { k: "font" | "fullscreen"; at: number; line: number }
  | { k: "snapshot"; at: number; line: number; origin: number; base: string };

const PRESS_TO_FOCUS = 50_000;
const TAP_TO_MOUSE = 1_000_000;
const OLDEST_SAMPLE_MS = 60_000;
const FULLSCREEN = "rrweb/fullscreen";
const [MOUSE_UP, MOUSE_DOWN, CLICK, FOCUS, BLUR, TOUCH_START, TOUCH_MOVE_DEPARTED, TOUCH_END, TOUCH_CANCEL] = [0, 1, 2, 5, 6, 7, 8, 9, 10];

/** What to tell the page, in order, for a whole window. */
export class Score {
  readonly actions: Action[] = [];
  /** Indices of full snapshots. */
  private snapshots: number[] = [];
  private snapshotAt: number | null = null;
  private pageSince = 0;
  private pressedAt: number | null = null;
  private highestId = 0;
  private touching = false;
  private touchedAt: number | null = null;
  private viewport: { w: number; h: number } | null = null;
  private pristine: string | null = null;
  private href = "";

  /** Adds the next event of the window. `text`: its JSON. */
  add(event: Told, at: number, line: number, text: string): void {
    const { type, data } = event;
    if (type === 4) {
      if (typeof data?.href === "string") this.href = data.href;
      this.resize(at, data);
    } else if (type === 2) {
      if (!data || typeof data !== "object" || !data.node) return;
      const same = sameData(text);
      if (this.pristine !== null && this.pristine === same) return;
      const ids = nodeIds(text);
      if (this.snapshotAt === null || (ids.highest === ids.count && ids.highest !== this.highestId)) {
        this.pageSince = at;
        this.highestId = 0;
      }
      this.highestId = Math.max(this.highestId, ids.highest);
      this.snapshotAt = at;
      this.touching = false;
      this.push({ k: "snapshot", at, line, origin: this.pageSince, base: this.href });
      this.pristine = same;
    } else if (type === 3 && data?.source === 4) {
      this.resize(at, data);
    } else if (this.snapshotAt === null) {
      return;
    } else if (type === 5 && data?.tag === FULLSCREEN) {
      this.push({ k: "fullscreen", at, line });
    } else if (type === 3 && data) {
      this.change(data, at, line, text);
    }
  }

  private resize(at: number, data: { width?: unknown; height?: unknown } | null): void {
    const side = (value: unknown) => Math.max(0, Math.min(100_000, Math.round(Number(value) || 0)));
    const [w, h] = [side(data?.width), side(data?.height)];
    if (w === 0 || h === 0) return;
    if (this.viewport?.w !== w || this.viewport.h !== h) this.push({ k: "viewport", at, w, h });
    this.viewport = { w, h };
  }

  // biome-ignore lint: see Told
  private change(data: any, at: number, line: number, text: string): void {
    switch (data.source) {
      case 1:
      case 6:
      case 12: {
        const touch = data.source === 6;
        for (const { x, y, id, timeOffset } of Array.isArray(data.positions) ? data.positions : []) {
          if (typeof x !== "number" || typeof y !== "number") continue;
          const offset = Math.round(Math.max(-OLDEST_SAMPLE_MS, Math.min(0, Number(timeOffset) || 0)) * 1000);
          const when = Math.max(at + offset, this.snapshotAt ?? 0);
          if (data.source === 1 && this.isActedOut(when)) continue;
          this.push({ k: "pointer", at: when, x, y, id: Number(id) || 0, touch });
        }
        return;
      }
      case 2:
        return this.interact(data, at);
      case 0:
        this.highestId = Math.max(this.highestId, nodeIds(text).highest);
        return this.push({ k: "event", at, line });
      case 10:
        return this.push({ k: "font", at, line });
      // Pointer and media are told otherwise or never, logs show nothing.
      case 3:
      case 5:
      case 8:
      case 9:
      case 13:
      case 14:
      case 15:
      case 16:
        return this.push({ k: "event", at, line });
    }
  }

  private interact({ type: kind, id, x, y }: { type: number; id: number; x?: number; y?: number }, at: number): void {
    if (kind === FOCUS) {
      const byPointer = this.pressedAt !== null && at - this.pressedAt <= PRESS_TO_FOCUS;
      return this.push({ k: "focus", at, id, visible: !byPointer });
    }
    if (kind === BLUR) return this.push({ k: "blur", at, id });
    if (kind === TOUCH_MOVE_DEPARTED) return;
    if (kind === MOUSE_UP || kind === MOUSE_DOWN || kind === TOUCH_START) this.pressedAt = at;
    if (kind === TOUCH_START || kind === TOUCH_END || kind === TOUCH_CANCEL) {
      this.touching = kind === TOUCH_START;
      this.touchedAt = at;
    } else if (this.isActedOut(at)) {
      return;
    }
    if (typeof x === "number" && typeof y === "number") this.push({ k: "press", at, x, y, id, kind });
  }

  private isActedOut(at: number): boolean {
    return this.touching || (this.touchedAt !== null && at - this.touchedAt <= TAP_TO_MOUSE);
  }

  private push(action: Action): void {
    if (action.k !== "pointer" && action.k !== "press") this.pristine = null;
    this.actions.push(action);
  }

  /** All events are there. */
  finish(): void {
    if (this.snapshotAt === null) this.actions.length = 0;
    // Stable: what happened at one instant stays in the order recorded.
    this.actions.sort((a, b) => a.at - b.at);
    this.snapshots = this.actions.flatMap(({ k }, index) => (k === "snapshot" ? [index] : []));
    this.pristine = null;
  }

  /** When there is first something to see; null: never. */
  get start(): number | null {
    const first = this.snapshots[0];
    return first === undefined ? null : (this.actions[first] as Action).at;
  }

  /** How many actions have happened by `at`. */
  countUntil(at: number): number {
    let [low, high] = [0, this.actions.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.actions[middle] as Action).at <= at) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The index of the last full snapshot among the first `count` actions; -1: none. */
  snapshotBefore(count: number): number {
    return this.snapshots.findLast((index) => index < count) ?? -1;
  }

  /** What still holds from before the full snapshot at `from`: viewport, fonts, pointer, focus, who fills the screen. */
  before(from: number): Action[] {
    const earlier = this.actions.slice(0, from);
    const last = (test: (action: Action) => boolean) => earlier.findLast(test);
    const placed = (action: Action) =>
      action.k === "pointer" || (action.k === "press" && !((action.kind === MOUSE_UP || action.kind === CLICK) && action.x === 0 && action.y === 0));
    const kept = [
      last(({ k }) => k === "viewport"),
      ...earlier.filter(({ k }) => k === "font"),
      last(placed),
      last(({ k }) => k === "focus" || k === "blur"),
      last(({ k }) => k === "fullscreen"),
    ];
    return kept.filter((action) => action !== undefined).sort((a, b) => a.at - b.at);
  }

  /** When the next thing happens after `at`, or the last before it (`by` -1); null: never. Moves of the pointer are no things. */
  step(at: number, by: 1 | -1): number | null {
    const counts = ({ k }: Action) => k !== "pointer" && k !== "viewport";
    if (by > 0) return this.actions.slice(this.countUntil(at)).find(counts)?.at ?? null;
    return this.actions.slice(0, this.countUntil(at - 1)).findLast(counts)?.at ?? null;
  }
}

/** An event's text without its time: what makes two snapshots the same. */
function sameData(text: string): string {
  return text.replace(/"timestamp":[\d.]+/g, "");
}

function nodeIds(text: string): { count: number; highest: number } {
  let [count, highest] = [0, 0];
  for (const [, id] of text.matchAll(/"id":\s*(\d+)/g)) {
    count++;
    highest = Math.max(highest, Number(id));
  }
  return { count, highest };
}
