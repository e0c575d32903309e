// The last wall before recorded HTML becomes a document: whatever could run, load or navigate is taken out of the
// events. The page's policy (`script-src 'none'`, `default-src 'none'`) and the browser's own walls stand behind it.

import { mayHold } from "./depth";
import { assetsExpected } from "./resources";

/** A serialized node, as rrweb records it (`rrweb-snapshot`, `serializedNodeWithId`). */
export interface SerializedNode {
  id: number;
  type: number;
  tagName?: string;
  attributes?: Record<string, unknown>;
  childNodes?: SerializedNode[];
  isSVG?: boolean;
  isCustom?: boolean;
  isShadowHost?: boolean;
  textContent?: string;
  adoptedStyleSheets?: AdoptedSheet[];
}

/** A style sheet made by script, as recorders write it. */
export interface AdoptedSheet {
  styleId: number;
  rules?: { rule: string; index?: number }[];
}

/** What was found on the way, for the caller to act on. */
export interface Findings {
  /** Canvas node id to its recorded picture (a data URL), drawn by the stage so that it can be waited for. */
  canvasPictures: Map<number, string>;
  /** Attributes and elements taken out. */
  removed: number;
  /** Nodes left out, each with all in it, because they were nested too deep. */
  tooDeep: number;
  /** A style that can pause an animation was seen. */
  pauses: boolean;
}

/** Part of every style that pauses an animation, by `animation-play-state` or the shorthand. */
const PAUSES = "paused";

const ELEMENT = 2;
const TEXT = 3;
const CDATA = 4;
const URL_ATTRIBUTES = new Set(["href", "src", "action", "formaction", "xlink:href", "data", "poster", "background", "ping"]);
const FRAMES = new Set(["iframe", "frame", "portal", "fencedframe"]);
const PLUGINS = new Set(["object", "embed", "applet"]);
/** Others throw when they are made; recorders write `div` for them. */
const ELEMENT_NAME = /^[a-z_][a-z0-9_.:-]*$/;
const CUSTOM_NAME = /^(?!(annotation-xml|color-profile|font-face|font-face-(src|uri|format|name)|missing-glyph)$)[a-z][^\sA-Z/>]*-[^\sA-Z/>]*$/;
/** Elements that can have a shadow root (DOM standard, `attachShadow`), beside custom ones. */
const SHADOW_HOSTS = new Set("article aside blockquote body div footer h1 h2 h3 h4 h5 h6 header main nav p section span".split(" "));
const MEDIA = new Set(["video", "audio", "source", "track"]);
// Looked up or connected to by the browser outside of the page's policy.
const EAGER_LINKS = /\b(dns-prefetch|preconnect|prefetch|preload|modulepreload|prerender|manifest|icon|apple-touch-icon|pingback)\b/i;
/** Browsers skip any number of these before a scheme, and of line breaks and tabs inside it. */
const SCRIPT_URL = new RegExp(`^[\\u0000-\\u0020]*(?:${["java", "vb"].map((kind) => [...`${kind}script:`].join("[\\t\\n\\r]*")).join("|")})`, "i");

/** Cleans a node and all below it in place. `depth` is how many nodes it will stand in. */
export function sanitizeTree(root: SerializedNode, findings: Findings, depth = 0): void {
  const stack = [root];
  const depths = [depth];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    const inside = (depths.pop() as number) + 1;
    if (node.type === ELEMENT && node.attributes) sanitizeElement(node, findings);
    // Documents of HTML have none, and throw when one is made.
    if (node.type === CDATA) node.type = TEXT;
    if (node.textContent && !findings.pauses) findings.pauses = node.textContent.includes(PAUSES);
    if (!node.childNodes || node.childNodes.length === 0) continue;
    if (mayHold(inside)) {
      for (const child of node.childNodes) {
        stack.push(child);
        depths.push(inside);
      }
    } else {
      findings.tooDeep += node.childNodes.length;
      node.childNodes = [];
    }
  }
}

