// rrweb's replayer, without its clock: the stage applies each event itself, at once, in session order.
import { Replayer, adaptCssForReplay } from "@rrweb/replay";
import { adopt, adoptLate, adoptedInSnapshot, dropAdoptions, type Wardrobe } from "./adopted";
import { watchPlayState } from "./animations";
import { draw, drawPictures, failedCommands } from "./canvas";
import { sessionNow } from "./clock";
import { depthsOf, mayHold, type Add } from "./depth";
import { addFrame, addRoot, eachDocument, eachTree, pageDocument, setPage } from "./documents";
import { dropFonts, loadFonts } from "./fonts";
import { dropFullscreen, showFullscreen } from "./fullscreen";
import { isInert } from "./inert";
import { dropMotion } from "./motion";
import { considerPicture } from "./pictures";
import { considerPlaceholder, countedPlaceholders, drawPlaceholders, dropPlaceholders, keepRoom, reconsiderPoster } from "./placeholders";
import { dropHover, restoreHover } from "./pointer";
import { addImage, addSheet, dropImages, sheetsOnTheirWay, watchMissing } from "./resources";
import { sanitizeAttributes, sanitizeTree, type Findings, type SerializedNode } from "./sanitize";
import { addSmil } from "./smil";
import { surroundings } from "./surroundings";

/** An rrweb event as recorded. */
export interface RecordedEvent {
  type: number;
  timestamp: number;
  // biome-ignore lint: the shape depends on the type; rrweb checks it where it matters
  data: any;
}

const STYLE_RULES = [
  // Scrolls are recorded position by position: each is where the user was, not where to glide to.
  "*, ::before, ::after { scroll-behavior: auto !important; caret-color: transparent !important; }",
];
const XLINK = "http://www.w3.org/1999/xlink";
const SMIL = new Set(["animate", "set", "animateTransform", "animateMotion"]);

/** What the replayer keeps to itself; the names are checked by the build (see patches.mjs) and the tests. */
interface Internals {
  iframe: HTMLIFrameElement;
  wrapper: HTMLElement;
  setupDom(): void;
  rebuildFullSnapshot(event: unknown, isSync: boolean): void;
  applyIncremental(event: unknown, isSync: boolean): void;
  applyScroll: (data: { id: number; x: number; y: number }) => void;
  getMirror(): { getNode(id: number): Node | null; getId(node: Node | null): number; getMeta(node: Node): SerializedNode | null; reset(): void };
  imageMap: Map<unknown, HTMLImageElement>;
  canvasEventMap: Map<unknown, unknown>;
  mediaManager: { isSupportedMediaElement: () => boolean };
  styleMirror: Wardrobe["sheets"] & { reset(): void };
  cache: { stylesWithHoverClass: Map<string, string> };
}

let replayer: Internals;
let scrolls = new Map<number, { x: number; y: number }>();
/** Those of them that the page had no room for when they were applied. */
let unreached = new Set<number>();
let warnings = 0;
const findings: Findings = { canvasPictures: new Map(), removed: 0, tooDeep: 0, pauses: false };

/** Makes the replayer in `root`. */
export function openReplayer(root: HTMLElement): void {
  const warn = () => void warnings++;
  replayer = new Replayer([], {
    root,
    liveMode: true,
    // A frame without allow-scripts paints no canvas; that no script runs is the page's policy's business (script-src 'none').
    UNSAFE_replayCanvas: !surroundings.embedded,
    useVirtualDom: false,
    mouseTail: false,
    pauseAnimation: false,
    triggerFocus: false,
    insertStyleRules: [...STYLE_RULES, ...surroundings.rules],
    logger: { log: () => undefined, warn },
    plugins: [{ onBuild: (node: Node) => built(node) }],
    // biome-ignore lint: reaching into the replayer is this module's purpose
  } as any) as unknown as Internals;
  replayer.mediaManager.isSupportedMediaElement = () => false;
  replayer.applyScroll = (data) => scrollTo(data.id, data.x, data.y);
}

