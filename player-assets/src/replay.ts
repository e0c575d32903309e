// rrweb's replayer, without its clock: the stage applies each event itself, at once, in session order.
import { Replayer, adaptCssForReplay, canvasMutation } from "@rrweb/replay";
import { sessionNow } from "./clock";
import { watchPlayState } from "./animations";
import { addFrame, addRoot, eachDocument, eachTree, pageDocument, setPage } from "./documents";
import { isInert } from "./inert";
import { dropMotion } from "./motion";
import { considerPicture } from "./pictures";
import { dropHover, restoreHover } from "./pointer";
import { addImage, addSheet, dropImages, sheetsOnTheirWay, watchMissing } from "./resources";
import { sanitizeAttributes, sanitizeTree, type AdoptedSheet, type Findings, type SerializedNode } from "./sanitize";
import { addSmil } from "./smil";

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
const SMIL = new Set(["animate", "set", "animateTransform", "animateMotion"]);

/** What the replayer keeps to itself; the names are checked by the build (see patches.mjs) and the tests. */
interface Internals {
  iframe: HTMLIFrameElement;
  wrapper: HTMLElement;
  setupDom(): void;
  rebuildFullSnapshot(event: unknown, isSync: boolean): void;
  applyIncremental(event: unknown, isSync: boolean): void;
  applyScroll: (data: { id: number; x: number; y: number }) => void;
  getMirror(): { getNode(id: number): Node | null; reset(): void };
  imageMap: Map<unknown, HTMLImageElement>;
  canvasEventMap: Map<unknown, unknown>;
  mediaManager: { isSupportedMediaElement: () => boolean };
  styleMirror: { reset(): void };
  cache: { stylesWithHoverClass: Map<string, string> };
}

let replayer: Internals;
let fonts: RecordedEvent[] = [];
let scrolls = new Map<number, { x: number; y: number }>();
/** Those of them that the page had no room for when they were applied. */
let unreached = new Set<number>();
/** Adoptions of style sheets by elements whose shadow root is yet to come. */
let adoptions: RecordedEvent[] = [];
let warnings = 0;
const findings: Findings = { canvasPictures: new Map(), removed: 0, pauses: false };