function sanitizeElement(node: SerializedNode, findings: Findings): void {
  const tag = (node.tagName ?? "").toLowerCase();
  if (!ELEMENT_NAME.test(tag)) node.tagName = "div";
  if (node.isCustom && !CUSTOM_NAME.test(tag)) delete node.isCustom;
  if (node.isShadowHost && !SHADOW_HOSTS.has(tag) && !CUSTOM_NAME.test(tag)) delete node.isShadowHost;
  const attributes = node.attributes as Record<string, unknown>;
  if (tag === "canvas" && typeof attributes.rr_dataURL === "string") {
    findings.canvasPictures.set(node.id, attributes.rr_dataURL);
    delete attributes.rr_dataURL;
    attributes.rr_pictured = true;
  }
  noteContent(tag, attributes);
  sanitizeAttributes(tag, attributes, findings);
  // One without a type has no box at all. The policy (`object-src 'none'`) lets nothing start, whatever the type.
  if (tag === "embed") attributes.type = "application/x-unavailable";
  if (tag === "link" && typeof attributes.rel === "string" && EAGER_LINKS.test(attributes.rel) && !/\bstylesheet\b/i.test(attributes.rel)) {
    delete attributes.href;
    findings.removed++;
  }
  if (tag === "link" && assetsExpected()) {
    // Readable, so that its hovers can be shown; and kept files may be of another day than the recording.
    attributes.crossorigin = "anonymous";
    delete attributes.integrity;
  }
}

/** Leaves a note for placeholders.ts where content is about to be taken out. */
function noteContent(tag: string, attributes: Record<string, unknown>): void {
  if (FRAMES.has(tag) && typeof attributes.src === "string") attributes.rr_src ??= attributes.src;
  if (PLUGINS.has(tag) && (attributes.data || attributes.src || attributes.type)) attributes.rr_content = true;
}

/** Cleans the attributes of one element (also those of an attribute mutation) in place. */
export function sanitizeAttributes(tag: string, attributes: Record<string, unknown>, findings: Findings): void {
  for (const name of Object.keys(attributes)) {
    if (!findings.pauses && (name === "style" || name === "_cssText")) findings.pauses = JSON.stringify(attributes[name]).includes(PAUSES);
    // A lazy image far from the viewport never loads, and a frame waits for all of its images. A video's controls come and go by
    // wall time, and a placeholder plays nothing.
    if (name.toLowerCase() === "loading" || (tag === "video" && name.toLowerCase() === "controls")) {
      delete attributes[name];
      continue;
    }
    if (mustGo(tag, name.toLowerCase(), attributes[name])) {
      delete attributes[name];
      findings.removed++;
    }
  }
}

function mustGo(tag: string, name: string, value: unknown): boolean {
  if (name.startsWith("on")) return true;
  if (URL_ATTRIBUTES.has(name) && typeof value === "string" && SCRIPT_URL.test(value)) return true;
  // The recorded content of a frame arrives as nodes; letting it navigate would replace them.
  if (FRAMES.has(tag) && (name === "src" || name === "srcdoc" || name === "sandbox" || name === "csp" || name === "allow")) return true;
  if (PLUGINS.has(tag) && (name === "data" || name === "src" || name === "type" || name === "codebase")) return true;
  // Decoders are never started; playback state would start them.
  if (MEDIA.has(tag) && (name === "src" || name === "srcset" || name === "autoplay" || name === "preload" || name.startsWith("rr_media"))) return true;
  if (tag === "meta" && name === "http-equiv") return true;
  if (tag === "base" && name === "href") return true;
  // Shapes and SMIL can write any attribute of their target.
  if ((tag === "set" || tag.startsWith("animate")) && name === "attributename" && typeof value === "string") {
    const target = value.toLowerCase();
    return target.startsWith("on") || target === "href" || target === "xlink:href";
  }
  return name === "autofocus" || name === "ping";
}