/** The frame that shows the page. */
export function pageFrame(): HTMLIFrameElement {
  return replayer.iframe;
}

/** The node with a recorded id. */
export function nodeById(id: number): Node | null {
  return replayer.getMirror().getNode(id);
}

/** Counters for the report. */
export function replayWarnings(): { unplaced: number; removed: number; tooDeep: number; undrawn: number; placeholders: string[] } {
  return { unplaced: warnings, removed: findings.removed, tooDeep: findings.tooDeep, undrawn: failedCommands(), placeholders: countedPlaceholders() };
}

/**
 * Replaces the page by a full snapshot, in a new frame, so that nothing of the page before it is left over and the result
 * is the same whatever was shown before.
 */
export async function rebuild(event: RecordedEvent, viewport: { width: number; height: number }): Promise<void> {
  replayer.wrapper.remove();
  dropMotion();
  dropHover();
  dropImages();
  scrolls = new Map();
  unreached = new Set();
  dropAdoptions();
  dropPlaceholders();
  newFrame();
  const ready = surroundings.ready(replayer.iframe);
  if (ready) await ready;
  replayer.styleMirror.reset();
  resize(viewport);
  const doc = pageDocument();
  if (doc) watchMissing(doc);
  surroundings.clean(event);
  sanitizeTree(event.data.node, findings);
  if (findings.pauses) watchPlayState();
  replayer.rebuildFullSnapshot(event, true);
  const styles = sheetsOnTheirWay();
  if (styles) {
    await styles;
    // Browsers show nothing of a page before its style sheets are there: their coming is no change to glide through.
    eachTree((tree) => tree.getAnimations().forEach((one) => "transitionProperty" in one && one.cancel()));
  }
  surroundings.built(pageDocument());
  // The replayer marks pages that it does not play itself; pages can have styles for their own class list.
  pageDocument()?.documentElement?.classList.remove("rrweb-paused");
  await loadFonts();
  for (const adoption of adoptedInSnapshot(event.data.node)) adopt(adoption, wardrobe);
  await drawPictures(findings.canvasPictures, nodeById);
  await drawPlaceholders(hasContent);
  showFullscreen(nodeById);
  const offset = event.data.initialOffset;
  const page = pageDocument();
  if (page && offset) scrollTo(event.data.node.id, offset.left ?? 0, offset.top ?? 0);
}

function newFrame(): void {
  replayer.setupDom();
  // The replayer takes the page its scroll bars, which must stand where they stood beside the content.
  if (surroundings.bars ?? scrollbarsTakeRoom()) replayer.iframe.removeAttribute("scrolling");
  setPage(replayer.iframe);
}

function scrollbarsTakeRoom(): boolean {
  const probe = document.createElement("div");
  probe.style.cssText = "position:absolute;visibility:hidden;overflow:scroll;width:100px;height:100px";
  document.body.append(probe);
  const taken = probe.offsetWidth - probe.clientWidth;
  probe.remove();
  return taken > 0;
}

/** Forgets the page and all that outlives pages. */
export function forget(): void {
  replayer.wrapper.remove();
  dropMotion();
  dropHover();
  dropImages();
  dropFonts();
  scrolls = new Map();
  unreached = new Set();
  dropAdoptions();
  dropPlaceholders();
  newFrame();
  dropFullscreen();
  replayer.getMirror().reset();
}

/** What style sheets made by script are made with. */
const wardrobe: Wardrobe = {
  nodeById,
  sheets: { add: (sheet, id) => replayer.styleMirror.add(sheet, id), getStyle: (id) => replayer.styleMirror.getStyle(id) },
  prepare: withHoverClass,
};

/** Whether the document of a frame was recorded. */
function hasContent(frame: HTMLIFrameElement): boolean {
  return frame.contentDocument !== null && replayer.getMirror().getId(frame.contentDocument) !== -1;
}

