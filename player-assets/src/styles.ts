// Style sheets as they stand, written out as text that loads nothing.

/** What stands for a URL: a data URL, or the text of a style sheet; undefined: nobody has it. */
export type Stock = (url: string) => string | undefined;

const MOST_IMPORTS = 8;

/** A URL that nobody has: loads nothing, and can still be read. */
export function emptyUrl(url: string): string {
  return `data:,#${encodeURI(url.replace(/\p{Surrogate}/gu, "\ufffd")).replaceAll("%25", "%")}`;
}

/** A URL as it can stand in the page: the resource itself, a part of this document, or nothing. */
export function inlineUrl(url: string, base: string, stock: Stock): string {
  const trimmed = url.trim();
  if (trimmed === "" || trimmed.startsWith("#")) return trimmed;
  if (/^data:/i.test(trimmed)) return /^data:(image|font|application\/(x-)?font|application\/octet-stream|,|;)/i.test(trimmed) ? trimmed : "data:,";
  const whole = resolve(trimmed, base);
  const found = whole && stock(whole);
  if (!found?.startsWith("data:")) return emptyUrl(whole ?? trimmed);
  const hash = trimmed.indexOf("#");
  return hash < 0 ? found : found + trimmed.slice(hash);
}

export function resolve(url: string, base: string): string | null {
  try {
    return new URL(url, base).href;
  } catch {
    return null;
  }
}

/** The text of a declaration list or style sheet with every URL written in. */
export function inlineCss(css: string, base: string, stock: Stock, depth = 0): string {
  let out = "";
  let at = 0;
  const take = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(css);
    if (!found) return null;
    at = pattern.lastIndex;
    return found[0];
  };
  while (at < css.length) {
    // Comments are left out; what they hold could only be taken for something else.
    if (take(/\/\*[^]*?(\*\/|$)/y)) continue;
    const imported = take(/@import\b/iy);
    if (imported) {
      out += importedSheet(take, base, stock, depth);
      continue;
    }
    const opening = take(/url\(\s*/iy);
    if (opening) {
      const quoted = take(STRING);
      const raw = quoted === null ? (take(/(?:\\[^]|[^)\\])*/y) ?? "").trim() : quoted.slice(1, -1);
      take(/\s*\)/y);
      out += `url("${quoteless(inlineUrl(unescape(raw), base, stock))}")`;
      continue;
    }
    const text = take(/\\[^]/y) ?? take(STRING) ?? take(/[-\w\u0080-\uffff]+/y) ?? css[at++];
    out += text;
  }
  return out;
}

const STRING = /"(?:\\[^]|[^"\\\n])*"?|'(?:\\[^]|[^'\\\n])*'?/y;

function importedSheet(take: (pattern: RegExp) => string | null, base: string, stock: Stock, depth: number): string {
  take(/\s*/y);
  let url = take(STRING);
  if (url === null) {
    take(/url\(\s*/iy);
    url = take(STRING) ?? take(/[^)]*/y) ?? "";
    take(/\s*\)/y);
  }
  const conditions = (take(/[^;}]*/y) ?? "").trim();
  take(/;/y);
  const whole = resolve(unescape(url.replace(/^["']|["']$/g, "")), base);
  const text = whole && depth < MOST_IMPORTS ? stock(whole) : undefined;
  if (text === undefined || whole === null || text.startsWith("data:")) return "";
  return conditional(conditions, inlineCss(text, whole, stock, depth + 1));
}

/** `layer(a) supports(b) screen` around a sheet. */
function conditional(conditions: string, css: string): string {
  let rest = conditions;
  let wrapped = css;
  let layer: string | null = null;
  const layered = /^layer(\(([^)]*)\))?/i.exec(rest);
  if (layered) {
    layer = layered[2] ?? "";
    rest = rest.slice(layered[0].length).trim();
  }
  const supports = /^supports\(((?:[^()]|\([^()]*\))*)\)/i.exec(rest);
  if (supports) rest = rest.slice(supports[0].length).trim();
  if (layer !== null) wrapped = `@layer ${layer} {${wrapped}}`;
  if (supports) wrapped = `@supports (${supports[1]}) {${wrapped}}`;
  return rest ? `@media ${rest} {${wrapped}}` : wrapped;
}

function unescape(text: string): string {
  return text.replace(/\\(?:([0-9a-f]{1,6})\s?|\n|([^]))/gi, (_, hex, char) => (hex ? String.fromCodePoint(Math.min(Number.parseInt(hex, 16), 0x10ffff)) : (char ?? "")));
}

/** For between double quotes. */
function quoteless(url: string): string {
  return url.replaceAll("\\", "%5C").replaceAll('"', "%22").replaceAll("\n", "%0A");
}

/** The rules of a sheet as they stand, or null where scripts may not read them. */
export function rulesText(sheet: CSSStyleSheet): string | null {
  try {
    return Array.from(sheet.cssRules, (rule) => {
      const { styleSheet, media } = rule as CSSImportRule;
      if (!("styleSheet" in rule)) return rule.cssText;
      return conditional(media?.mediaText ?? "", (styleSheet && rulesText(styleSheet)) ?? "");
    }).join("\n");
  } catch {
    return null;
  }
}

/** The text that an element has for its sheet, if the sheet still says just that; else the sheet's rules. */
export function sheetText(sheet: CSSStyleSheet, text: string): string {
  const now = rulesText(sheet);
  if (now === null) return text;
  try {
    // Text is better where it can be had: shorthands with variables are lost in the rules' own text.
    const fresh = new (sheet.ownerNode?.ownerDocument.defaultView as unknown as typeof globalThis).CSSStyleSheet();
    fresh.replaceSync(text);
    const imports = Array.from(sheet.cssRules).some((rule) => "styleSheet" in rule);
    if (imports) {
      const own = Array.from(sheet.cssRules).filter((rule) => !("styleSheet" in rule));
      if (own.map((rule) => rule.cssText).join("\n") === rulesText(fresh)) return text;
    } else if (rulesText(fresh) === now) return text;
  } catch {
    // No document to make sheets in.
  }
  return now;
}

/** All URLs in a text of styles. */
export function urlsIn(css: string, base: string, found: Set<string>): void {
  const collect: Stock = (url) => void found.add(url);
  inlineCss(css, base, collect);
}
