// Canvases in a frame without scripts: browsers do not paint them there. Each is drawn outside, and its picture is the element's content,
// which gives it the size that a canvas has.

interface Drawn {
  surface: HTMLCanvasElement | null;
  /** It has been drawn on since it was shown. */
  stale: boolean;
  url: string;
  picture: HTMLImageElement | null;
}

/** Pixels of a canvas, at most. */
const LARGEST = 64_000_000;

let canvases = new Map<HTMLCanvasElement, Drawn>();

/** Forgets all: their document is gone. */
export function dropCanvases(): void {
  for (const { url } of canvases.values()) revoke(url);
  canvases = new Map();
}

/** What is drawn on in a canvas's stead. */
export function surface(canvas: HTMLCanvasElement): HTMLCanvasElement {
  const drawn = known(canvas);
  if (!drawn.surface) {
    drawn.surface = document.createElement("canvas");
    fit(canvas, drawn.surface);
  }
  return drawn.surface;
}

/** A canvas was built, has other attributes, or was drawn on. */
export function noteCanvas(canvas: HTMLCanvasElement, hasDrawing: boolean): void {
  const drawn = known(canvas);
  if (drawn.surface && fit(canvas, drawn.surface)) drawn.stale = true;
  if (hasDrawing) drawn.stale = true;
  if (!drawn.surface) drawn.url = blank(canvas);
  show(canvas, drawn.url);
}

/** Shows what was drawn since. */
export function showCanvases(): Promise<unknown> | null {
  const waits: Promise<void>[] = [];
  for (const [canvas, drawn] of canvases) {
    if (!canvas.isConnected) {
      revoke(drawn.url);
      canvases.delete(canvas);
    } else if (drawn.stale && drawn.surface) {
      drawn.stale = false;
      waits.push(take(canvas, drawn, drawn.surface));
    }
  }
  return waits.length > 0 ? Promise.all(waits) : null;
}

async function take(canvas: HTMLCanvasElement, drawn: Drawn, surface: HTMLCanvasElement): Promise<void> {
  const blob = await new Promise<Blob | null>((resolve) => surface.toBlob(resolve));
  if (!blob) return;
  const url = URL.createObjectURL(blob);
  // Loaded before it is shown, or the canvas would be of no size for a moment.
  const picture = canvas.ownerDocument.createElement("img");
  picture.src = url;
  await picture.decode().catch(() => undefined);
  const before = drawn.url;
  drawn.url = url;
  drawn.picture = picture;
  show(canvas, url);
  revoke(before);
}

function known(canvas: HTMLCanvasElement): Drawn {
  let drawn = canvases.get(canvas);
  if (!drawn) canvases.set(canvas, (drawn = { surface: null, stale: false, url: "", picture: null }));
  return drawn;
}

/** Whether the surface got another size, which empties it. */
function fit(canvas: HTMLCanvasElement, surface: HTMLCanvasElement): boolean {
  const { width, height } = canvas;
  if ((surface.width === width && surface.height === height) || width * height > LARGEST) return false;
  surface.width = width;
  surface.height = height;
  return true;
}

function blank({ width, height }: HTMLCanvasElement): string {
  return `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"/>`)}`;
}

function show(canvas: HTMLCanvasElement, url: string): void {
  if (url) canvas.style.setProperty("content", `url("${url}")`, "important");
}

function revoke(url: string): void {
  if (url.startsWith("blob:")) URL.revokeObjectURL(url);
}