/** Sets the page's viewport, CSS px. */
export function resize({ width, height }: { width: number; height: number }): void {
  const { iframe } = replayer;
  iframe.style.display = "block";
  iframe.setAttribute("width", String(width));
  iframe.setAttribute("height", String(height));
}

/** Applies an incremental snapshot other than pointer and viewport events. Returns whether it can show. */
export async function applyIncremental(event: RecordedEvent): Promise<boolean> {
  const { source, id } = event.data;
  const inert = source === 0 && isInert(event.data, nodeById);
  surroundings.clean(event);
  const before = source === 3 ? scrolledTo(id) : "";
  await change(event);
  if (findings.pauses) watchPlayState();
  return !inert && (source !== 3 || scrolledTo(id) !== before);
}

function scrolledTo(id: number): string {
  const node = nodeById(id);
  if (node?.nodeType === 9) return `${(node as Document).defaultView?.scrollX} ${(node as Document).defaultView?.scrollY}`;
  return `${(node as Element | null)?.scrollLeft} ${(node as Element | null)?.scrollTop}`;
}

async function change(event: RecordedEvent): Promise<void> {
  const { data } = event;
  switch (data.source) {
    case 0:
      return mutate(event);
    case 8:
      for (const add of data.adds ?? []) add.rule = withHoverClass(add.rule);
      if (typeof data.replaceSync === "string") data.replaceSync = withHoverClass(data.replaceSync);
      if (typeof data.replace === "string") {
        data.replaceSync = withHoverClass(data.replace);
        delete data.replace;
      }
      break;
    case 9: {
      const target = nodeById(data.id);
      if (target?.nodeName !== "CANVAS") return;
      return draw(event as RecordedEvent & { data: never }, target as HTMLCanvasElement, replayer.imageMap, replayer.canvasEventMap);
    }
    case 14:
      // Only in the document that has the focus is a selection blue.
      if (!surroundings.embedded) nodeById(data.ranges?.[0]?.start)?.ownerDocument?.defaultView?.focus();
      break;
    case 15:
      return adopt(data, wardrobe);
    case 16:
      return define(data.define?.name);
  }
  applyToPage(event);
}

async function mutate(event: RecordedEvent): Promise<void> {
  const { data } = event;
  // Recorders of all ages leave out lists that are empty.
  for (const list of ["adds", "removes", "texts", "attributes"]) if (!Array.isArray(data[list])) data[list] = [];
  const depths = depthsOf(data.adds, nodeById);
  data.adds = data.adds.filter((add: Add, index: number) => {
    const depth = depths[index] as number;
    if (mayHold(depth)) sanitizeTree(add.node, findings, depth);
    else findings.tooDeep++;
    return mayHold(depth);
  });
  for (const text of data.texts) if (typeof text.value === "string" && text.value.includes("paused")) findings.pauses = true;
  for (const change of data.attributes) sanitizeAttributes(tagOf(change.id), change.attributes, findings);
  applyToPage(event);
  for (const { parentId } of data.adds) {
    const root = (nodeById(parentId) as Element | null)?.shadowRoot;
    if (root) addRoot(root);
  }
  for (const { id, attributes } of data.attributes) {
    if (tagOf(id) === "canvas") surroundings.noteCanvas(nodeById(id) as HTMLCanvasElement, false);
    if ("src" in attributes) reconsider(id);
    if ("href" in attributes) reconsiderSheet(id);
    if ("poster" in attributes) reconsiderPoster(nodeById(id) as Element);
    if (typeof attributes["xlink:href"] === "string") (nodeById(id) as Element | null)?.setAttributeNS?.(XLINK, "xlink:href", attributes["xlink:href"]);
  }
  restoreHover();
  adoptLate(
    data.adds.map((add: { node?: SerializedNode }) => add.node?.id ?? -1),
    wardrobe,
  );
  const styles = sheetsOnTheirWay();
  if (styles) await styles;
  await drawPictures(findings.canvasPictures, nodeById);
  await drawPlaceholders(hasContent);
  showFullscreen(nodeById);
}

