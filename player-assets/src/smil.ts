// SVG's own animation (SMIL) on session time: each drawing's clock is stopped and set.
import type { Motion } from "./motion";

interface Drawing {
  svg: SVGSVGElement;
  start: number;
  /** Age at which the last of its animations is over, µs; Infinity for an endless one. */
  end: number;
  periods: number[];
}

let drawings: Drawing[] = [];
let waiting = new Set<SVGAnimationElement>();

/** Forgets all: their document is gone. */
export function dropDrawings(): void {
  drawings = [];
  waiting = new Set();
}

/** An `<animate>`, `<set>`, … was built. */
export function addSmil(element: SVGAnimationElement): void {
  waiting.add(element);
}

/** Stops the drawings that the last change brought; their age counts from `start`, µs of session time. */
export function adoptDrawings(start: number): void {
  if (waiting.size === 0) return;
  for (const element of waiting) {
    const svg = outermost(element);
    if (!svg) continue;
    let drawing = drawings.find((one) => one.svg === svg);
    if (!drawing) {
      drawing = { svg, start, end: 0, periods: [] };
      drawings.push(drawing);
      svg.pauseAnimations();
    }
    measure(element, drawing);
  }
  waiting.clear();
}

function outermost(element: SVGElement): SVGSVGElement | null {
  let svg = element.ownerSVGElement;
  while (svg?.ownerSVGElement) svg = svg.ownerSVGElement;
  return svg;
}

function measure(element: SVGAnimationElement, drawing: Drawing): void {
  let simple: number;
  try {
    simple = Math.round(element.getSimpleDuration() * 1e6);
  } catch {
    // `set` without `dur`: it never changes again once begun.
    simple = 0;
  }
  const repeats = element.getAttribute("repeatCount") === "indefinite" || element.getAttribute("repeatDur") === "indefinite";
  const begin = Math.round((Number.parseFloat(element.getAttribute("begin") ?? "0") || 0) * 1e6);
  if (repeats && simple > 0) {
    drawing.end = Infinity;
    drawing.periods.push(simple);
  } else {
    const count = Number.parseFloat(element.getAttribute("repeatCount") ?? "1") || 1;
    drawing.end = Math.max(drawing.end, begin + simple * count);
  }
}

/** Shows every drawing at its age at session time `at`, µs. */
export function showDrawings(at: number): void {
  drawings = drawings.filter(({ svg }) => svg.isConnected);
  for (const { svg, start, end } of drawings) svg.setCurrentTime(Math.max(0, Math.min(at - start, end)) / 1e6);
}

/** What is still to come after session time `at`, µs. */
export function drawingMotion(at: number): Motion {
  const motion: Motion = { until: null, periods: [], quietUntil: Infinity };
  for (const drawing of drawings) {
    if (drawing.end === Infinity) motion.periods.push(...drawing.periods);
    else if (drawing.start + drawing.end > at) motion.until = Math.max(motion.until ?? 0, drawing.start + drawing.end);
    else continue;
    motion.quietUntil = at;
  }
  return motion;
}
