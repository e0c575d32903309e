// The page of the moment as a tree, to be looked through. Everything of it goes in as text.
import { make } from "./build";

const MOST_CHILDREN = 500;
const LONGEST = 120;

interface Branch {
  node: Node;
  depth: number;
  open: boolean;
}

/** See above. */
export class Tree {
  readonly element: HTMLElement;
  private readonly view: HTMLElement;
  private readonly note = make("p", { class: "note" });
  private branches: Branch[] = [];

  /** `outline` shows where on the page a node is; `save` writes the page as a file. */
  constructor(
    private readonly outline: (node: Node | null) => void,
    save: () => void,
    refresh: () => void,
  ) {
    this.view = make("div", {
      class: "tree",
      role: "tree",
      "aria-label": "Page at this moment",
      onkeydown: (event: KeyboardEvent) => this.key(event),
      onmouseleave: () => this.outline(null),
    });
    const tools = make(
      "div",
      { class: "filter" },
      make("button", { type: "button", class: "text-button", onclick: save }, "Download this page"),
      make("button", { type: "button", class: "text-button", onclick: refresh }, "Look again"),
    );
    this.element = make("div", { class: "list" }, tools, this.note, this.view);
  }

  /** Shows a page; `note` says of when it is. */
  open(page: Document | null, note: string): void {
    this.note.textContent = note;
    const root = page?.documentElement;
    this.branches = root ? [{ node: root, depth: 0, open: false }] : [];
    if (root) {
      this.toggle(0);
      const body = this.branches.findIndex(({ node }) => node.nodeName === "BODY");
      if (body > 0) this.toggle(body);
    }
    this.draw();
  }

  private toggle(place: number): void {
    const branch = this.branches[place];
    if (!branch) return;
    if (branch.open) {
      let end = place + 1;
      while ((this.branches[end]?.depth ?? -1) > branch.depth) end++;
      this.branches.splice(place + 1, end - place - 1);
    } else {
      const inner = childrenOf(branch.node).slice(0, MOST_CHILDREN);
      this.branches.splice(place + 1, 0, ...inner.map((node) => ({ node, depth: branch.depth + 1, open: false })));
    }
    branch.open = !branch.open;
  }

  private draw(focus = -1): void {
    const focused = focus < 0 ? 0 : focus;
    this.view.replaceChildren(...this.branches.map((branch, place) => this.row(branch, place, place === focused)));
    if (focus >= 0) (this.view.children[focus] as HTMLElement | undefined)?.focus();
  }

  private row({ node, depth, open }: Branch, place: number, reachable: boolean): HTMLElement {
    const hasInner = childrenOf(node).length > 0;
    const row = make(
      "div",
      {
        class: `branch t${node.nodeType}`,
        role: "treeitem",
        tabIndex: reachable ? 0 : -1,
        "aria-level": depth + 1,
        "aria-expanded": hasInner ? open : undefined,
        onclick: () => {
          if (hasInner) this.toggle(place);
          this.draw(place);
        },
        onmouseenter: () => this.outline(node),
        onfocus: () => this.outline(node),
      },
      ...describe(node),
    );
    row.style.paddingInlineStart = `${Math.min(depth, 30) * 12 + 18}px`;
    return row;
  }

  private key(event: KeyboardEvent): void {
    const place = [...this.view.children].indexOf(event.target as Element);
    const branch = this.branches[place];
    if (!branch) return;
    const parent = this.branches.findLastIndex(({ depth }, index) => index < place && depth < branch.depth);
    const hasInner = childrenOf(branch.node).length > 0;
    const wasOpen = branch.open;
    switch (event.key) {
      case "ArrowDown":
        this.draw(Math.min(this.branches.length - 1, place + 1));
        break;
      case "ArrowUp":
        this.draw(Math.max(0, place - 1));
        break;
      case "ArrowRight":
        if (hasInner && !branch.open) this.toggle(place);
        this.draw(place);
        break;
      case "ArrowLeft":
        if (branch.open) this.toggle(place);
        this.draw(hasInner && wasOpen ? place : Math.max(0, parent));
        break;
      case "Enter":
      case " ":
        if (hasInner) this.toggle(place);
        this.draw(place);
        break;
      default:
        return;
    }
    event.preventDefault();
    event.stopPropagation();
  }
}

function childrenOf(node: Node): Node[] {
  const inner: Node[] = [];
  const { shadowRoot } = node as Element;
  if (shadowRoot) inner.push(shadowRoot);
  const frame = (node as HTMLIFrameElement).contentDocument;
  if (node.nodeName === "IFRAME" && frame?.documentElement) inner.push(frame.documentElement);
  for (const child of node.childNodes) {
    if (child.nodeType === 1 || (child.nodeType === 3 && child.textContent?.trim())) inner.push(child);
  }
  return inner;
}

function describe(node: Node): (Node | string)[] {
  if (node.nodeType === 3) return [short(node.textContent ?? "")];
  if (node.nodeType !== 1) return [make("i", {}, "shadow root")];
  const element = node as Element;
  const parts: (Node | string)[] = [make("b", {}, `<${element.localName}`)];
  for (const { name, value } of Array.from(element.attributes).slice(0, 12)) {
    const text = name === "class" ? value.replace(/(^|\s):(hover|focus(-\w+)?)(?=\s|$)/g, "").trim() : value;
    if (name === "class" && text === "") continue;
    parts.push(" ", make("span", { class: "name" }, short(name)), text === "" ? "" : "=", make("span", { class: "value" }, text === "" ? "" : `"${short(text)}"`));
  }
  parts.push(make("b", {}, ">"));
  const only = element.childNodes.length === 1 && element.firstChild?.nodeType === 3 ? element.textContent?.trim() : "";
  if (only && only.length < 60) parts.push(" ", make("span", { class: "inner" }, only));
  return parts;
}

function short(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}
