// The page beyond its viewport, for pictures of all of it and of single elements. The page is scrolled through in the viewport that it
// was recorded in and photographed piece by piece: were the viewport made as tall as the page instead, everything that is laid out by
// the viewport's height (`vh`, media queries, `height: 100%`) would be laid out anew. What would show in every piece is put where it
// belongs once. The page is used up by this: the next thing it shows has to be a full snapshot.
import { documentOffset, eachTree, pageDocument } from "./documents";
import { hold } from "./placeholders";

/** CSS px. */
interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Found {
  /** The browser's words, where the selector is none. */
  invalid: string | null;
  /** How many elements match. */
  matches: number;
  /** The first visible one, in the viewport; null where there is none. */
  box: Box | null;
  /** All of it is in view. */
  inView: boolean;
}

export interface Whole {
  /** Of the document. */
  width: number;
  height: number;
  viewportWidth: number;
  viewportHeight: number;
  /** Where the page was scrolled to when it was recorded. */
  recordedX: number;
  recordedY: number;
  /** Where it is scrolled to now, sideways. */
  scrollX: number;
  /** How far what is fixed reaches down from the top, and up from the bottom of the viewport. */
  topEdge: number;
  bottomEdge: number;
  /** The element looked for, from the document's top and the viewport's left. */
  box: Box | null;
}

/** Something that stands still while the page is scrolled. */
interface Pinned {
  element: Element;
  atTop: boolean;
  hidden: Animation | null;
}

let pinned: Pinned[] = [];
let target: Element | null = null;