/** The replayer's own way. What it cannot do must not end the film: the page stays as it was. */
function applyToPage(event: RecordedEvent): void {
  try {
    replayer.applyIncremental(event, false);
  } catch {
    warnings++;
  }
}

/** A custom element becomes known: rules with `:defined` hold from now on. Its class is empty, as no recorded script runs. */
function define(name: unknown): void {
  if (typeof name !== "string") return;
  eachDocument(({ defaultView }) => {
    const view = defaultView as (Window & typeof globalThis) | null;
    try {
      if (view && !view.customElements.get(name)) view.customElements.define(name, class extends view.HTMLElement {});
    } catch {
      warnings++;
    }
  });
}

function withHoverClass(css: string): string {
  if (typeof css === "string" && css.includes("paused")) findings.pauses = true;
  return typeof css === "string" && css.includes(":hover") ? adaptCssForReplay(css, replayer.cache) : css;
}

function tagOf(id: number): string {
  return nodeById(id)?.nodeName.toLowerCase() ?? "";
}

function reconsider(id: number): void {
  const node = nodeById(id);
  if (node?.nodeName === "IMG") considerPicture(node as HTMLImageElement, sessionNow() * 1000);
}

function reconsiderSheet(id: number): void {
  const node = nodeById(id);
  if (node?.nodeName === "LINK") addSheet(node as Element);
}

function built(node: Node): void {
  if (node.nodeType === 9) watchMissing(node as Document);
  if ((node as Element).shadowRoot) addRoot((node as Element).shadowRoot as ShadowRoot);
  const name = (node as Element).localName;
  const recorded = node.nodeType === 1 && replayer.getMirror().getMeta(node);
  if (recorded) considerPlaceholder(node as Element, recorded);
  if (name === "img") {
    addImage(node as HTMLImageElement);
    keepRoom(node as HTMLImageElement);
    considerPicture(node as HTMLImageElement, sessionNow() * 1000);
  } else if (name === "canvas") {
    surroundings.noteCanvas(node as HTMLCanvasElement, false);
  } else if (name === "iframe") {
    addFrame(node as HTMLIFrameElement);
  } else if (name === "link" || name === "style") {
    addSheet(node as Element);
  } else if (SMIL.has(name)) {
    addSmil(node as SVGAnimationElement);
  }
}

function scrollTo(id: number, x: number, y: number): void {
  scrolls.set(id, { x, y });
  const node = nodeById(id);
  const target = node?.nodeType === 9 ? (node as Document).defaultView : (node as Element | null);
  if (!target?.scrollTo) return;
  target.scrollTo({ left: x, top: y, behavior: "instant" });
  const [left, top] = "scrollX" in target ? [target.scrollX, target.scrollY] : [target.scrollLeft, target.scrollTop];
  if (Math.abs(left - x) > 1 || Math.abs(top - y) > 1) unreached.add(id);
  else unreached.delete(id);
}

/** Scrolls again to where there was no room before; the page has changed since. */
export function retryScrolls(): void {
  for (const id of unreached) {
    const scroll = scrolls.get(id);
    if (scroll && nodeById(id)) scrollTo(id, scroll.x, scroll.y);
    else unreached.delete(id);
  }
}

/** Scrolls again to where the recording was: images or fonts that came later may have made room for it. */
export function restoreScrolls(): void {
  for (const [id, { x, y }] of scrolls) if (nodeById(id)) scrollTo(id, x, y);
}

/** From now on the page is scrolled by somebody else. */
export function forgetScrolls(): void {
  scrolls = new Map();
  unreached = new Set();
}

/** Works out layout, which also starts the loading of fonts that the text needs. */
export function settleLayout(): void {
  eachDocument((doc) => void doc.documentElement?.offsetHeight);
}
