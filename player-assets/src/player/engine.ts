// The renderer's driver in a page of somebody else. The build makes one function of all of it (see build.mjs), so that each player on a
// page has an engine of its own.
import { realSetTimeout } from "../clock";
import { eachDocument, pageDocument } from "../documents";
import { write, type Written } from "../dom";
import { expectCanvases } from "../placeholders";
import { nodeById, openReplayer, replayWarnings, resize } from "../replay";
import { missingResources } from "../resources";
import { advance, placeBy, reset, type Answer, type Slot } from "../show";
import type { Stock } from "../styles";
import { surroundings } from "../surroundings";
import { dropCanvases, noteCanvas, showCanvases, surface } from "./canvases";
import { Cleaner } from "./clean";
import { dropFocus, FOCUS_RULES, markFocus } from "./focus";
import { fence } from "./frame";

/**
 * Opening a dialog gives it the focus, in an inert frame too: the person who watches keeps it, and the dialog has it by class only
 * (focus.ts).
 */
async function keepingFocus<T>(holder: HTMLElement, work: () => Promise<T>): Promise<T> {
  const root = holder.getRootNode() as Document | ShadowRoot;
  const before = root.activeElement as HTMLElement | null;
  const done = await work();
  eachDocument((doc) => doc.activeElement !== doc.body && (doc.activeElement as HTMLElement | null)?.blur?.());
  if (holder.contains(root.activeElement)) {
    (root.activeElement as HTMLElement).blur();
    before?.focus?.({ preventScroll: true });
  }
  return done;
}

/** Shows the page of one moment after another in an element. Times are session time in whole microseconds. */
export interface Engine {
  /** Goes through all the slots. `base` is an item's event's page address. */
  advance(slots: Slot[]): Promise<Answer[]>;
  /** Forgets the page: the next thing shown has to be a full snapshot. */
  reset(): void;
  /** The page, to be looked at. */
  page(): Document | null;
  /** The page as one file without script that loads nothing. */
  write(): Written;
  /** What could not be shown, and what the page was refused. */
  report(): Report;
}

/** Bars that lie over the content are not recorded, and the renderer shows none. A text area is as wide as its columns and a bar. */
const NO_BARS = [
  ":not(textarea) { scrollbar-width: none !important; }",
  "@supports selector(::-webkit-scrollbar) { :not(textarea)::-webkit-scrollbar { display: none; } }",
];
/** Those that took room from the page did so by 15 px. */
const CLASSIC_BARS = [
  "@supports selector(::-webkit-scrollbar) { ::-webkit-scrollbar { width: 15px; height: 15px; background: #f1f1f1; } }",
  "@supports selector(::-webkit-scrollbar) { ::-webkit-scrollbar-thumb { background: #c1c1c1; border: 2px solid #f1f1f1; } }",
];

/** Browsers give videos controls where no script could. */
const NO_CONTROLS = ["@supports selector(::-webkit-media-controls) { video::-webkit-media-controls { display: none !important; } }"];

/** Counters, for who looks into a recording. */
export type Report = ReturnType<typeof replayWarnings> & { missing: Record<string, number> };

/** A page that is built is closed so long after it, ms. */
const CLOSED_AFTER = 400;

/** Opens an engine. `resized` is told of each size of the page, CSS px. */
export function open(
  holder: HTMLElement,
  options: { stock: Stock; canvasRecorded: boolean; scrollbars: boolean; resized(viewport: { width: number; height: number }): void },
): Engine {
  const cleaner = new Cleaner(options.stock, { node: nodeById });
  Object.assign(surroundings, {
    embedded: true,
    bars: options.scrollbars,
    patience: 1000,
    rules: [...FOCUS_RULES, ...NO_CONTROLS, ...(options.scrollbars ? CLASSIC_BARS : NO_BARS)],
    ready: (frame: HTMLIFrameElement) => {
      dropCanvases();
      dropFocus();
      return fence(frame);
    },
    // Until it is closed, some browsers begin no animation of SVG's own, and say that the page still loads. It is not on the way to
    // what is to be seen: it lays out the page once more.
    built: (page: Document | null) => void realSetTimeout(() => page?.defaultView && page.close(), CLOSED_AFTER),
    clean: (event: { type: number; data: unknown; base?: unknown }) => {
      if (typeof event.base === "string") cleaner.rebase(event.base);
      cleaner.clean(event);
    },
    surface,
    noteCanvas,
    showCanvases,
    focus: markFocus,
  });
  expectCanvases(options.canvasRecorded);
  placeBy((viewport) => {
    resize(viewport);
    options.resized(viewport);
  });
  openReplayer(holder);
  return {
    async advance(slots) {
      const answers: Answer[] = [];
      for (let rest = slots; rest.length > 0; ) {
        const answer = await keepingFocus(holder, () => advance(rest));
        answers.push(answer);
        rest = rest.slice(Math.max(1, answer.done));
      }
      return answers;
    },
    reset,
    page: pageDocument,
    write: () => {
      const doc = pageDocument();
      return doc ? write(doc, options.stock) : { html: "", misplaced: 0 };
    },
    report: () => ({ ...replayWarnings(), missing: missingResources() }),
  };
}
