// Takes out of recorded events what would load anything, and puts in what the package holds of it. The renderer needs none of this: it
// answers each request itself. Here the replayed page stands in somebody else's, and must be inert by what it is made of; the policy of its
// frame (frame.ts) is the second wall. What could run or navigate is sanitize.ts's business.
import { cleanCommands } from "../commands";
import type { SerializedNode } from "../sanitize";
import { inlineCss, inlineUrl, resolve, type Stock } from "../styles";

/** Attributes that are addresses, on whatever element. */
const ADDRESSES = new Set(
  "src href attributionsrc xlink:href poster background data lowsrc dynsrc icon manifest profile longdesc codebase archive classid code rr_dataurl rrweb-original-src".split(" "),
);
const SETS = new Set(["srcset", "imagesrcset", "rrweb-original-srcset"]);
/** Where addresses are followed only by who clicks, and nobody can click here. */
const LINKS = new Set(["a", "area"]);
/** Only what can need it is worked through: it is cheap, but style sheets are long. */
const MAY_LOAD = /url|src|import|image-set|\\/i;
/** Style texts that are kept as they were made, characters: a page that is built again needs them again. */
const MOST_KEPT = 30_000_000;

/** Cleans the events of one recording. */
export class Cleaner {
  private base = "about:blank";
  private kept = new Map<string, string>();
  private keptLength = 0;

  /** `tree` tells of a node that stands already. */
  constructor(
    private readonly stock: Stock,
    private readonly tree: { node(id: number): Node | null },
  ) {}

  /** From now on addresses are relative to this one. */
  rebase(base: string): void {
    if (base) this.base = base;
  }

  /** Cleans an event in place. */
  // biome-ignore lint: the shape depends on the type
  clean({ type, data }: { type: number; data: any }): void {
    if (type === 2) return this.cleanTree(data.node, false);
    if (type !== 3) return;
    switch (data.source) {
      case 0:
        return this.cleanMutation(data);
      case 8:
        for (const add of list(data.adds)) add.rule = this.css(add.rule);
        for (const name of ["replace", "replaceSync"]) if (name in data) data[name] = this.css(data[name]);
        return;
      case 9:
        return cleanCommands(data, (url) => this.url(url));
      case 10:
        if (!data.buffer) data.fontSource = this.css(data.fontSource);
        return;
      case 13:
        if (data.set) data.set.value = this.css(data.set.value);
        return;
      case 15:
        for (const style of list(data.styles)) this.cleanRules(style.rules);
    }
  }

  // biome-ignore lint: see clean
  private cleanMutation(data: any): void {
    const isStyle = (id: number) => this.tree.node(id)?.nodeName.toLowerCase() === "style";
    for (const { parentId, node } of list(data.adds)) if (node) this.cleanTree(node, isStyle(parentId));
    for (const text of list(data.texts)) {
      const parent = this.tree.node(text.id)?.parentNode;
      if (parent?.nodeName.toLowerCase() === "style" || isStyle(text.id)) text.value = this.css(text.value);
    }
    for (const { id, attributes } of list(data.attributes)) {
      const element = this.tree.node(id) as Element | null;
      if (attributes && element) this.cleanAttributes(element.localName?.toLowerCase() ?? "", element.namespaceURI?.endsWith("svg") ?? false, attributes);
    }
  }

  private cleanTree(root: SerializedNode, inStyle: boolean): void {
    const stack: [SerializedNode, boolean][] = [[root, inStyle]];
    for (let top = stack.pop(); top; top = stack.pop()) {
      const [node, style] = top;
      const tag = typeof node.tagName === "string" ? node.tagName.toLowerCase() : "";
      if (node.attributes) this.cleanElement(node, tag);
      if (node.type !== 2 && typeof node.textContent === "string" && (style || "isStyle" in node)) node.textContent = this.css(node.textContent);
      for (const sheet of list(node.adoptedStyleSheets)) this.cleanRules(sheet.rules);
      for (const child of list(node.childNodes)) stack.push([child, tag === "style"]);
    }
  }

  private cleanElement(node: SerializedNode, tag: string): void {
    const attributes = node.attributes as Record<string, unknown>;
    // A style sheet that the recorder could not read, and the package has.
    if (tag === "link" && typeof attributes.href === "string" && !("_cssText" in attributes) && /stylesheet/i.test(String(attributes.rel))) {
      const whole = resolve(attributes.href, this.base);
      const text = whole === null ? undefined : this.stock(whole);
      if (text !== undefined && whole !== null && !text.startsWith("data:")) attributes._cssText = inlineCss(text, whole, this.stock);
      delete attributes.href;
    }
    this.cleanAttributes(tag, node.isSVG === true, attributes);
  }

  private cleanAttributes(tag: string, svg: boolean, attributes: Record<string, unknown>): void {
    for (const [name, value] of Object.entries(attributes)) {
      const lower = name.toLowerCase();
      if (lower === "style" && value && typeof value === "object") {
        for (const [property, one] of Object.entries(value)) {
          (value as Record<string, unknown>)[property] = Array.isArray(one) ? [this.css(one[0]), one[1]] : this.css(one);
        }
      } else if (typeof value !== "string") {
        continue;
      } else if (lower === "style" || lower === "_csstext") {
        attributes[name] = this.css(value);
      } else if (SETS.has(lower)) {
        attributes[name] = this.candidates(value);
      } else if (ADDRESSES.has(lower)) {
        if (tag === "link") delete attributes[name];
        else if (!LINKS.has(tag)) attributes[name] = tag === "use" && !value.trim().startsWith("#") ? "#" : this.url(value);
      } else if (svg && value.includes("(")) {
        attributes[name] = this.css(value);
      }
    }
  }

  private cleanRules(rules: unknown): void {
    for (const one of list(rules)) one.rule = this.css(one.rule);
  }

  private css<T>(text: T): T {
    if (typeof text !== "string" || !MAY_LOAD.test(text)) return text;
    const key = text.length > 2000 ? `${this.base}\n${text}` : null;
    const known = key === null ? undefined : this.kept.get(key);
    if (known !== undefined) return known as T;
    const clean = inlineCss(text, this.base, this.stock);
    if (key !== null && this.keptLength < MOST_KEPT) {
      this.kept.set(key, clean);
      this.keptLength += key.length + clean.length;
    }
    return clean as T;
  }

  private url(url: string): string {
    return inlineUrl(url, this.base, this.stock);
  }

  /** The candidates of a `srcset`. Those that nobody has are left out, so that none of them is chosen over one that is there. */
  private candidates(value: string): string {
    const found: string[] = [];
    for (const [, url, descriptor] of value.matchAll(/(\S*[^\s,])(?:\s+([\d.]+[wxh]))?\s*(?:,|$)/g)) {
      const address = this.url(url as string);
      if (/^data:[a-z]/i.test(address)) found.push(descriptor ? `${address} ${descriptor}` : address);
    }
    return found.join(", ");
  }
}

// biome-ignore lint: recorded JSON
function list(value: unknown): any[] {
  return Array.isArray(value) ? value.filter((one) => one && typeof one === "object") : [];
}
