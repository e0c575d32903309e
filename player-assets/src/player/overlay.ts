// What is seen over the page: the pointer, and where it pressed.
import type { PointerState } from "../show";
import { ICONS, icon, make } from "./build";

const PRESSES = new Set([1, 2, 3, 4, 7]);
const MOST_RIPPLES = 12;

/** Pointer, presses, and a frame around an element, in CSS px of the page. */
export class Overlay {
  readonly element = make("div", { class: "overlay", "aria-hidden": "true" });
  private readonly arrow = icon(ICONS.arrow);
  private readonly hand = icon(ICONS.hand);
  private readonly box = make("div", { class: "outline", hidden: true });
  private scale = 1;

  constructor() {
    this.arrow.classList.add("pointer");
    this.hand.classList.add("pointer");
    this.element.append(this.box, this.arrow, this.hand);
    this.move(null);
  }

  /** Screen px per CSS px of the page. */
  resize(scale: number): void {
    this.scale = scale;
  }

  move(pointer: PointerState | null): void {
    const hand = pointer?.cursor === "pointer";
    const [shown, other] = hand ? [this.hand, this.arrow] : [this.arrow, this.hand];
    other.style.display = "none";
    shown.style.display = pointer && !pointer.touch && pointer.cursor !== "none" ? "" : "none";
    if (pointer) shown.style.transform = `translate(${pointer.x * this.scale - (hand ? 9 : 2)}px, ${pointer.y * this.scale - 2}px)`;
  }

  /** Shows presses; those that were gone over quickly are left out. */
  press(marks: { x: number; y: number; kind: number }[]): void {
    for (const { x, y, kind } of marks.slice(-3)) {
      if (!PRESSES.has(kind) || this.element.querySelectorAll(".ripple").length > MOST_RIPPLES) continue;
      const ripple = make("div", { class: "ripple" });
      ripple.style.left = `${x * this.scale}px`;
      ripple.style.top = `${y * this.scale}px`;
      this.element.append(ripple);
      setTimeout(() => ripple.remove(), 600);
    }
  }

  /** Puts a frame around a place of the page; null: none. */
  outline(place: { left: number; top: number; width: number; height: number } | null): void {
    this.box.hidden = !place;
    if (!place) return;
    const { scale } = this;
    Object.assign(this.box.style, { left: `${place.left * scale}px`, top: `${place.top * scale}px`, width: `${place.width * scale}px`, height: `${place.height * scale}px` });
  }
}
