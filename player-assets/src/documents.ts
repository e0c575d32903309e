// The documents of the replayed page: the page itself and the frames in it.

let frames = new Set<HTMLIFrameElement>();
let roots = new Set<ShadowRoot>();
let page: HTMLIFrameElement | null = null;

/** Starts over with the frame that holds the page. */
export function setPage(frame: HTMLIFrameElement): void {
  page = frame;
  frames = new Set();
  roots = new Set();
}

/** A frame element was built inside of the page. */
export function addFrame(frame: HTMLIFrameElement): void {
  frames.add(frame);
}

/** Calls `visit` with every document that is shown. */
export function eachDocument(visit: (doc: Document) => void): void {
  if (page?.contentDocument) visit(page.contentDocument);
  for (const frame of frames) {
    if (!frame.isConnected) frames.delete(frame);
    else if (frame.contentDocument) visit(frame.contentDocument);
  }
}

/** A shadow root was built. */
export function addRoot(root: ShadowRoot): void {
  roots.add(root);
}

/** Calls `visit` with every document that is shown and every shadow root: a document's animations leave those of its shadow trees out. */
export function eachTree(visit: (tree: Document | ShadowRoot) => void): void {
  eachDocument(visit);
  for (const root of roots) {
    if (!root.isConnected) roots.delete(root);
    else visit(root);
  }
}

/** The document of the page itself. */
export function pageDocument(): Document | null {
  return page?.contentDocument ?? null;
}

/** Where the frame of a document stands in the page: its content box's corner in page CSS px, and its scale. */
export function documentOffset(doc: Document): { x: number; y: number } {
  let x = 0;
  let y = 0;
  for (let view = doc.defaultView; view; ) {
    const frame = view.frameElement as HTMLElement | null;
    if (!frame || frame === page) break;
    const box = frame.getBoundingClientRect();
    x += box.left + frame.clientLeft;
    y += box.top + frame.clientTop;
    view = frame.ownerDocument.defaultView;
  }
  return { x, y };
}
