// Whether hovering can show at all where the pointer is now. Most of a page looks the same hovered or not, but a class that
// comes and goes makes the browser repaint, and a picture costs as much as thirty moves of the pointer.
import { eachDocument } from "./documents";

interface Known {
  /** Number of sheets and of their rules, to notice changes. */
  signature: number;
  /** What a `:hover` rule of this tree can match; empty: none has one. */
  selector: string;
}

const known = new WeakMap<Document | ShadowRoot, Known>();
const HOVER_CLASS = "\\:hover";
const PSEUDO_ELEMENT = /::?(before|after|first-line|first-letter)|::[\w-]+(\([^)]*\))?/gi;
/** Hovering a part that is no element (`::-webkit-resizer:hover`): no class can say that. And scrollbars are not shown. */
const NEVER_SHOWS = /::[\w-]+[^\s>+~]*\\:hover|::-webkit-scrollbar/;

/** Whether some element is matched by a selector that speaks of hovering, in any document or in the shadow roots given. */
export function hoverShows(roots: Iterable<ShadowRoot>): boolean {
  let shows = false;
  eachDocument((doc) => {
    shows ||= matchesIn(doc);
  });
  for (const root of roots) shows ||= matchesIn(root);
  return shows;
}

function matchesIn(tree: Document | ShadowRoot): boolean {
  const selector = hoverSelector(tree);
  if (selector === "") return false;
  try {
    return tree.querySelector(selector) !== null || ("host" in tree && selector.includes(":host"));
  } catch {
    return true;
  }
}

function hoverSelector(tree: Document | ShadowRoot): string {
  const sheets = [...tree.styleSheets, ...tree.adoptedStyleSheets];
  let signature = sheets.length;
  for (const sheet of sheets) signature = signature * 31 + rulesOf(sheet).length;
  const found = known.get(tree);
  if (found?.signature === signature) return found.selector;
  const selectors = new Set<string>();
  for (const sheet of sheets) collect(rulesOf(sheet), selectors);
  const selector = selectors.size > 0 ? `:is(${[...selectors].join(",")})` : "";
  known.set(tree, { signature, selector });
  return selector;
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
      for (const one of listOf(selectorText)) if (one.includes(HOVER_CLASS) && !NEVER_SHOWS.test(one)) selectors.add(one.replace(PSEUDO_ELEMENT, ""));
    }
    const nested = (rule as CSSGroupingRule).cssRules;
    // Nested style rules speak relative to their parent: taken as possibly matching whatever the parent matches.
    if (nested?.length) {
      if (selectorText !== undefined && rule.cssText.includes(HOVER_CLASS)) selectors.add(selectorText.replace(PSEUDO_ELEMENT, ""));
      else collect(nested, selectors);
    }
  }
}

/** The selectors of a list: split at the commas that stand in no bracket and no string. */
function listOf(selectorText: string): string[] {
  const list: string[] = [];
  let depth = 0;
  let quote = "";
  let start = 0;
  for (let index = 0; index < selectorText.length; index++) {
    const char = selectorText[index] as string;
    if (char === "\\") index++;
    else if (quote) quote = char === quote ? "" : quote;
    else if (char === '"' || char === "'") quote = char;
    else if (char === "(" || char === "[") depth++;
    else if (char === ")" || char === "]") depth--;
    else if (char === "," && depth === 0) {
      list.push(selectorText.slice(start, index));
      start = index + 1;
    }
  }
  list.push(selectorText.slice(start));
  return list;
}