/** Makes the replayer in `root`. */
export function openReplayer(root: HTMLElement): void {
  const warn = () => void warnings++;
  replayer = new Replayer([], {
    root,
    liveMode: true,
    // A frame without allow-scripts paints no canvas; that no script runs is the page's policy's business (script-src 'none').
    UNSAFE_replayCanvas: true,
    useVirtualDom: false,
    mouseTail: false,
    pauseAnimation: false,
    triggerFocus: false,
    insertStyleRules: STYLE_RULES,
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
export function replayWarnings(): { unplaced: number; removed: number } {
  return { unplaced: warnings, removed: findings.removed };
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
  adoptions = [];
  replayer.setupDom();
  setPage(replayer.iframe);
  replayer.styleMirror.reset();
  resize(viewport);
  const doc = pageDocument();
  if (doc) watchMissing(doc);
  sanitizeTree(event.data.node, findings);
  if (findings.pauses) watchPlayState();
  replayer.rebuildFullSnapshot(event, true);
  const styles = sheetsOnTheirWay();
  if (styles) {
    await styles;
    // Browsers show nothing of a page before its style sheets are there: their coming is no change to glide through.
    eachTree((tree) => tree.getAnimations().forEach((one) => "transitionProperty" in one && one.cancel()));
  }
  // The replayer marks pages that it does not play itself; pages can have styles for their own class list.
  pageDocument()?.documentElement?.classList.remove("rrweb-paused");
  for (const font of fonts) replayer.applyIncremental(font, false);
  for (const data of adoptedInSnapshot(event.data.node)) await applyIncremental({ type: 3, timestamp: event.timestamp, data });
  await drawCanvasPictures();
  const offset = event.data.initialOffset;
  const page = pageDocument();
  if (page && offset) scrollTo(event.data.node.id, offset.left ?? 0, offset.top ?? 0);
}

/** Forgets the page and all that outlives pages. */
export function forget(): void {
  replayer.wrapper.remove();
  dropMotion();
  dropHover();
  dropImages();
  fonts = [];
  scrolls = new Map();
  unreached = new Set();
  adoptions = [];
  replayer.setupDom();
  setPage(replayer.iframe);
  replayer.getMirror().reset();
}

/** A font that script loaded. Recorders tell of it once, also when later snapshots of the page need it. */
export function addFont(event: RecordedEvent): void {
  fonts.push(event);
  if (pageDocument()) replayer.applyIncremental(event, false);
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
      for (const add of data.adds ?? []) sanitizeTree(add.node, findings);
      for (const text of data.texts ?? []) if (typeof text.value === "string" && text.value.includes("paused")) findings.pauses = true;
      for (const change of data.attributes ?? []) sanitizeAttributes(tagOf(change.id), change.attributes, findings);
      replayer.applyIncremental(event, false);
      for (const { parentId } of data.adds ?? []) {
        const root = (nodeById(parentId) as Element | null)?.shadowRoot;
        if (root) addRoot(root);
      }
      for (const change of data.attributes ?? []) if ("src" in change.attributes) reconsider(change.id);
      for (const change of data.attributes ?? []) if ("href" in change.attributes) reconsiderSheet(change.id);
      restoreHover();
      adoptLate();
      return drawCanvasPictures(sheetsOnTheirWay());
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
      return canvasMutation({
        event,
        mutation: data,
        target,
        imageMap: replayer.imageMap,
        canvasEventMap: replayer.canvasEventMap,
        errorHandler: () => void warnings++,
      });
    }
    case 14:
      // Only in the document that has the focus is a selection blue.
      nodeById(data.ranges?.[0]?.start)?.ownerDocument?.defaultView?.focus();
      break;
    case 15:
      for (const style of data.styles ?? []) for (const rule of style.rules ?? []) rule.rule = withHoverClass(rule.rule);
      // Some recorders tell of the sheets before the shadow root; the replayer would lose them.
      if (isWithoutRoot(data.id)) return void adoptions.push(event);
      break;
  }
  replayer.applyIncremental(event, false);
}

function isWithoutRoot(id: number): boolean {
  const node = nodeById(id);
  return node?.nodeType === 1 && !(node as Element).shadowRoot;
}

/** Gives shadow roots that have come the sheets that were adopted before. */
function adoptLate(): void {
  if (adoptions.length === 0) return;
  const waiting = adoptions;
  adoptions = waiting.filter(({ data }) => isWithoutRoot(data.id));
  for (const event of waiting) if (!adoptions.includes(event)) replayer.applyIncremental(event, false);
}

/** Some recorders (Amplitude's) keep adopted style sheets in the snapshot's nodes; the rules stand at the first use of each sheet, or at a later one. */
function adoptedInSnapshot(root: SerializedNode): Adoption[] {
  const found: Adoption[] = [];
  const told = new Set<number>();
  // A stack, not recursion: the depth of a document is its author's choice.
  const stack = [root];
  for (let node = stack.pop(); node; node = stack.pop()) {
    const sheets = node.adoptedStyleSheets ?? [];
    const styles = sheets.filter(({ styleId, rules }) => rules && rules.length > 0 && !told.has(styleId));
    for (const { styleId } of styles) told.add(styleId);
    if (sheets.length > 0) found.push({ source: 15, id: node.id, styleIds: sheets.map(({ styleId }) => styleId), styles });
    stack.push(...(node.childNodes ?? []).toReversed());
  }
  return found;
}

interface Adoption {
  source: 15;
  id: number;
  styleIds: number[];
  styles: AdoptedSheet[];
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
  if (name === "img") {
    addImage(node as HTMLImageElement);
    considerPicture(node as HTMLImageElement, sessionNow() * 1000);
  } else if (name === "iframe") {
    addFrame(node as HTMLIFrameElement);
  } else if (name === "link" || name === "style") {
    addSheet(node as Element);
  } else if (SMIL.has(name)) {
    addSmil(node as SVGAnimationElement);
  }
}

async function drawCanvasPictures(first: Promise<unknown> | null = null): Promise<void> {
  if (first) await first;
  if (findings.canvasPictures.size === 0) return;
  const pictures = [...findings.canvasPictures];
  findings.canvasPictures.clear();
  await Promise.all(
    pictures.map(async ([id, url]) => {
      const canvas = nodeById(id) as HTMLCanvasElement | null;
      if (canvas?.nodeName !== "CANVAS" || !url.startsWith("data:image/")) return;
      const image = new Image();
      const loaded = new Promise((resolve) => {
        image.onload = resolve;
        image.onerror = resolve;
      });
      image.src = url;
      await loaded;
      if (image.naturalWidth > 0) canvas.getContext("2d")?.drawImage(image, 0, 0, image.width, image.height);
    }),
  );
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

/** Works out layout, which also starts the loading of fonts that the text needs. */
export function settleLayout(): void {
  eachDocument((doc) => void doc.documentElement?.offsetHeight);
}
