// Drawing commands of canvases. The replayer calls by name what a recording names, and makes their arguments by name, in the realm of the page
// around: only what canvases have may be called, and only what drawings are made of may be made. No policy stands behind this: in a page of
// others there need not be one, and in the renderer's own none is asked about peer connections, which look names up and send packets as soon
// as they are made.

/** What arguments may be made of by name: data, and nothing that acts. */
const DATA = /^(Int8Array|Uint8Array|Uint8ClampedArray|Int16Array|Uint16Array|Int32Array|Uint32Array|Float32Array|Float64Array|ArrayBuffer|DataView|ImageData|Path2D|DOMMatrix)$/;
/** What is looked up among what the canvas has made already. */
const MADE = /^(WebGL[A-Za-z]*|CanvasGradient|CanvasPattern|ANGLE_[A-Za-z_]*|EXT_[A-Za-z_]*|OES_[A-Za-z_]*|WEBGL_[A-Za-z_]*)$/;
/** A part of a filter that is of the same document. */
const OWN_FILTER = /url\(\s*(["']?)#[\w-]*\1\s*\)/gi;
/** Numbers of a made array, at most. */
const MOST = 1 << 26;
const DEEPEST = 12;

/** Cleans the commands of an event in place; `address` gives what stands for a URL. */
// biome-ignore lint: recorded JSON
export function cleanCommands(data: any, address: (url: string) => string): void {
  if (Array.isArray(data.commands)) data.commands = data.commands.filter((command: unknown) => cleanCommand(command, address));
  else if (!cleanCommand(data, address)) data.commands = [];
}

// biome-ignore lint: see cleanCommands
function cleanCommand(command: any, address: (url: string) => string): boolean {
  if (!command || typeof command !== "object" || typeof command.property !== "string" || !mayBeCalled(command.property)) return false;
  const args = Array.isArray(command.args) ? command.args : [];
  command.args = args.map((one: unknown) => cleanArgument(one, address, 0));
  // A filter can be of another document.
  if (command.property === "filter" && /url|\\/i.test(String(command.args[0]).replace(OWN_FILTER, ""))) return false;
  return true;
}

function mayBeCalled(property: string): boolean {
  if (property === "canvas" || property === "constructor") return false;
  const contexts = [globalThis.CanvasRenderingContext2D, globalThis.WebGLRenderingContext, globalThis.WebGL2RenderingContext];
  return contexts.some((context) => typeof context === "function" && Object.hasOwn(context.prototype, property));
}

// biome-ignore lint: see cleanCommands
function cleanArgument(value: any, address: (url: string) => string, depth: number): unknown {
  if (!value || typeof value !== "object") return value;
  if (depth > DEEPEST) return null;
  const inner = (list: unknown) => (Array.isArray(list) ? list.map((one) => cleanArgument(one, address, depth + 1)) : []);
  if (Array.isArray(value)) return inner(value);
  const { rr_type: name } = value;
  if (typeof name !== "string") return null;
  if (typeof value.src === "string") return { rr_type: "HTMLImageElement", src: address(value.src) };
  if (name === "ImageBitmap") return "args" in value ? { rr_type: name, args: inner(value.args) } : null;
  if (name === "Blob") return { rr_type: name, data: inner(value.data), type: /^image\/[\w.+-]+$/.test(value.type) ? value.type : "" };
  if (name === "ArrayBuffer" && typeof value.base64 === "string") return { rr_type: name, base64: value.base64 };
  if ("index" in value) return MADE.test(name) && Number.isInteger(value.index) ? { rr_type: name, index: value.index } : null;
  if (!DATA.test(name)) return null;
  const args = inner(value.args);
  return args.some((one) => typeof one === "number" && one > MOST) ? null : { rr_type: name, args };
}
