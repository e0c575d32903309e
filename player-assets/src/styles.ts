// Style sheets as they stand, written out as text that loads nothing.

/** What stands for a URL: a data URL, or the text of a style sheet; undefined: nobody has it. */
export type Stock = (url: string) => string | undefined;

const MOST_IMPORTS = 8;
/** Sheets that come into one, by whatever ways. */
const MOST_SHEETS = 200;
let imports = 0;
/** Parts what stands around it, and is nothing. */
const GAP = "/**/";

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
export function inlineCss(text: string, base: string, stock: Stock, depth = 0): string {
  // As browsers do before they read anything: a string ends at any of these.
  const css = text.replace(/\r\n?|\f/g, "\n");
  if (depth === 0) imports = 0;
  let out = "";
  let at = 0;
  /** The functions and brackets that are open, innermost last. */
  const open: string[] = [];
  const take = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(css);
    if (!found) return null;
    at = pattern.lastIndex;
    return found[0];
  };
  while (at < css.length) {
    // Of comments only that they were there is left: what they hold could be taken for something else, and so could what they part.
    const comment = take(/\/\*[^]*?(\*\/|$)/y);
    if (comment !== null) {
      // By which recorders mark where one text node of a style ends and the next begins.
      out += comment === "/* rr_split */" ? comment : GAP;
      continue;
    }
    const word = take(WORD);
    if (word !== null) {
      const name = nameOf(word);
      if (name === "@import") {
        out += importedSheet(take, base, stock, depth);
      } else if (name === "url(") {
        take(/\s*/y);
        const quoted = take(STRING);
        const raw = quoted === null ? (take(/(?:\\[^]|[^)\\])*/y) ?? "").trim() : quoted.slice(1, -1);
        take(/\s*\)/y);
        out += `url("${quoteless(inlineUrl(unescape(raw), base, stock))}")`;
      } else if (name.endsWith("(")) {
        // A string that comes out of a variable would be loaded as it is, as would that of a function of later browsers.
        const lets = name !== "src(" && !(inPictures(open) && !/^(type|calc|[-a-z]+-gradient)\($/.test(name));
        out += lets ? word : `x-${word}`;
        open.push(name);
      } else {
        out += word;
      }
      continue;
    }
    const string = take(STRING);
    if (string !== null) {
      // In a set of pictures, a string is an address.
      const address = string.length > 1 && inPictures(open);
      out += address ? `url("${quoteless(inlineUrl(unescape(string.slice(1, -1)), base, stock))}")` : string;
      continue;
    }
    const char = css[at++] as string;
    if (char === "(") open.push("(");
    else if (char === ")") open.pop();
    else if (char === "}" || char === "{") open.length = 0;
    out += char;
  }
  return out;
}

/** A name, with the bracket of a function or the sign of a rule; escapes are part of it. */
const WORD = /@?(?:[-\w\u0080-\uffff]|\\[0-9a-f]{1,6}\s?|\\[^\n])+\(?/iy;

/** What a browser reads a word as, as far as it matters here: lower case, without escapes. */
function nameOf(word: string): string {
  return (word.includes("\\") ? unescape(word) : word).toLowerCase();
}

function inPictures(open: string[]): boolean {
  return open.at(-1)?.endsWith("image-set(") ?? false;
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
  const text = whole && depth < MOST_IMPORTS && imports++ < MOST_SHEETS ? stock(whole) : undefined;
  if (text === undefined || whole === null || text.startsWith("data:") || /[{@\\]|url|image-set|src\(/i.test(conditions)) return GAP;
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
