// A recording at any moment: which window is on view, and what its page has to be told to get there. One way at a time is gone; whoever asks
// for another moment meanwhile has the way that is left broken off.
import openEngine from "engine:";
import type { Answer, Item, PointerState } from "../show";
import type { Engine, Report } from "./engine";
import type { Recording, Tab } from "./recording";
import type { Action } from "./score";

/** What is shown, after each step of the way. */
export interface Shown {
  at: number;
  window: string;
  pointer: PointerState | null;
  marks: { x: number; y: number; at: number; kind: number }[];
  title: string;
}

/** What happened so long before the asked moment has come to rest, µs. */
const FORGOTTEN = 10_000_000;
/** With more than so many things to do, those long ago are done without looking at the page after each. */
const MANY = 400;
/** So many of each kind, the last ones, are done as they were even then. */
const LAST = 200;
/** Things done at once, and how often the page breathes at most. */
const TOGETHER = 200;
const MOST_PARTS = 60;

/** See above. Times are session time in µs. */
export class Film {
  private readonly engine: Engine;
  /** The window that the person who watches chose; null: as the recorded person did. */
  private chosen: string | null = null;
  private wanted: number | null = null;
  private going: Promise<void> | null = null;
  private reached = -1;
  private tab: Tab | null = null;
  /** How many of the tab's actions the page has been told, and the full snapshot that it stands on. */
  private told = 0;
  private snapshot = -1;

  constructor(
    private readonly recording: Recording,
    holder: HTMLElement,
    private readonly shown: (shown: Shown) => void,
    resized: (viewport: { width: number; height: number }) => void,
  ) {
    const { canvasRecorded, scrollbars } = recording.index;
    this.engine = openEngine(holder, { stock: recording.stock, canvasRecorded, scrollbars, resized });
  }

  /** Whether it is on its way. */
  get busy(): boolean {
    return this.going !== null;
  }

  /** The window on view at a moment. */
  windowAt(at: number): string {
    const { turns } = this.recording.index;
    return this.chosen ?? (turns.findLast((turn) => turn.at <= at) ?? turns[0])?.window ?? "";
  }

  /** Shows one window whatever happens in others; null: follows the person. */
  choose(window: string | null): void {
    this.chosen = window;
  }

  /** The page as it stands. */
  page(): Document | null {
    return this.engine.page();
  }

  /** The page as it stands, as a file. */
  write(): string {
    return this.engine.write().html;
  }

  /** Counters. */
  report(): Report & { unread: number } {
    return { ...this.engine.report(), unread: this.recording.unread };
  }

  /** Shows a moment. Resolves when it, or a later asked one, is shown. */
  show(at: number): Promise<void> {
    this.wanted = at;
    this.going ??= this.go().finally(() => (this.going = null));
    return this.going;
  }

  private async go(): Promise<void> {
    while (this.wanted !== null) {
      const at = this.wanted;
      this.wanted = null;
      try {
        await this.bring(at);
      } catch (problem) {
        // A page that cannot be built leaves the others to be seen. If there is none, somebody has to say so.
        this.tab = null;
        if (this.reached < 0) throw problem;
      }
    }
  }

  private async bring(at: number): Promise<void> {
    const tab = this.recording.tabs.get(this.windowAt(at));
    if (!tab || tab.score.start === null) return;
    const moment = Math.max(at, tab.score.start);
    const { score } = tab;
    const count = score.countUntil(moment);
    const snapshot = score.snapshotBefore(count);
    const goesOn = tab === this.tab && this.told <= count && this.snapshot === snapshot && this.reached <= moment;
    let from = this.told;
    let actions: Action[] = [];
    if (!goesOn) {
      this.tab = null;
      this.engine.reset();
      actions = score.before(snapshot);
      from = snapshot;
    }
    actions = actions.concat(score.actions.slice(from, count));
    const way = parts(actions, moment);
    for (const [index, part] of way.entries()) {
      const isLast = index === way.length - 1;
      const answers = await this.engine.advance([{ at: isLast ? moment : (part.at(-1)?.at ?? moment), items: part.map((action) => this.item(action)) }]);
      from = isLast ? count : from;
      if (isLast) {
        [this.tab, this.told, this.snapshot, this.reached] = [tab, count, snapshot, moment];
        this.tell(answers, at, tab);
      } else {
        // The page stands somewhere between: only from the beginning can another moment be reached.
        this.tab = null;
        await breathe();
        if (this.wanted !== null && (this.wanted < moment || this.windowAt(this.wanted) !== tab.id)) return;
      }
    }
  }

  private tell(answers: Answer[], at: number, tab: Tab): void {
    const last = answers.at(-1);
    this.shown({
      at,
      window: tab.id,
      pointer: last?.pointers.at(-1) ?? null,
      marks: answers.flatMap(({ marks }) => marks),
      title: last?.title ?? "",
    });
  }

  private item(action: Action): Item {
    if (!("line" in action)) return action;
    const { line, ...rest } = action;
    const e = this.recording.event(line);
    // Where the engine finds the address that others are relative to.
    if (rest.k === "snapshot") Object.assign(e, { base: rest.base });
    return { ...rest, e } as Item;
  }
}

/** The actions of a way, in parts between which the page can breathe. */
function parts(actions: Action[], moment: number): Action[][] {
  const kept = actions.length > MANY ? hastened(actions, moment) : actions;
  const found: Action[][] = [];
  const together = Math.max(TOGETHER, Math.ceil(kept.length / MOST_PARTS));
  for (let at = 0; at < kept.length; at += together) found.push(kept.slice(at, at + together));
  return found.length > 0 ? found : [[]];
}

/** A long way without what leaves nothing to see: where the pointer and the focus were before, and how each change looked. */
function hastened(actions: Action[], moment: number): Action[] {
  const kept: Action[] = [];
  // A page's style is worked out a bounded number of times on a way, however long that is.
  const stride = Math.max(16, Math.ceil(actions.length / MANY));
  const seen = { pointer: 0, focus: 0, event: 0 };
  for (const action of actions.toReversed()) {
    const { k, at } = action;
    const old = at <= moment - FORGOTTEN;
    if (k === "pointer" || k === "press") {
      if (seen.pointer++ === 0 || (!old && seen.pointer <= LAST)) kept.push(action);
    } else if (k === "focus" || k === "blur") {
      if (seen.focus++ < 2) kept.push(action);
    } else if (k === "event") {
      seen.event++;
      const quick = (old || seen.event > LAST) && seen.event % stride !== 0;
      kept.push(quick ? { ...action, quick } : action);
    } else {
      kept.push(action);
    }
  }
  return kept.reverse();
}

function breathe(): Promise<void> {
  return new Promise((resolve) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => resolve();
    channel.port2.postMessage(null);
  });
}
