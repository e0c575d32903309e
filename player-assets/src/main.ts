// What the renderer talks to: one object, `stage`, with few calls. Times are session time in whole microseconds.
import { installClock, realRequestAnimationFrame } from "./clock";
import { limitDepth } from "./depth";
import { pageDocument } from "./documents";
import { urlsOf, write, type Written } from "./dom";
import { expectCanvases } from "./placeholders";
import { forgetScrolls, openReplayer, replayWarnings, resize, settleLayout } from "./replay";
import { expectAssets, missingResources } from "./resources";
import { advance as advanceNow, placeBy, reset, resettle, type Answer, type Slot } from "./show";
import { locate, roll, unroll, type Found, type Whole } from "./whole";

let place = { left: 0, top: 0, scale: 1, widest: 0 };

/**
 * Lays out the stage, device px: the corner and scale of the widest page (CSS px) in the window. `canvasRecorded` says whether the
 * recording holds drawings of canvases, `deepest` how deep its pages may be nested.
 */
function layout(left: number, top: number, scale: number, widest: number, background: string, canvasRecorded: boolean, deepest: number): void {
  expectCanvases(canvasRecorded);
  limitDepth(deepest);
  place = { left, top, scale, widest };
  document.documentElement.style.background = background;
}

/** Gives the page its viewport and its place: narrower pages are centred. The same arithmetic as in src/stage/layout.rs. */
function showViewport(viewport: { width: number; height: number }): void {
  const { left, top, scale, widest } = place;
  const x = left + Math.round((Math.max(0, widest - viewport.width) * scale) / 2);
  holder.style.cssText = `position:absolute;left:${x}px;top:${top}px;transform-origin:0 0;${scale === 1 ? "" : `transform:scale(${scale})`}`;
  resize(viewport);
}

/** Frames that have left the page since {@link countFrames}. */
let frames = 0;
let waitingForFrame: { count: number; go: () => void } | null = null;

/** From now on counts frames, each when its content is committed: what changes after that is of the next frame. */
function countFrames(): void {
  const committed = new MessageChannel();
  committed.port1.onmessage = () => {
    frames++;
    if (waitingForFrame && frames >= waitingForFrame.count) {
      waitingForFrame.go();
      waitingForFrame = null;
    }
  };
  const tick = () => {
    // The browser lays out, paints and commits in the same task as this callback; a message comes after it.
    committed.port2.postMessage(null);
    realRequestAnimationFrame(tick);
  };
  realRequestAnimationFrame(tick);
}

/** Goes through the slots up to the first that may look different, once `afterFrame` frames have left the page. */
async function advance(slots: Slot[], afterFrame: number): Promise<Answer> {
  if (frames < afterFrame) await new Promise<void>((go) => (waitingForFrame = { count: afterFrame, go }));
  return advanceNow(slots);
}

/** URLs that the page refers to, to be written into it. */
function pageUrls(): string[] {
  const doc = pageDocument();
  return doc ? urlsOf(doc) : [];
}

/** The page as it stands as HTML, with these resources (data URLs, or style sheets as text) written in. */
function writePage(stock: Record<string, string>): Written {
  const doc = pageDocument();
  return doc ? write(doc, (url) => stock[url.split("#")[0] as string]) : { html: "", misplaced: 0 };
}

/** Looks for an element of the page as it stands; see whole.ts. */
function find(selector: string): Found {
  settleLayout();
  return locate(selector);
}

/** Readies the page for being scrolled through. It shows no other moment after this until it is forgotten. */
async function unrollPage(): Promise<Whole | null> {
  forgetScrolls();
  const whole = unroll();
  await resettle();
  return whole;
}

/** Scrolls the page that was unrolled. */
function rollPage(to: string): { y: number } {
  const { x, y } = JSON.parse(to) as { x: number; y: number };
  const rolled = roll(x, y);
  settleLayout();
  return rolled;
}

/** Counters for the report. */
function report(): { missing: Record<string, number>; unplaced: number; removed: number; tooDeep: number; undrawn: number; placeholders: string[] } {
  return { missing: missingResources(), ...replayWarnings() };
}

installClock();
const holder = document.createElement("div");
holder.id = "holder";
document.body.append(holder);
document.body.style.cssText = "margin:0;overflow:hidden";
const style = document.createElement("style");
style.textContent = "iframe{border:0;background:#fff;display:block}.replayer-mouse{display:none}";
document.head.append(style);
placeBy(showViewport);
openReplayer(holder);
Object.assign(window, { stage: { layout, countFrames, advance, resettle, expectAssets, pageUrls, writePage, find, unroll: unrollPage, roll: rollPage, report, reset } });
