// All that moves by itself, taken together: at which time of theirs to show the animations, and when the picture
// will next change without an event.
import { animationMotion, dropAnimations, showAnimations } from "./animations";
import { decodePictures, dropPictures, pictureMotion, showPictures } from "./pictures";
import { drawingMotion, dropDrawings, showDrawings } from "./smil";

/** What one kind of animation will do next; times are session time in µs. */
export interface Motion {
  /** When the last running one that ends will end; null when none does. */
  until: number | null;
  /** The period of each endless one; null where it has none that is known. */
  periods: (number | null)[];
  /** Before this nothing will show (delays). */
  quietUntil: number;
}

/** The answer to "when does the picture change by itself?"; times are session time in µs. */
export interface Outlook {
  /** The earliest moment at which it may differ; null: never. */
  next: number | null;
  /** Set while only endless animations run, long after the last change: the pictures repeat. */
  cycle: Cycle | null;
}

/** From `base` on, the picture at t is that of step `floor(((t - base) mod period) * steps / period)`. */
export interface Cycle {
  base: number;
  period: number;
  steps: number;
}

/** Animations run at full rate for this long after the last change by the recording, µs. */
const FULL_RATE = 10_000_000;
/** After that they step this often, µs: a spinner in a tab left open must not cost a picture per frame for ever. */
const SLOW_STEP = 200_000;
/** Longest joint period of endless animations that is repeated rather than captured again, µs. */
const LONGEST_PERIOD = 10_000_000;

/** Forgets all: their document is gone. */
export function dropMotion(): void {
  dropAnimations();
  dropPictures();
  dropDrawings();
}

function all(at: number): Motion {
  const parts = [animationMotion(at), drawingMotion(at), pictureMotion(at)];
  const untils = parts.flatMap(({ until }) => (until === null ? [] : [until]));
  return {
    until: untils.length > 0 ? Math.max(...untils) : null,
    periods: parts.flatMap(({ periods }) => periods),
    quietUntil: Math.min(...parts.map(({ quietUntil }) => quietUntil)),
  };
}

function cycleOf(motion: Motion, base: number, at: number): Cycle | null {
  if (motion.periods.length === 0 || (motion.until ?? 0) > at) return null;
  let period = 1;
  for (const one of motion.periods) {
    if (one === null) return null;
    period = leastCommonMultiple(period, one);
    if (period > LONGEST_PERIOD) return null;
  }
  return { base, period, steps: Math.ceil(period / SLOW_STEP) };
}

function leastCommonMultiple(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y !== 0) [x, y] = [y, x % y];
  return (a / x) * b;
}

/**
 * Shows all animations as they are at session time `at` (µs), when the recording last changed the page at `changed`.
 * A promise while an image is still loading.
 */
export function showMotion(at: number, changed: number): Promise<unknown> | null {
  const shown = shownTime(at, changed);
  showAnimations(shown);
  showDrawings(shown);
  return showPictures(shown);
}

/** The time that animations are shown at: `at` itself, or the last step before it once the slow rate holds. */
function shownTime(at: number, changed: number): number {
  const base = changed + FULL_RATE;
  if (at <= base) return at;
  const cycle = cycleOf(all(at), base, at);
  if (!cycle) return base + Math.floor((at - base) / SLOW_STEP) * SLOW_STEP;
  const step = Math.floor((((at - base) % cycle.period) * cycle.steps) / cycle.period);
  return base + Math.floor((step * cycle.period) / cycle.steps);
}

/** See {@link Outlook}. */
export function outlook(at: number, changed: number): Outlook {
  const motion = all(at);
  if (motion.periods.length === 0 && motion.until === null) return { next: null, cycle: null };
  if (motion.quietUntil > at) return { next: motion.quietUntil, cycle: null };
  const base = changed + FULL_RATE;
  if (at < base) return { next: at + 1, cycle: null };
  const cycle = cycleOf(motion, base, at);
  const step = cycle ? cycle.period / cycle.steps : SLOW_STEP;
  return { next: Math.ceil(base + (Math.floor((at - base) / step) + 1) * step), cycle };
}

export { decodePictures };
