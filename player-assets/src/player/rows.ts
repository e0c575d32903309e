// A list of thousands of rows of which only those in view are there: searched, filtered, and following the time.
import { make } from "./build";
import type { Row } from "./manifest";
import { clock } from "./time";

const HEIGHT = 46;
const BEYOND = 8;
/** After somebody scrolled, the list stays where it is for so long, ms. */
const LEFT_ALONE = 5000;

/** See above. */
export class Rows {
  readonly element: HTMLElement;
  private readonly search: HTMLInputElement;
  private readonly kinds = make("div", { class: "kinds", role: "group", "aria-label": "Kinds" });
  private readonly note = make("p", { class: "note", hidden: true });
  private readonly view: HTMLElement;
  private readonly space = make("div", { class: "space" });
  private all: Row[] = [];
  private kept: Row[] = [];
  private off = new Set<string>();
  private current = -1;
  private scrolledAt = -Infinity;
  private own = false;

  constructor(
    name: string,
    private readonly jump: (row: Row) => void,
  ) {
    this.search = make("input", { type: "search", placeholder: `Search ${name.toLowerCase()}`, "aria-label": `Search ${name.toLowerCase()}`, oninput: () => this.filter() });
    this.view = make("div", {
      class: "rows",
      role: "list",
      "aria-label": name,
      onscroll: () => this.scrolled(),
      onkeydown: (event: KeyboardEvent) => this.move(event),
    });
    this.view.append(this.space);
    this.element = make("div", { class: "list" }, make("div", { class: "filter" }, this.search, this.kinds), this.note, this.view);
    new ResizeObserver(() => this.draw()).observe(this.view);
  }

  /** Shows other rows; `note` stands where there are none, or beside them. */
  open(rows: Row[], note: string): void {
    this.all = rows;
    this.off = new Set();
    const counts = new Map<string, number>();
    for (const { kind } of rows) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    const chip = ([kind, count]: [string, number]) => {
      const button = make("button", { type: "button", class: `chip ${known(kind)}`, "aria-pressed": "true" }, `${kind || "other"} ${count}`);
      button.addEventListener("click", () => {
        if (!this.off.delete(kind)) this.off.add(kind);
        button.setAttribute("aria-pressed", String(!this.off.has(kind)));
        this.filter();
      });
      return button;
    };
    this.kinds.replaceChildren(...(counts.size > 1 ? [...counts].slice(0, 24).map(chip) : []));
    this.note.textContent = note;
    this.note.hidden = note === "";
    this.filter();
  }

  private filter(): void {
    const words = this.search.value.toLowerCase().trim();
    this.kept = this.all.filter(({ kind, text, aside }) => !this.off.has(kind) && (words === "" || `${text} ${aside}`.toLowerCase().includes(words)));
    this.space.style.height = `${this.kept.length * HEIGHT}px`;
    this.current = -1;
    this.draw();
  }

  /** Follows the time. */
  show(at: number): void {
    let [low, high] = [0, this.kept.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.kept[middle] as Row).at <= at) low = middle + 1;
      else high = middle;
    }
    if (low - 1 === this.current) return;
    this.current = low - 1;
    const hasFocus = this.view.contains((this.view.getRootNode() as ShadowRoot).activeElement);
    if (!hasFocus && performance.now() - this.scrolledAt > LEFT_ALONE) {
      const top = this.current * HEIGHT;
      if (top < this.view.scrollTop || top > this.view.scrollTop + this.view.clientHeight - 2 * HEIGHT) {
        this.own = true;
        this.view.scrollTop = Math.max(0, top - this.view.clientHeight / 3);
      }
    }
    this.draw();
  }

  private scrolled(): void {
    if (!this.own) this.scrolledAt = performance.now();
    this.own = false;
    this.draw();
  }

  private draw(): void {
    const first = Math.max(0, Math.floor(this.view.scrollTop / HEIGHT) - BEYOND);
    const last = Math.min(this.kept.length, Math.ceil((this.view.scrollTop + this.view.clientHeight) / HEIGHT) + BEYOND);
    const had = (this.view.getRootNode() as ShadowRoot).activeElement as HTMLElement | null;
    const focused = had && this.space.contains(had) ? Number(had.dataset.place) : -1;
    const drawn: HTMLElement[] = [];
    for (let place = first; place < last; place++) drawn.push(this.row(place));
    this.space.replaceChildren(...drawn);
    if (focused >= 0) this.button(focused)?.focus({ preventScroll: true });
  }

  private row(place: number): HTMLElement {
    const row = this.kept[place] as Row;
    const button = make(
      "button",
      {
        type: "button",
        class: `row ${known(row.kind)}`,
        title: row.aside ? `${row.text}\n${row.aside}` : row.text,
        onclick: () => this.jump(row),
        "aria-current": place === this.current ? "true" : undefined,
      },
      make("span", { class: "time" }, clock(row.at)),
      make("span", { class: "kind" }, row.kind),
      make("span", { class: "text" }, row.text),
      make("span", { class: "aside" }, row.aside),
    );
    button.dataset.place = String(place);
    const item = make("div", { class: "item", role: "listitem", "aria-setsize": this.kept.length, "aria-posinset": place + 1 }, button);
    item.style.top = `${place * HEIGHT}px`;
    return item;
  }

  private button(place: number): HTMLElement | null {
    return this.space.querySelector(`[data-place="${place}"]`);
  }

  /** Arrows go from row to row. */
  private move(event: KeyboardEvent): void {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const from = Number((event.target as HTMLElement).dataset.place);
    if (!by || !Number.isFinite(from)) return;
    event.preventDefault();
    event.stopPropagation();
    const to = Math.min(this.kept.length - 1, Math.max(0, from + by));
    const top = to * HEIGHT;
    if (top < this.view.scrollTop) this.view.scrollTop = top;
    if (top + HEIGHT > this.view.scrollTop + this.view.clientHeight) this.view.scrollTop = top + HEIGHT - this.view.clientHeight;
    this.draw();
    this.button(to)?.focus({ preventScroll: true });
  }
}

/** A kind as the name of a class: recorded words are none. */
function known(kind: string): string {
  return /^[a-z_]{1,20}$/.test(kind) ? `k-${kind}` : "";
}
