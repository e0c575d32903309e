// CSS animations and transitions on session time. Every animation is stopped and shown at the age it has at the asked
// time, counted from the event that started it, so that a frame does not depend on where the render began.
// All ages are whole microseconds: equal phases give bit-equal times and so equal pixels.

import { eachTree } from "./documents";
import type { Motion } from "./motion";

interface Tracked {
  readonly animation: Animation;
  /** Session time that its age counts from, µs. */
  start: number;
  /** The age it is held at while the page has it paused, µs. */
  held: number | null;
  readonly delay: number;
  /** One full repetition (twice the duration when alternating), µs; null for an animation that ends. */
  readonly period: number | null;
  /** Age at which it is over, µs; Infinity for an endless one. */
  readonly end: number;
}

let playStateMatters = false;

/** Some style of this recording pauses animations: from now on each is looked at after each change. Most recordings have none. */
export function watchPlayState(): void {
  playStateMatters = true;
}

let tracked: Tracked[] = [];
let known = new WeakSet<Animation>();

/** One of ours that does not run (placeholders.ts). */
export function disregard(animation: Animation): void {
  known.add(animation);
}

/** Forgets all: their document is gone. */
export function dropAnimations(): void {
  tracked = [];
  known = new WeakSet();
}

/** Finds the animations that the last change started, and stops them at age zero. `start` is session time, µs. */
export function adoptAnimations(start: number): void {
  if (playStateMatters) for (const one of tracked) followPlayState(one, start);
  eachTree((tree) => {
    const { timeline } = tree.ownerDocument ?? (tree as Document);
    for (const animation of tree.getAnimations()) {
      if (known.has(animation)) continue;
      known.add(animation);
      const timing = animation.effect?.getComputedTiming();
      if (!timing || animation.timeline !== timeline) continue;
      const micros = (value: unknown) => Math.round(Number(value) * 1000);
      const duration = micros(timing.duration);
      const endTime = Number(timing.endTime);
      const endless = !Number.isFinite(endTime);
      const alternates = timing.direction === "alternate" || timing.direction === "alternate-reverse";
      animation.pause();
      animation.currentTime = 0;
      const one: Tracked = {
        animation,
        start,
        held: null,
        delay: micros(timing.delay),
        period: endless && duration > 0 ? duration * (alternates ? 2 : 1) : null,
        end: endless ? (duration > 0 ? Infinity : 0) : Math.round(endTime * 1000),
      };
      if (playStateMatters) followPlayState(one, start);
      tracked.push(one);
    }
  });
}

/** Holds an animation that the page paused (`animation-play-state`) at its age, and lets it go on from there. */
function followPlayState(one: Tracked, at: number): void {
  const paused = isPausedByPage(one.animation);
  if (paused && one.held === null) one.held = at - one.start;
  if (!paused && one.held !== null) {
    one.start = at - one.held;
    one.held = null;
  }
}

function isPausedByPage(animation: Animation): boolean {
  if (!("animationName" in animation)) return false;
  const effect = animation.effect as KeyframeEffect | null;
  if (!effect?.target) return false;
  const style = getComputedStyle(effect.target, effect.pseudoElement ?? undefined);
  const names = style.animationName.split(",").map((name) => name.trim());
  const states = style.animationPlayState.split(",").map((state) => state.trim());
  const index = names.indexOf((animation as CSSAnimation).animationName);
  return index >= 0 && states[index % states.length] === "paused";
}

/** Shows every animation at its age at session time `at`, µs. Those that are over are finished and forgotten. */
export function showAnimations(at: number): void {
  dropCancelled();
  let over = false;
  for (const { animation, start, held, delay, period, end } of tracked) {
    let age = held ?? at - start;
    if (age >= end) {
      over = true;
      continue;
    }
    if (period !== null && age > delay) age = delay + ((age - delay) % period);
    const time = age / 1000;
    if (animation.currentTime !== time) animation.currentTime = time;
  }
  if (!over) return;
  tracked = tracked.filter((one) => {
    if ((one.held ?? at - one.start) < one.end) return true;
    finish(one.animation);
    return false;
  });
}

/** Brings transitions to session time `at`, µs: a change that interrupts one goes on from what it shows then. */
export function showTransitions(at: number): void {
  dropCancelled();
  for (const { animation, start, held, end } of tracked) {
    if (end !== Infinity && held === null) animation.currentTime = Math.min(at - start, end) / 1000;
  }
}

/** An animation whose style is gone is cancelled; setting its time would bring it back to life. */
function dropCancelled(): void {
  tracked = tracked.filter(({ animation }) => animation.playState !== "idle");
}

function finish(animation: Animation): void {
  try {
    animation.finish();
  } catch {
    // An endless animation cut to zero length cannot be finished; cancelling shows the same.
    animation.cancel();
  }
}

