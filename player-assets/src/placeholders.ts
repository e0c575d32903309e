// What a recording has no content for is drawn as a quiet, labelled box of the same size, and counted. The box is painted by an
// animation that never runs: animations win over a page's rules and inline styles, leave no trace in the document that a
// recorded selector could match, and are gone without one when the content comes after all.
import { disregard } from "./animations";
import { realSetTimeout } from "./clock";
import type { SerializedNode } from "./sanitize";
import { surroundings } from "./surroundings";

/** What is missing. The report counts by these names (src/render/report.rs). */
export type Kind = "audio" | "blocked" | "canvas" | "embed" | "frame" | "object" | "video" | "webgl";

interface Placeholder {
  readonly kind: Kind;
  readonly id: number;
  label: string;
  /** Paints it; null where the browser itself draws something in its place, or where it would hide what is recorded. */
  paint: Animation | null;
  drawn: boolean;
}

/** More are not counted. */
const MOST_COUNTED = 10_000;

let placeholders = new Map<Element, Placeholder>();
let canvasRecorded = false;
const counted = new Set<string>();

/** The recording has drawings of canvases: one without any is blank, not lost. */
export function expectCanvases(recorded: boolean): void {
  canvasRecorded = recorded;
}

/** Forgets all: their document is gone. */
export function dropPlaceholders(): void {
  placeholders = new Map();
}

/** An element was built from `recorded`: gives it a placeholder if its content was not recorded. */
export function considerPlaceholder(element: Element, recorded: SerializedNode): void {
  const found = kindOf(element, recorded);
  if (found) placeholders.set(element, { ...found, id: recorded.id, paint: null, drawn: false });
}

function kindOf(element: Element, { attributes = {} }: SerializedNode): { kind: Kind; label: string } | null {
  if ("rr_width" in attributes && "rr_height" in attributes) return { kind: "blocked", label: "blocked" };
  switch (element.localName) {
    case "canvas":
      return canvasRecorded || "rr_pictured" in attributes ? null : { kind: "canvas", label: "canvas was not recorded" };
    case "video":
    case "audio":
      return { kind: element.localName, label: element.localName };
    case "iframe":
    case "frame":
      return typeof attributes.rr_src === "string" ? frameFrom(attributes.rr_src) : null;
    case "object":
    case "embed":
      return "rr_content" in attributes ? { kind: element.localName, label: element.localName } : null;
    default:
      return null;
  }
}

function frameFrom(url: string): { kind: Kind; label: string } | null {
  if (url === "" || /^\s*(about|javascript|data):/i.test(url)) return null;
  try {
    return { kind: "frame", label: `frame from ${new URL(url).hostname}` };
  } catch {
    return { kind: "frame", label: "frame" };
  }
}

/** WebGL commands were recorded, and no context can be had. */
export function lackWebGl(canvas: Element, id: number): void {
  if (!placeholders.has(canvas)) {
    placeholders.set(canvas, { kind: "webgl", id, label: "WebGL cannot be drawn here", paint: null, drawn: false });
  }
}

/** The content has come after all. */
export function dropPlaceholder(element: Element): void {
  placeholders.get(element)?.paint?.cancel();
  placeholders.delete(element);
}

/** A video has another poster. */
export function reconsiderPoster(element: Element): void {
  const placeholder = placeholders.get(element);
  if (placeholder?.kind !== "video") return;
  placeholder.paint?.cancel();
  placeholder.paint = null;
  placeholder.drawn = false;
}

/** Draws those that are new. A promise while posters are looked up; null when there is nothing to wait for. */
export function drawPlaceholders(hasContent: (frame: HTMLIFrameElement) => boolean): Promise<unknown> | null {
  const posters: Promise<void>[] = [];
  for (const [element, placeholder] of placeholders) {
    if (!element.isConnected) continue;
    if (placeholder.kind === "frame" && hasContent(element as HTMLIFrameElement)) {
      dropPlaceholder(element);
    } else if (!placeholder.drawn) {
      placeholder.drawn = true;
      if (placeholder.kind === "video" && element.getAttribute("poster")) posters.push(paintWithoutPoster(element, placeholder));
      else paint(element, placeholder);
    }
  }
  return posters.length > 0 ? Promise.all(posters) : null;
}

