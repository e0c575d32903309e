// The bar of time, with chapters, moments and idle stretches on it.
import { make } from "./build";
import type { Index } from "./manifest";
import { clock, spoken } from "./time";

const MARKED = new Set(["error", "failed", "rage", "dead", "slow", "submit", "marker"]);
const MOST_MARKS = 300;

/** A range that is dragged, and marks that are pressed. */
export class Scrubber {
  readonly element: HTMLElement;
  readonly range: HTMLInputElement;
  private readonly played = make("div", { class: "played" });
  private readonly marks = make("div", { class: "marks" });
  private readonly tip = make("div", { class: "tip", hidden: true });
  private start = 0;
  private end = 1;
  private chapters: Index["chapters"] = [];

  constructor(private readonly seek: (at: number) => void) {
    this.range = make("input", {
      type: "range",
      min: "0",
      max: "1000",
      step: "any",
      value: "0",
      "aria-label": "Time",
      oninput: () => seek(Number(this.range.value)),
      onpointermove: (event: PointerEvent) => this.hint(event),
      onpointerleave: () => (this.tip.hidden = true),
    });
    this.element = make("div", { class: "scrub", part: "timeline" }, make("div", { class: "track" }, this.played), this.range, this.marks, this.tip);
  }

  /** Lays out a recording; times are µs. */
  open(start: number, end: number, index: Index): void {
    [this.start, this.end, this.chapters] = [start, end, index.chapters];
    this.range.min = String(start);
    this.range.max = String(end);
    const marks: HTMLElement[] = [];
    for (const { from, to } of index.idle.slice(0, MOST_MARKS)) marks.push(this.mark("idle", from, "", to));
    for (const { at, title } of index.chapters.slice(0, MOST_MARKS)) if (at > start) marks.push(this.mark("chapter", at, title));
    // The gravest come last, so that they lie on top.
    const moments = index.moments.filter(({ kind }) => MARKED.has(kind)).slice(0, MOST_MARKS);
    for (const { at, kind, text } of moments.toReversed()) marks.push(this.mark(`moment ${kind}`, at, `${kind}: ${text}`));
    this.marks.replaceChildren(...marks);
  }

  private mark(name: string, at: number, title: string, to?: number): HTMLElement {
    const mark = make("div", { class: `mark ${name}`, title: title && `${clock(at)} ${title}`, onclick: () => to === undefined && this.seek(at) });
    mark.style.left = `${this.share(at)}%`;
    if (to !== undefined) mark.style.width = `${this.share(to) - this.share(at)}%`;
    return mark;
  }

  private share(at: number): number {
    return Math.min(100, Math.max(0, ((at - this.start) / Math.max(1, this.end - this.start)) * 100));
  }

  /** Shows a moment. */
  show(at: number): void {
    this.range.value = String(at);
    this.range.setAttribute("aria-valuetext", spoken(at));
    this.played.style.width = `${this.share(at)}%`;
  }

  private hint(event: PointerEvent): void {
    const { left, width } = this.range.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - left) / Math.max(1, width)));
    const at = this.start + share * (this.end - this.start);
    const chapter = this.chapters.findLast((one) => one.at <= at)?.title ?? "";
    this.tip.textContent = chapter ? `${clock(at)} ${chapter}` : clock(at);
    this.tip.hidden = false;
    this.tip.style.left = `${share * 100}%`;
  }
}
