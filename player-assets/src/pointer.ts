// Where the pointer is, what it hovers, and which cursor the page wants there.
import { documentOffset, pageDocument } from "./documents";
import { hoverShows } from "./hover-rules";
import { surroundings } from "./surroundings";

/** A pointer position in CSS px of the page's viewport. */
export interface Position {
  x: number;
  y: number;
}

const HOVER = ":hover";
let hovered: Element[] = [];
let hoveredRoots = new Set<ShadowRoot>();

/** Forgets the hovered elements: their document is gone. */
export function dropHover(): void {
  hovered = [];
  hoveredRoots = new Set();
}

/** The position, in the page's viewport, of a point in the document of `node` (null: the page itself). */
export function toPage(node: Node | null, x: number, y: number): Position {
  const doc = node && (node.nodeType === 9 ? (node as Document) : node.ownerDocument);
  if (!doc || doc === pageDocument()) return { x, y };
  const offset = documentOffset(doc);
  return { x: x + offset.x, y: y + offset.y };
}

/**
 * Marks `node` and all that contains it, through shadow roots and frames, as hovered. The player's style sheets have a
 * class selector beside every `:hover`. Returns whether the page may look different for it.
 */
export function hover(node: Node | null): boolean {
  const next: Element[] = [];
  const roots = new Set<ShadowRoot>(hoveredRoots);
  const nextRoots = new Set<ShadowRoot>();
  for (let at: Node | null = node; at; at = container(at)) {
    if (at.nodeType === 1) next.push(at as Element);
    if (at.parentNode?.nodeType === 11 && "host" in at.parentNode) nextRoots.add(at.parentNode as ShadowRoot);
  }
  nextRoots.forEach((root) => roots.add(root));
  if (next.length === hovered.length && next.every((element, index) => element === hovered[index])) return false;
  const before = new Set(hovered);
  const after = new Set(next);
  const left = hovered.filter((element) => !after.has(element));
  const entered = next.filter((element) => !before.has(element));
  const changed = [...left, ...entered];
  const shown = hoverShows(left, changed, roots);
  for (const element of left) {
    element.classList.remove(HOVER);
    if (element.getAttribute("class") === "") element.removeAttribute("class");
  }
  for (const element of entered) element.classList.add(HOVER);
  hovered = next;
  hoveredRoots = nextRoots;
  return shown || hoverShows(entered, changed, roots);
}

function container(node: Node): Node | null {
  const parent = node.parentNode;
  if (!parent) return null;
  if (parent.nodeType === 11) return (parent as ShadowRoot).host ?? null;
  if (parent.nodeType === 9) return ((parent as Document).defaultView?.frameElement as Element | null) ?? null;
  return parent;
}

/** A recorded change of the `class` attribute does not know the hover class: puts it back where the pointer still is. */
export function restoreHover(): void {
  for (const element of hovered) if (element.isConnected && !element.classList.contains(HOVER)) element.classList.add(HOVER);
}

/** The CSS cursor at a position of the page, with `auto` resolved as browsers do: a text cursor over text. */
export function cursorAt({ x, y }: Position): string {
  let doc = pageDocument();
  // Where a page is inert, nothing is found at any place: what is hovered was told.
  if (surroundings.embedded) return cursorOf(hovered[0]);
  while (doc) {
    const element = deepest(doc, x, y);
    if (!element) return "default";
    if (element.localName === "iframe" && (element as HTMLIFrameElement).contentDocument) {
      const box = element.getBoundingClientRect();
      x -= box.left + element.clientLeft;
      y -= box.top + element.clientTop;
      doc = (element as HTMLIFrameElement).contentDocument;
      continue;
    }
    const style = getComputedStyle(element);
    if (!style.cursor.endsWith("auto")) return style.cursor;
    return isOverText(doc, element, style, x, y) ? "text" : "default";
  }
  return "default";
}

function cursorOf(element: Element | undefined): string {
  const cursor = element?.isConnected ? getComputedStyle(element).cursor : "default";
  if (!cursor.endsWith("auto")) return cursor;
  return element?.localName === "textarea" || (element?.localName === "input" && TEXT_INPUTS.test((element as HTMLInputElement).type)) ? "text" : "default";
}

function deepest(doc: Document, x: number, y: number): Element | null {
  let element = doc.elementFromPoint(x, y);
  while (element?.shadowRoot) {
    const inner = element.shadowRoot.elementFromPoint(x, y);
    if (!inner || inner === element) break;
    element = inner;
  }
  return element;
}

const TEXT_INPUTS = /^(text|search|email|url|tel|password|number|date|time|datetime-local|month|week)$/;

function isOverText(doc: Document, element: Element, style: CSSStyleDeclaration, x: number, y: number): boolean {
  if (element.localName === "textarea") return true;
  if (element.localName === "input") return TEXT_INPUTS.test((element as HTMLInputElement).type);
  if (style.userSelect === "none") return false;
  const range = doc.caretRangeFromPoint(x, y);
  if (!range || range.startContainer.nodeType !== 3 || !element.contains(range.startContainer)) return false;
  const text = doc.createRange();
  text.selectNodeContents(range.startContainer);
  for (const box of text.getClientRects()) if (x >= box.left && x < box.right && y >= box.top && y < box.bottom) return true;
  return false;
}

/**
 * Gives an element the focus, with the ring (`:focus-visible`) that browsers show: always in fields that text is typed into or
 * chosen in, elsewhere only if the focus did not come from the pointer.
 */
export function focus(element: HTMLElement | null, visible: boolean): void {
  if (!element?.focus) return;
  const field = element.localName === "textarea" || element.localName === "select" || element.isContentEditable;
  const focusVisible = visible || field || (element.localName === "input" && TEXT_INPUTS.test((element as HTMLInputElement).type));
  if (surroundings.embedded) return surroundings.focus(element, focusVisible);
  // Opening a dialog has given it the focus already, with a ring; a second call would change nothing.
  const root = element.getRootNode() as Document | ShadowRoot;
  if (root.activeElement === element) element.blur();
  element.focus({ preventScroll: true, focusVisible } as FocusOptions);
}

/** Takes the focus away from an element. */
export function blur(element: HTMLElement | null): void {
  if (surroundings.embedded) surroundings.focus(null, false);
  else element?.blur?.();
}
