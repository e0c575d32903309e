// The page as it stands, written as one HTML file without script that loads nothing. It is text made by us, character by character:
// what a browser's own serializer writes can become something else when it is read again (`</style>` in a style, a `<script>` in what
// was a text), and a recording is a stranger's.
import { adaptCssForReplay } from "@rrweb/replay";
import { frozenAnimations, type Frozen } from "./freeze";
import { surroundings } from "./surroundings";
import { emptyUrl, inlineCss, inlineUrl, resolve, rulesText, sheetText, urlsIn, type Stock } from "./styles";

/** What the file may load: nothing but what is in it. No script, no form, no base. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; form-action 'none'; base-uri 'none'";
const HTML = "http://www.w3.org/1999/xhtml";
const SVG = "http://www.w3.org/2000/svg";
const VOID = new Set("area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr".split(" "));
/** Their content is not markup, and is of no use without script or in a browser that knows frames. */
const EMPTIED = new Set(["script", "noscript", "noembed", "noframes", "object", "applet", "embed", "portal", "fencedframe", "audio", "video"]);
const AS_PRE = new Set(["xmp", "plaintext", "listing"]);
const INTEGRATION = new Set(["foreignObject", "desc", "title", "annotation-xml", "mi", "mo", "mn", "ms", "mtext"]);
/** Attributes that load, navigate, submit or make another document of an element: kept for reading, as `data-…`. */
const LOADING = new Set(
  "src srcset href action formaction data poster background ping codebase code archive classid longdesc lowsrc manifest profile cite usemap imagesrcset srcdoc xlink:href sandbox csp allow".split(" "),
);
const SMIL = new Set(["animate", "set", "animateTransform", "animateMotion"]);
const TAG = /^[a-zA-Z][^\s<>/"'=\u0000]*$/;
const ATTRIBUTE = /^[^\s<>/"'=\u0000]+$/;
/** Where dialogs and popovers stand that were in the top layer, which only script can put them in. */
const TOP_LAYER =
  ":where([data-modal]){position:fixed;inset-block:0;overflow:auto;max-width:calc(100% - 6px - 2em);max-height:calc(100% - 6px - 2em)}" +
  "[data-modal],[data-popover-open]{z-index:2147483647}" +
  ":where([data-popover-open]){position:fixed;inset:0;width:fit-content;height:fit-content;margin:auto;border:solid;padding:.25em;overflow:auto;color:CanvasText;background-color:Canvas}";

/** What was written. */
export interface Written {
  html: string;
  /** Elements that a browser will read from the file, less those that were written: other than 0 where HTML cannot say how they stood. */
  misplaced: number;
}

/** URLs that the document and the frames in it refer to and that are not in the page itself. */
export function urlsOf(doc: Document): string[] {
  const found = new Set<string>();
  const visit = (tree: Document | ShadowRoot, base: string) => {
    for (const sheet of [...tree.styleSheets, ...tree.adoptedStyleSheets]) {
      if (sheet.href) found.add(sheet.href);
      urlsIn(rulesText(sheet) ?? "", sheet.href ?? base, found);
    }
    for (const element of tree.querySelectorAll("*")) {
      urlsIn(element.getAttribute("style") ?? "", base, found);
      if (element.localName === "style") urlsIn(element.textContent ?? "", base, found);
      for (const name of ["src", "href", "xlink:href", "poster", "background"]) {
        const url = element.getAttribute(name);
        const whole = url && element.localName !== "a" && resolve(url, base);
        if (whole) found.add(whole);
      }
      const { currentSrc } = element as HTMLImageElement;
      if (currentSrc) found.add(currentSrc);
      if (element.shadowRoot) visit(element.shadowRoot, base);
      const inner = (element as HTMLIFrameElement).contentDocument;
      if (inner) visit(inner, inner.baseURI);
    }
  };
  visit(doc, doc.baseURI);
  return [...found].filter((url) => /^https?:/.test(url));
}

/** Writes a document. `stock` has what can be written into it. */
export function write(doc: Document, stock: Stock): Written {
  const writer = new Writer(doc, stock);
  const html = writer.document();
  const parsed = new DOMParser().parseFromString(html, "text/html");
  return { html, misplaced: elementsIn(parsed) - writer.elements };
}

function elementsIn(tree: ParentNode): number {
  let count = 0;
  for (const element of tree.querySelectorAll("*")) {
    count += 1;
    if (element.localName === "template") count += elementsIn((element as HTMLTemplateElement).content);
  }
  return count;
}

class Writer {
  elements = 0;
  private out: string[] = [];
  private readonly frozen: Map<Element, Frozen>;
  private readonly base: string;

  constructor(
    private readonly doc: Document,
    private readonly stock: Stock,
  ) {
    this.base = doc.baseURI;
    this.frozen = frozenAnimations(doc);
  }

  document(): string {
    const { doctype, documentElement } = this.doc;
    // Without a doctype browsers lay a page out as those of the nineties did, so a page that was laid out so must get none.
    if (this.doc.compatMode === "CSS1Compat" || doctype?.publicId) this.out.push(doctypeOf(doctype), "\n");
    if (documentElement?.localName === "html") this.element(documentElement, false);
    return this.out.join("");
  }

  /** What the file's own policy needs comes first: in a body it would not count. */
  private head(): void {
    this.out.push(`<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${POLICY}"><meta http-equiv="x-dns-prefetch-control" content="off"><style>${TOP_LAYER}</style>`);
    this.elements += 4;
    // Before a head, a browser reads nothing but a doctype: what stood there comes into it, or, if it is no style, is left out.
    for (const child of this.doc.documentElement.children) {
      if (child.localName === "head" || child.localName === "body") break;
      if (child.localName === "style" || child.localName === "link") this.element(child, false);
    }
  }

  private children(node: ParentNode & Node, foreign: boolean): void {
    let early = node === this.doc.documentElement && node.querySelector(":scope > head") !== null;
    for (const child of node.childNodes) {
      if (early && (child as Element).localName === "head") early = false;
      if (early) continue;
      if (child.nodeType === 1) this.element(child as Element, foreign);
      else if (child.nodeType === 3) this.out.push(escapeText((child as Text).data));
    }
  }

  /** `foreign`: where it stands a browser reads SVG or MathML. */
  private element(element: Element, foreign: boolean): void {
    const { localName, namespaceURI } = element;
    const html = namespaceURI === HTML;
    // Its values are written where they apply; it would begin anew.
    if (SMIL.has(localName)) return;
    // Read as SVG, the text of an HTML style would be markup.
    if (html && foreign && (localName === "style" || EMPTIED.has(localName))) return;
    if (html && localName === "base") return this.placeholder(element);
    if (html && localName === "link") return this.link(element as HTMLLinkElement);
    if (html && localName === "meta" && isActing(element)) return this.placeholder(element);
    let tag = TAG.test(localName) ? localName : "x-unnamed";
    if (localName === "script") tag = "noscript";
    const attributes: [string, string][] = [];
    if (html && AS_PRE.has(localName)) {
      attributes.push(["data-tag", localName]);
      tag = "pre";
    }
    attributes.push(...this.attributes(element));
    this.open(tag, attributes);
    if (html && localName === "head") this.head();
    if (html && localName === "html" && !element.querySelector(":scope > head")) {
      this.open("head", []);
      this.head();
      this.extraStyles(this.doc);
      this.out.push("</head>");
    }
    if (VOID.has(tag) && html) return;
    const { shadowRoot } = element;
    if (shadowRoot) this.shadow(shadowRoot);
    if (localName === "style") this.style(element as HTMLStyleElement, html);
    else if (html && localName === "textarea") this.out.push(leadingBreak((element as HTMLTextAreaElement).value), escapeText((element as HTMLTextAreaElement).value));
    else if (html && localName === "template") this.children((element as HTMLTemplateElement).content, false), this.children(element, false);
    else if (!EMPTIED.has(localName) && localName !== "iframe") {
      if (tag === "pre") this.out.push(leadingBreak(element.textContent ?? ""));
      this.children(element, html ? false : !(INTEGRATION.has(localName)));
    }
    if (html && localName === "head") this.extraStyles(this.doc);
    this.out.push(`</${tag}>`);
  }

  private open(tag: string, attributes: [string, string][]): void {
    this.elements += 1;
    this.out.push(`<${tag}`);
    const seen = new Set<string>();
    for (const [name, value] of attributes) {
      if (seen.has(name.toLowerCase())) continue;
      seen.add(name.toLowerCase());
      this.out.push(` ${name}="${escapeAttribute(value)}"`);
    }
    this.out.push(">");
  }

  /** Stands where something was that a static page must not have, so that `:nth-child` counts as it did. */
  private placeholder(element: Element): void {
    const attributes = Array.from(element.attributes, ({ name, value }): [string, string] => [`data-${name.replaceAll(":", "-")}`, value]);
    this.open(element.localName === "link" ? "link" : "meta", attributes.filter(([name]) => ATTRIBUTE.test(name)));
  }

  private attributes(element: Element): [string, string][] {
    const { localName } = element;
    const list: [string, string][] = [];
    let style = element.getAttribute("style") ?? "";
    for (const { name, value } of Array.from(element.attributes)) {
      const lower = name.toLowerCase();
      if (!ATTRIBUTE.test(name) || lower === "style" || lower === "shadowrootmode" || lower.startsWith("shadowroot")) continue;
      if (lower.startsWith("on") || lower === "nonce" || lower === "integrity" || lower === "autofocus") continue;
      // As they are now rather than as they were written.
      if (lower === "checked" || lower === "selected") continue;
      if ((lower === "popover" && element.matches(":popover-open")) || lower === "popovertarget" || lower === "http-equiv" || lower === "charset") list.push([`data-${lower}`, value]);
      else if (LOADING.has(lower)) list.push(...this.loading(element, lower, value));
      else list.push([name, value]);
    }
    // Of two values the first counts.
    list.unshift(...this.formState(element), ...smilState(element));
    if (element.namespaceURI === HTML) {
      list.push(...scrollState(element));
      if (localName === "img" || (localName === "input" && (element as HTMLInputElement).type === "image")) list.unshift(...this.picture(element as HTMLImageElement));
      if (localName === "canvas") style += canvasPicture(element as HTMLCanvasElement);
      if (localName === "iframe") list.push(...this.frame(element as HTMLIFrameElement));
      if (localName === "dialog" && element.matches(":modal")) {
        list.push(["data-modal", ""]);
        style += backdrop(element);
      }
      if (element.hasAttribute("popover") && element.matches(":popover-open")) list.push(["data-popover-open", ""]);
    }
    const view = this.doc.defaultView;
    if (element === this.doc.documentElement && view) list.push(["data-viewport", `${view.innerWidth}x${view.innerHeight}`]);
    if (element === (element.getRootNode() as Document | ShadowRoot).activeElement && localName !== "body") list.push(["data-focused", ""]);
    const frozen = this.frozen.get(element);
    if (frozen) {
      style += frozen.own;
      if (frozen.pseudos.size > 0) list.push(["data-frozen", String(frozen.id)]);
    }
    if (style) list.push(["style", inlineCss(style, this.base, this.stock)]);
    return list;
  }

  private loading(element: Element, name: string, value: string): [string, string][] {
    const { localName } = element;
    const kept: [string, string] = [`data-${name.replaceAll(":", "-")}`, value];
    if ((name === "href" || name === "xlink:href") && (localName === "a" || localName === "area")) {
      // Followed only by whoever clicks on it.
      return /^\s*(https?:|mailto:|tel:|#)/i.test(value) ? [[name, value]] : [kept];
    }
    if (name === "usemap") return [[name, value]];
    if (element.namespaceURI === SVG && (name === "href" || name === "xlink:href")) {
      const inside = value.startsWith("#") || ["image", "feImage"].includes(localName);
      return inside ? [[name, inlineUrl(value, this.base, this.stock)]] : [kept];
    }
    if (name === "poster" || name === "background") return [[name, inlineUrl(value, this.base, this.stock)]];
    // Its picture is written by `picture`.
    return value.startsWith("data:") ? [] : [kept];
  }

  /** The picture that an `<img>` shows, as its only source. */
  private picture(image: HTMLImageElement): [string, string][] {
    const source = image.currentSrc || image.getAttribute("src") || "";
    if (!source) return [];
    if (source.startsWith("blob:")) return [["src", drawn(image, image.naturalWidth, image.naturalHeight) ?? emptyUrl(source)]];
    const url = inlineUrl(source, this.base, this.stock);
    const chosen = descriptorOf(image, this.base);
    return chosen && url.startsWith("data:image") ? [["src", url], ["srcset", `${url} ${chosen}`]] : [["src", url]];
  }

  private frame(frame: HTMLIFrameElement): [string, string][] {
    const inner = frame.contentDocument;
    if (!inner?.documentElement || inner.documentElement.childElementCount === 0) return [];
    return [["srcdoc", new Writer(inner, this.stock).document()]];
  }

  private formState(element: Element): [string, string][] {
    if (element.namespaceURI !== HTML) return [];
    switch (element.localName) {
      case "input": {
        const input = element as HTMLInputElement;
        if (input.type === "checkbox" || input.type === "radio") {
          return [...(input.checked ? [["checked", ""] as [string, string]] : []), ...(input.indeterminate ? [["data-indeterminate", ""] as [string, string]] : [])];
        }
        return input.type === "file" || input.type === "image" || input.value === input.getAttribute("value") ? [] : [["value", input.value]];
      }
      case "option":
        return (element as HTMLOptionElement).selected ? [["selected", ""]] : [];
      default:
        return [];
    }
  }

  private link(link: HTMLLinkElement): void {
    const { sheet } = link;
    const text = sheet && this.linkedText(sheet);
    if (!sheet || text === null || link.disabled) return this.placeholder(link);
    this.open("style", [
      ["data-href", link.getAttribute("href") ?? ""],
      ...(sheet.media.mediaText ? [["media", sheet.media.mediaText] as [string, string]] : []),
    ]);
    this.out.push(styleText(text), "</style>");
  }

  private linkedText(sheet: CSSStyleSheet): string | null {
    const base = sheet.href ?? this.base;
    const text = sheet.href ? this.stock(sheet.href) : undefined;
    if (text !== undefined && !text.startsWith("data:")) return adaptHovers(inlineCss(text, base, this.stock));
    const rules = rulesText(sheet);
    return rules === null ? null : inlineCss(rules, base, this.stock);
  }

  private style(element: HTMLStyleElement, html: boolean): void {
    const own = element.textContent ?? "";
    const css = inlineCss(element.sheet ? sheetText(element.sheet, own) : own, this.base, this.stock);
    this.out.push(html ? styleText(css) : escapeText(css));
  }

  private shadow(root: ShadowRoot): void {
    this.open("template", [
      ["shadowrootmode", root.mode],
      ...(root.delegatesFocus ? [["shadowrootdelegatesfocus", ""] as [string, string]] : []),
    ]);
    this.children(root, false);
    this.extraStyles(root);
    this.out.push("</template>");
  }

  /** Sheets that script made, and pseudo-elements' animations. They come after all others, as they did. */
  private extraStyles(tree: Document | ShadowRoot): void {
    for (const sheet of tree.adoptedStyleSheets) {
      const css = inlineCss(rulesText(sheet) ?? "", this.base, this.stock);
      this.open("style", [["data-adopted", ""], ...(sheet.media.mediaText ? [["media", sheet.media.mediaText] as [string, string]] : [])]);
      this.out.push(styleText(css), "</style>");
    }
    const rules: string[] = [];
    for (const [element, { id, pseudos }] of this.frozen) {
      if (element.getRootNode() !== tree) continue;
      for (const [pseudo, style] of pseudos) rules.push(`[data-frozen="${id}"]${pseudo}{${style}}`);
    }
    if (rules.length === 0) return;
    this.open("style", [["data-frozen-pseudos", ""]]);
    this.out.push(styleText(inlineCss(rules.join(""), this.base, this.stock)), "</style>");
  }
}

function doctypeOf(doctype: DocumentType | null): string {
  if (!doctype) return "<!DOCTYPE html>";
  const quoted = (id: string) => `"${id.replace(/[">]/g, "")}"`;
  const { publicId, systemId } = doctype;
  if (publicId) return `<!DOCTYPE html PUBLIC ${quoted(publicId)}${systemId ? ` ${quoted(systemId)}` : ""}>`;
  return systemId ? `<!DOCTYPE html SYSTEM ${quoted(systemId)}>` : "<!DOCTYPE html>";
}

function isActing(meta: Element): boolean {
  return meta.hasAttribute("http-equiv") || meta.hasAttribute("charset");
}

function escapeText(text: string): string {
  return text.replace(/[&<>\u00a0\u0000]/g, (char) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", "\u00a0": "&nbsp;" })[char] ?? "");
}

function escapeAttribute(text: string): string {
  return text.replace(/[&"<>\u00a0\u0000]/g, (char) => ({ "&": "&amp;", '"': "&quot;", "<": "&lt;", ">": "&gt;", "\u00a0": "&nbsp;" })[char] ?? "");
}

/** A style ends at `</style`, whatever it stands in; an escaped `<` is the same in strings and URLs and ends nothing. */
function styleText(css: string): string {
  return css.replace(/<(?=[/!?])/g, "\\3c ").replaceAll("\u0000", "");
}

/** A line break right behind the opening tag of these is dropped when it is read. */
function leadingBreak(text: string): string {
  return text.startsWith("\n") ? "\n" : "";
}

/** What SVG's own animation makes of an element's attributes now. */
function smilState(element: Element): [string, string][] {
  const list: [string, string][] = [];
  for (const child of element.children) {
    const name = child.getAttribute("attributeName") ?? "";
    if (!SMIL.has(child.localName) || !ATTRIBUTE.test(name) || /^on|href$/i.test(name)) continue;
    if (child.localName === "animateTransform") {
      const { transform } = element as SVGGraphicsElement;
      let matrix = new DOMMatrix();
      for (const one of transform?.animVal ?? []) matrix = matrix.multiply(DOMMatrix.fromMatrix(one.matrix));
      list.push(["transform", matrix.toString()]);
      continue;
    }
    const now = (element as unknown as Record<string, { animVal?: unknown }>)[name]?.animVal;
    const text = typeof now === "object" ? (now as SVGLength | null)?.valueAsString : now;
    const value = text ?? getComputedStyle(element).getPropertyValue(name);
    if (value !== undefined && value !== "") list.push([name, String(value)]);
  }
  return list;
}

function scrollState(element: Element): [string, string][] {
  const list: [string, string][] = [];
  const { scrollTop, scrollLeft } = element;
  if (scrollTop) list.push(["data-scroll-top", String(Math.round(scrollTop))]);
  if (scrollLeft) list.push(["data-scroll-left", String(Math.round(scrollLeft))]);
  return list;
}

/** A modal dialog's backdrop belongs to the top layer: as a shadow around it, it looks the same. */
function backdrop(dialog: Element): string {
  const { backgroundColor } = getComputedStyle(dialog, "::backdrop");
  const { boxShadow } = getComputedStyle(dialog);
  return `;box-shadow:${boxShadow === "none" ? "" : `${boxShadow},`}0 0 0 200vmax ${backgroundColor}`;
}

/** What is drawn, as the background of the canvas: without script it stays empty. */
function canvasPicture(canvas: HTMLCanvasElement): string {
  let url: string;
  try {
    url = canvas.width > 0 && canvas.height > 0 ? surroundings.surface(canvas).toDataURL("image/png") : "data:,";
  } catch {
    return "";
  }
  if (url === "data:,") return "";
  return `;background-image:url("${url}")!important;background-size:100% 100%!important;background-repeat:no-repeat!important;background-origin:content-box!important;background-clip:content-box!important`;
}

function drawn(image: CanvasImageSource, width: number, height: number): string | null {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  try {
    canvas.getContext("2d")?.drawImage(image, 0, 0);
    return canvas.toDataURL("image/png");
  } catch {
    return null;
  }
}

/** The descriptor (`2x`, `640w`) of the candidate that was chosen: it gives the picture its size. */
function descriptorOf(image: HTMLImageElement, base: string): string | null {
  const sources = image.parentElement?.localName === "picture" ? [...image.parentElement.querySelectorAll("source")] : [];
  for (const { srcset } of [...sources, image] as { srcset: string }[]) {
    for (const [, url, descriptor] of (srcset ?? "").matchAll(/(\S+[^\s,])(?:\s+([\d.]+[wxh]))?\s*(?:,|$)/g)) {
      if (descriptor && url && resolve(url, base) === image.currentSrc) return descriptor;
    }
  }
  return null;
}

const hovers = { stylesWithHoverClass: new Map<string, string>() };

function adaptHovers(css: string): string {
  return css.includes(":hover") ? adaptCssForReplay(css, hovers) : css;
}