/** What is still to come after session time `at`, µs. Drops those whose element is gone. */
export function animationMotion(at: number): Motion {
  tracked = tracked.filter(({ animation }) => animation.playState !== "idle" && isShown(animation));
  const motion: Motion = { until: null, periods: [], quietUntil: Infinity };
  for (const { animation, start, held, delay, period, end } of tracked) {
    if (held !== null || !mayShow(animation)) continue;
    motion.quietUntil = Math.min(motion.quietUntil, Math.max(at, start + delay));
    if (end === Infinity) motion.periods.push(period);
    else motion.until = Math.max(motion.until ?? 0, start + end);
  }
  return motion;
}

/** Properties that change only how the element and what is in it is painted, and never where anything else stands. */
const PAINT_ONLY =
  /^(transform|rotate|scale|translate|opacity|filter|backdropFilter|visibility|color|background.*|border.*Color|outlineColor|textDecorationColor|caretColor|boxShadow|textShadow|fill|fillOpacity|stroke|strokeOpacity|strokeDash.*|clipPath|mask.*|offset|composite|easing|computedOffset)$/;
/** Properties that move nothing else when the element is taken out of the flow. */
const GEOMETRY = /^(left|right|top|bottom|inset.*|width|height|margin.*)$/;
/** Shadows, outlines and the like reach this far beyond their element, CSS px. */
const REACH = 100;
/** Elements with more inside than this are taken to show without looking. */
const MOST_INSIDE = 60;

/**
 * Whether it can show at all: spinners that were scrolled away or sit in hidden parts of a page run for hours. In doubt it
 * can; a later scroll or other change makes the next frame be looked at anyway.
 */
function mayShow(animation: Animation): boolean {
  const effect = animation.effect as KeyframeEffect;
  const target = effect.target;
  if (!target) return false;
  const properties = new Set(effect.getKeyframes().flatMap((frame) => Object.keys(frame)));
  const others = [...properties].filter((property) => !PAINT_ONLY.test(property));
  if (others.length > 0) {
    const { position } = getComputedStyle(target, effect.pseudoElement ?? undefined);
    const outOfFlow = position === "absolute" || position === "fixed";
    if (!outOfFlow || !others.every((property) => GEOMETRY.test(property))) return true;
  }
  const view = target.ownerDocument.defaultView;
  if (!view || target.shadowRoot) return true;
  if (!effect.pseudoElement && paintsNothing(target, properties)) return false;
  const inside = target.getElementsByTagName("*");
  if (inside.length > MOST_INSIDE) return true;
  return [target, ...inside].some((element) => {
    if (element.shadowRoot) return true;
    const box = element.getBoundingClientRect();
    if (box.width === 0 && box.height === 0 && element.getClientRects().length === 0) return false;
    return box.right > -REACH && box.bottom > -REACH && box.left < view.innerWidth + REACH && box.top < view.innerHeight + REACH;
  });
}

const HTML = "http://www.w3.org/1999/xhtml";
/** Elements that show something without content, border or background. */
const REPLACED = /^(img|svg|canvas|video|audio|iframe|object|embed|input|textarea|select|button|progress|meter|hr)$/;
/** Properties that cannot give an empty element something to show. */
const HARMLESS = /^(transform|rotate|scale|translate|opacity|offset|composite|easing|computedOffset)$/;

/**
 * Whether an element is empty and has nothing of its own to paint. Recorders lose borders and backgrounds that are given by variables
 * (the text of a rule lacks shorthands with `var()` in them), which leaves the spinners of common frameworks turning unseen.
 */
function paintsNothing(element: Element, animated: Set<string>): boolean {
  if (element.childNodes.length > 0 || element.namespaceURI !== HTML || REPLACED.test(element.localName)) return false;
  if (![...animated].every((property) => HARMLESS.test(property))) return false;
  const style = getComputedStyle(element);
  const bare = (part: CSSStyleDeclaration) =>
    part.backgroundImage === "none" &&
    /^(transparent|rgba\(.*, 0\))$/.test(part.backgroundColor) &&
    part.boxShadow === "none" &&
    part.backdropFilter === "none" &&
    part.borderImageSource === "none" &&
    [part.outlineStyle, part.borderTopStyle, part.borderRightStyle, part.borderBottomStyle, part.borderLeftStyle].every((line) => line === "none");
  const none = (pseudo: string) => /^(none|normal)$/.test(getComputedStyle(element, pseudo).content);
  return bare(style) && style.display !== "list-item" && none("::before") && none("::after");
}

function isShown(animation: Animation): boolean {
  return (animation.effect as KeyframeEffect | null)?.target?.isConnected ?? false;
}