/** Counts those that take up room on the page as it is now. */
export function countPlaceholders(): void {
  for (const [element, { kind, id, label }] of placeholders) {
    const key = `${kind} ${id} ${label}`;
    if (counted.has(key) || counted.size >= MOST_COUNTED) continue;
    if (!element.isConnected) placeholders.delete(element);
    else if (element.getClientRects().length > 0) counted.add(key);
  }
}

/** Those counted so far, each once: its kind first. */
export function countedPlaceholders(): string[] {
  return [...counted];
}

async function paintWithoutPoster(element: Element, placeholder: Placeholder): Promise<void> {
  const poster = new Image();
  const known = new Promise<boolean>((resolve) => {
    poster.onload = () => resolve(true);
    poster.onerror = () => resolve(false);
    realSetTimeout(() => resolve(false), surroundings.patience);
  });
  poster.src = element.getAttribute("poster") ?? "";
  if (!(await known) && placeholders.get(element) === placeholder) paint(element, placeholder);
}

function paint(element: Element, placeholder: Placeholder): void {
  const style = getComputedStyle(element);
  // Canvases for confetti, particles and cross-hairs lie over what is recorded and let the pointer through.
  if (placeholder.kind === "canvas" && style.pointerEvents === "none") return;
  // Its bar of controls is what was seen.
  if (placeholder.kind === "audio") return;
  placeholder.paint = hold(element, { ...looks(placeholder.label), ...room(element, placeholder.kind, style) });
}

/** Gives an element these properties until the animation is cancelled. */
export function hold(element: Element, properties: Record<string, string>): Animation {
  const frames = Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, [value, value]]));
  const animation = element.animate(frames, { duration: 1, fill: "both" });
  animation.pause();
  disregard(animation);
  return animation;
}

/**
 * An image that is missing shows its alternative text, as browsers do, but keeps the size that the page gave it: else all around it
 * would stand elsewhere than the user saw.
 */
export function keepRoom(image: HTMLImageElement): void {
  let room: Animation | null = null;
  image.addEventListener("load", () => {
    room?.cancel();
    room = null;
  });
  image.addEventListener("error", () => {
    if (!room && image.isConnected && getComputedStyle(image).display === "inline") room = hold(image, { display: "inline-block", overflow: "hidden" });
  });
}

/** Stripes that let through what is under them, a thin edge, and the label in the middle. */
function looks(label: string): Record<string, string> {
  const width = Math.ceil(label.length * 6.4) + 20;
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="22"><rect x=".5" y=".5" width="${width - 1}" height="21" rx="10.5" fill="#fff" stroke="#b9c0ca"/>` +
    `<text x="50%" y="15" text-anchor="middle" font-family="Arial,sans-serif" font-size="12" fill="#59616d">${escaped(label)}</text></svg>`;
  const stripes = "repeating-linear-gradient(135deg, rgba(110,122,138,.2) 0 6px, rgba(110,122,138,.1) 6px 12px)";
  return {
    backgroundImage: `url("data:image/svg+xml,${encodeURIComponent(svg)}"), ${stripes}`,
    backgroundSize: `min(100%, ${width}px) auto, auto`,
    backgroundPosition: "center, 0 0",
    backgroundRepeat: "no-repeat, repeat",
    backgroundColor: "transparent",
    backgroundClip: "border-box",
    backgroundOrigin: "padding-box",
    backgroundAttachment: "scroll",
    boxShadow: "inset 0 0 0 1px rgba(110,122,138,.5)",
  };
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** Keeps the box that the recorded element had, also where an empty element would have another one. */
function room(element: Element, kind: Kind, style: CSSStyleDeclaration): Record<string, string> {
  const display: Record<string, string> = style.display === "inline" ? { display: "inline-block" } : {};
  if (kind === "blocked") {
    const { width, height } = (element as HTMLElement).style;
    // The box as it was measured, whatever rows, columns and limits it stands in now.
    return {
      ...display,
      boxSizing: "border-box",
      padding: "0px",
      ...(width && { width, minWidth: width, maxWidth: width }),
      ...(height && { height, minHeight: height, maxHeight: height }),
    };
  }
  // What stands between its tags is for browsers that could not show it.
  if (kind === "object") return { ...display, contentVisibility: "hidden", containIntrinsicSize: "300px 150px" };
  return {};
}
