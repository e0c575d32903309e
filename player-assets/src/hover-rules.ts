// Whether hovering can show at all where the pointer is now. Most of a page looks the same hovered or not, but a class that
// comes and goes makes the browser repaint, and a picture costs as much as thirty moves of the pointer.
import { eachDocument } from "./documents";

/** The selectors of a tree that speak of hovering; empty: none does. */
interface Selectors {
  /** Number of sheets and of their rules, to notice changes. */
  signature: number;
  /** Up to and with the part that has to be hovered: what an element that is hovered matches if that can show. */
  direct: string;
  /** Those that say it within brackets (`:not()`, `:has()`) or in a rule nested in theirs: they can hold for any element of the tree. */
  indirect: string;
  /** One of them speaks of the shadow root's own host or of what is slotted in, which no query of the tree finds. */
  outward: boolean;
}

const known = new WeakMap<Document | ShadowRoot, Selectors>();
const HOVER_CLASS = "\\:hover";
const PSEUDO_ELEMENT = /::?(before|after|first-line|first-letter)|::[\w-]+(\([^)]*\))?/gi;
/** Hovering a part that is no element (`::-webkit-resizer:hover`): no class can say that. And scrollbars are not shown. */
const NEVER_SHOWS = /::(?!slotted)[\w-]+[^\s>+~]*\\:hover|::-webkit-scrollbar/;
const OUTWARD = /:host|::slotted/;

/**
 * Whether the page may look different for these elements, of which `hovered` are hovered now and the other `changed` ones were or will
 * be: whether a rule says something of one of them. `roots` are the shadow roots that the pointer is or was in. To be asked before
 * the change and after it: a rule with `:not(:hover)` holds on one side only.
 */
export function hoverShows(hovered: Element[], changed: Element[], roots: Iterable<ShadowRoot>): boolean {
  if (changed.length === 0) return false;
  if (hovered.some((element) => matches(element, selectorsOf(element.getRootNode() as Document | ShadowRoot).direct))) return true;
  let shows = false;
  const look = (tree: Document | ShadowRoot) => {
    const { indirect, outward } = selectorsOf(tree);
    shows ||= outward || finds(tree, indirect);
  };
  eachDocument(look);
  for (const root of roots) look(root);
  for (const { shadowRoot } of changed) if (shadowRoot) look(shadowRoot);
  return shows;
}

function matches(element: Element, selector: string): boolean {
  try {
    return selector !== "" && element.matches(selector);
  } catch {
    return true;
  }
}

function finds(tree: Document | ShadowRoot, selector: string): boolean {
  try {
    return selector !== "" && tree.querySelector(selector) !== null;
  } catch {
    return true;
  }
}

function selectorsOf(tree: Document | ShadowRoot): Selectors {
  const sheets = [...(tree.styleSheets ?? []), ...(tree.adoptedStyleSheets ?? [])];
  let signature = sheets.length;
  for (const sheet of sheets) signature = signature * 31 + rulesOf(sheet).length;
  const found = known.get(tree);
  if (found?.signature === signature) return found;
  const all = new Set<string>();
  for (const sheet of sheets) collect(rulesOf(sheet), all);
  const direct = new Set<string>();
  const indirect = new Set<string>();
  let outward = false;
  for (const one of all) {
    const plain = one.replace(PSEUDO_ELEMENT, "");
    if (OUTWARD.test(one)) outward = true;
    else if (hoversWithinBrackets(one) || !one.includes(HOVER_CLASS)) indirect.add(plain);
    else for (const hovering of upToHover(plain)) direct.add(hovering);
  }
  const list = (selectors: Set<string>) => (selectors.size > 0 ? `:is(${[...selectors].join(",")})` : "");
  const selectors = { signature, direct: list(direct), indirect: list(indirect), outward };
  known.set(tree, selectors);
  return selectors;
}

/** Goes through a selector, with the depth of brackets at each character; what stands in strings or is escaped is passed over. */
function scan(selector: string, visit: (index: number, depth: number) => void): void {
  let depth = 0;
  let quote = "";
  for (let index = 0; index < selector.length; index++) {
    const char = selector[index] as string;
    if (!quote && selector.startsWith(HOVER_CLASS, index)) visit(index, depth);
    if (char === "\\") index++;
    else if (quote) quote = char === quote ? "" : quote;
    else if (char === '"' || char === "'") quote = char;
    else if (char === "(" || char === "[") depth++;
    else if (char === ")" || char === "]") depth--;
    else visit(index, depth);
  }
}

function hoversWithinBrackets(selector: string): boolean {
  let within = false;
  scan(selector, (index, depth) => {
    if (depth > 0 && selector.startsWith(HOVER_CLASS, index)) within = true;
  });
  return within;
}

/** For each part that has to be hovered, the selector up to the end of that part: `.a:hover > .b` gives `.a:hover`. */
function upToHover(selector: string): string[] {
  const starts: string[] = [];
  let hovers = false;
  scan(selector, (index, depth) => {
    if (selector.startsWith(HOVER_CLASS, index)) hovers = true;
    if (hovers && depth === 0 && /[\s>+~]/.test(selector[index] as string)) {
      starts.push(selector.slice(0, index));
      hovers = false;
    }
  });
  if (hovers) starts.push(selector);
  return starts;
}

function rulesOf(sheet: CSSStyleSheet): ArrayLike<CSSRule> {
  try {
    return sheet.cssRules;
  } catch {
    return [];
  }
}

function collect(rules: ArrayLike<CSSRule>, selectors: Set<string>): void {
  for (const rule of Array.from(rules)) {
    const { selectorText } = rule as CSSStyleRule;
    if (selectorText?.includes(HOVER_CLASS)) {
      for (const one of listOf(selectorText)) if (one.includes(HOVER_CLASS) && !NEVER_SHOWS.test(one)) selectors.add(one);
    }
    const nested = (rule as CSSGroupingRule).cssRules;
    // Nested style rules speak relative to their parent: taken as possibly matching whatever the parent matches.
    if (nested?.length) {
      if (selectorText !== undefined && rule.cssText.includes(HOVER_CLASS)) selectors.add(selectorText);
      else collect(nested, selectors);
    }
  }
}

/** The selectors of a list: split at the commas that stand in no bracket and no string. */
function listOf(selectorText: string): string[] {
  const list: string[] = [];
  let start = 0;
  scan(selectorText, (index, depth) => {
    if (selectorText[index] !== "," || depth > 0) return;
    list.push(selectorText.slice(start, index));
    start = index + 1;
  });
  list.push(selectorText.slice(start));
  return list;
}
