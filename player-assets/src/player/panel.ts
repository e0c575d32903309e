// What stands beside the page: steps, moments, console, network, and the page as a tree.
import { make } from "./build";
import type { Index } from "./manifest";
import { Rows } from "./rows";
import type { Tree } from "./tree";

/** Names of the lists; `page` is the tree. */
export const PANES = ["steps", "moments", "console", "network", "page"] as const;
export type Pane = (typeof PANES)[number];

const TITLES: Record<Pane, string> = { steps: "Steps", moments: "Moments", console: "Console", network: "Network", page: "Page" };
const WITHOUT_INDEX = "This package has no index. Pack it again with replayreel, and what happened is listed here.";

/** Tabs, of which one is open. */
export class Panel {
  readonly element: HTMLElement;
  private readonly tabs = new Map<Pane, HTMLButtonElement>();
  private readonly bodies = new Map<Pane, HTMLElement>();
  private readonly lists: Record<Exclude<Pane, "page">, Rows>;
  private chosen: Pane = "steps";

  /** `jump` is told which moment was asked for, µs; `opened` that another pane is. */
  constructor(
    jump: (at: number) => void,
    private readonly tree: Tree,
    private readonly opened: (pane: Pane) => void,
  ) {
    const list = (pane: Pane) => new Rows(TITLES[pane], ({ at }) => jump(at));
    this.lists = { steps: list("steps"), moments: list("moments"), console: list("console"), network: list("network") };
    const bar = make("div", { class: "tabs", role: "tablist", "aria-label": "What happened", onkeydown: (event: KeyboardEvent) => this.key(event) });
    this.element = make("aside", { class: "panel", part: "panel", "aria-label": "What happened" }, bar);
    for (const pane of PANES) {
      const tab = make("button", { type: "button", role: "tab", id: `tab-${pane}`, "aria-controls": `pane-${pane}`, onclick: () => this.choose(pane) }, TITLES[pane]);
      const body = make("div", { class: "pane", role: "tabpanel", id: `pane-${pane}`, "aria-labelledby": `tab-${pane}` });
      body.append(pane === "page" ? this.tree.element : this.lists[pane].element);
      this.tabs.set(pane, tab);
      this.bodies.set(pane, body);
      bar.append(tab);
      this.element.append(body);
    }
    this.choose("steps");
  }

  get pane(): Pane {
    return this.chosen;
  }

  choose(pane: Pane): void {
    this.chosen = pane;
    for (const [name, tab] of this.tabs) {
      tab.setAttribute("aria-selected", String(name === pane));
      tab.tabIndex = name === pane ? 0 : -1;
    }
    for (const [name, body] of this.bodies) body.hidden = name !== pane;
    this.opened(pane);
  }

  private key(event: KeyboardEvent): void {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    const next = PANES[(PANES.indexOf(this.chosen) + by + PANES.length) % PANES.length] as Pane;
    this.choose(next);
    this.tabs.get(next)?.focus();
    event.preventDefault();
    event.stopPropagation();
  }

  /** Fills the lists. */
  open(index: Index): void {
    const { whole, leftOut } = index;
    const note = (rows: unknown[], pane: string, none: string) => {
      if (rows.length === 0) return whole ? none : WITHOUT_INDEX;
      const more = leftOut[pane] ?? 0;
      return more > 0 ? `${more} more are not listed.` : "";
    };
    this.lists.steps.open(index.steps, note(index.steps, "steps", "No steps were found."));
    this.lists.moments.open(index.moments, note(index.moments, "moments", "Nothing stands out in this recording."));
    this.lists.console.open(index.console, note(index.console, "console", "The console was not recorded, or stayed empty."));
    this.lists.network.open(index.network, note(index.network, "network", "Requests were not recorded, or there were none."));
  }

  /** Follows the time, µs. */
  show(at: number): void {
    if (this.chosen !== "page") this.lists[this.chosen].show(at);
  }
}