/** Looks for the first visible element that matches, in the page first, then in shadow trees and frames. */
export function locate(selector: string): Found {
  target = null;
  const page = pageDocument();
  if (!page) return { invalid: null, matches: 0, box: null, inView: false };
  try {
    page.createDocumentFragment().querySelector(selector);
  } catch (error) {
    // The browser begins with the name of the method that was called.
    return { invalid: (error as Error).message.replace(/^.*?': /, ""), matches: 0, box: null, inView: false };
  }
  let matches = 0;
  const look = (tree: Document | ShadowRoot) => {
    const found = tree.querySelectorAll(selector);
    matches += found.length;
    for (const element of target ? [] : Array.from(found)) {
      if (!isVisible(element)) continue;
      target = element;
      return;
    }
  };
  look(page);
  eachTree((tree) => void (tree !== page && look(tree)));
  if (!target) return { invalid: null, matches, box: null, inView: false };
  return { invalid: null, matches, box: boxOf(target), inView: isInView(target) };
}

function isVisible(element: Element): boolean {
  const { width, height } = element.getBoundingClientRect();
  return width > 0 && height > 0 && element.checkVisibility({ visibilityProperty: true });
}

/** In the viewport of the page. */
function boxOf(element: Element): Box {
  const { x, y, width, height } = element.getBoundingClientRect();
  const offset = documentOffset(element.ownerDocument);
  return { x: x + offset.x, y: y + offset.y, width, height };
}

/** Whether nothing of it is cut off, by the viewport or by a box that scrolls. */
function isInView(element: Element): boolean {
  for (let one: Element | null = element; one; ) {
    const { defaultView, documentElement } = one.ownerDocument as Document;
    const box = one.getBoundingClientRect();
    const within = (left: number, top: number, right: number, bottom: number) =>
      box.left >= left - 1 && box.top >= top - 1 && box.right <= right + 1 && box.bottom <= bottom + 1;
    if (!within(0, 0, documentElement.clientWidth, documentElement.clientHeight)) return false;
    for (let around = parentOf(one); around && around !== documentElement; around = parentOf(around)) {
      if (getComputedStyle(around).overflow === "visible" || around === around.ownerDocument.body) continue;
      const edge = around.getBoundingClientRect();
      if (!within(edge.left, edge.top, edge.right, edge.bottom)) return false;
    }
    one = one.ownerDocument === pageDocument() ? null : ((defaultView?.frameElement ?? null) as Element | null);
  }
  return true;
}

/** Through slots and shadow roots. */
function parentOf(element: Element): Element | null {
  if (element.assignedSlot) return element.assignedSlot;
  return element.parentElement ?? ((element.parentNode as ShadowRoot | null)?.host as Element | undefined) ?? null;
}

/** Readies the page for being scrolled through, and measures it. */
export function unroll(): Whole | null {
  const doc = pageDocument();
  const view = doc?.defaultView;
  if (!doc?.documentElement || !view) return null;
  const [recordedX, recordedY] = [view.scrollX, view.scrollY];
  const elements: { element: Element; position: string }[] = [];
  // A scroll bar keeps its room, and is of the page's colour: it would be in another place in each piece.
  const colour = colourOf(doc);
  hold(doc.documentElement, { scrollSnapType: "none", overflowAnchor: "none", scrollbarColor: `${colour} ${colour}` });
  eachTree((tree) => {
    if ((tree.ownerDocument ?? tree) !== doc) return;
    for (const element of Array.from(tree.querySelectorAll("*"))) {
      const { position, backgroundAttachment, contentVisibility } = getComputedStyle(element);
      if (position === "sticky" || position === "fixed") elements.push({ element, position });
      if (backgroundAttachment.includes("fixed")) hold(element, { backgroundAttachment: "scroll" });
      if (contentVisibility === "auto") hold(element, { contentVisibility: "visible" });
    }
  });
  const boxes = new Map<Element, boolean>();
  for (const { element, position } of elements) {
    if (position === "sticky" && !isInScroller(element, boxes)) hold(element, { position: "relative", inset: "auto" });
  }
  target?.scrollIntoView({ block: "nearest", inline: "nearest", behavior: "instant" });
  const scrollX = target ? view.scrollX : 0;
  const scroller = doc.scrollingElement ?? doc.documentElement;
  const viewportHeight = view.innerHeight;
  const height = Math.max(scroller.scrollHeight, doc.documentElement.scrollHeight);
  const last = height - viewportHeight;
  view.scrollTo({ left: scrollX, top: 0, behavior: "instant" });
  const fixed = elements.filter(({ position }) => position === "fixed").map(({ element }) => element);
  const tops = fixed.map((element) => element.getBoundingClientRect().top);
  view.scrollTo({ left: scrollX, top: last, behavior: "instant" });
  const moved = view.scrollY;
  // What is fixed within a box that is transformed scrolls with the box.
  pinned = fixed
    .filter((element, index) => moved > 0 && element !== doc.body && Math.abs(element.getBoundingClientRect().top - (tops[index] as number)) < moved / 2)
    .map((element) => ({ element, atTop: staysAtTop(element, viewportHeight), hidden: null }));
  const edges = pinned.map(({ element, atTop }) => ({ atTop, box: element.getBoundingClientRect() })).filter(({ box }) => box.width > 0 && box.height > 0);
  const reach = (atTop: boolean, of: (box: DOMRect) => number) => Math.max(0, ...edges.filter((edge) => edge.atTop === atTop).map(({ box }) => of(box)));
  const box = target && boxOf(target);
  // What is fixed stands where it is drawn: at the page's beginning or at its end.
  const pin = target && pinned.find(({ element }) => element.contains(target));
  if (box && !pin?.atTop) box.y += moved;
  return {
    width: Math.max(scroller.scrollWidth, view.innerWidth),
    height,
    viewportWidth: view.innerWidth,
    viewportHeight,
    recordedX,
    recordedY,
    scrollX,
    topEdge: Math.min(viewportHeight, reach(true, ({ bottom }) => bottom)),
    bottomEdge: Math.min(viewportHeight, reach(false, ({ top }) => viewportHeight - top)),
    box,
  };
}

/** What the page stands on: its root's colour, or its body's, which browsers take instead. */
function colourOf(doc: Document): string {
  const colours = [doc.documentElement, doc.body].filter((element) => element !== null).map((element) => getComputedStyle(element).backgroundColor);
  return colours.find((colour) => !/^transparent$|[,/] ?0\)$/.test(colour)) ?? "white";
}

/** What is fixed at the bottom is drawn at the page's end; everything else, and what covers most of the viewport, at its beginning. */
function staysAtTop(element: Element, viewportHeight: number): boolean {
  const { top, bottom, height } = element.getBoundingClientRect();
  return height > viewportHeight / 2 || top + bottom <= viewportHeight;
}

/** Whether an element scrolls with a box rather than with the page. Remembered for all boxes on the way: each is looked at once. */
function isInScroller(element: Element, known: Map<Element, boolean>): boolean {
  const way: Element[] = [];
  let answer = false;
  for (let around = parentOf(element); around; around = parentOf(around)) {
    const before = known.get(around);
    if (before !== undefined) {
      answer = before;
      break;
    }
    way.push(around);
    if (around === around.ownerDocument.body || around === around.ownerDocument.documentElement) break;
    if (/auto|scroll|hidden/.test(getComputedStyle(around).overflow)) {
      answer = true;
      break;
    }
  }
  for (const one of way) known.set(one, answer);
  return answer;
}

/** Scrolls the unrolled page, and shows of what is fixed only what belongs there. Returns where it is scrolled to. */
export function roll(x: number, y: number): { y: number } {
  const doc = pageDocument();
  const view = doc?.defaultView;
  if (!doc || !view) return { y: 0 };
  view.scrollTo({ left: x, top: y, behavior: "instant" });
  const reached = view.scrollY;
  const scroller = doc.scrollingElement ?? doc.documentElement;
  const [first, last] = [reached <= 0, reached + view.innerHeight >= scroller.scrollHeight - 1];
  for (const one of pinned) {
    const shows = one.atTop ? first : last;
    if (shows === (one.hidden === null)) continue;
    if (shows) one.hidden?.cancel();
    one.hidden = shows ? null : hold(one.element, { opacity: "0" });
  }
  return { y: reached };
}

/** Forgets all: the document is gone. */
export function dropWhole(): void {
  pinned = [];
  target = null;
}
