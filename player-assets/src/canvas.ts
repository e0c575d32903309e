// Canvases: the picture in a snapshot, and the drawing commands after it, both waited for.
import { canvasMutation } from "@rrweb/replay";
import { realSetTimeout } from "./clock";
import { cleanCommands } from "./commands";
import { dropPlaceholder, lackWebGl } from "./placeholders";
import { surroundings } from "./surroundings";

/** rrweb's `CanvasContext`. */
const [WEBGL, WEBGL2] = [1, 2];

interface Command {
  property: string;
  args: unknown[];
  setter?: true;
}

interface Drawing extends Partial<Command> {
  id: number;
  type: number;
  commands?: Command[];
}

/** The player's pictures by URL; its commands look them up there. */
type Pictures = Map<unknown, HTMLImageElement>;

let failures = 0;

/** Commands that could not be drawn so far: a picture that is missing, an object made before the recording began. */
export function failedCommands(): number {
  return failures;
}

/** Draws what one event says on its canvas. */
export async function draw(event: { data: Drawing }, canvas: HTMLCanvasElement, pictures: Pictures, precomputed: Map<unknown, unknown>): Promise<void> {
  const { data } = event;
  // In pages of others this was done with the rest of the event, with addresses that are replaced.
  if (!surroundings.embedded) cleanCommands(data, (url) => url);
  const target = surroundings.surface(canvas);
  if ((data.type === WEBGL || data.type === WEBGL2) && !hasWebGl(target, data.type)) return lackWebGl(canvas, data.id);
  dropPlaceholder(canvas);
  await loadPictures(data.commands ?? [data as Command], pictures);
  await canvasMutation({ event, mutation: data, target, imageMap: pictures, canvasEventMap: precomputed, errorHandler: () => void failures++ });
  surroundings.noteCanvas(canvas, true);
}

function hasWebGl(canvas: HTMLCanvasElement, type: number): boolean {
  try {
    return canvas.getContext(type === WEBGL2 ? "webgl2" : "webgl") !== null;
  } catch {
    return false;
  }
}

/** A picture that is still loading draws nothing, silently. */
async function loadPictures(commands: Command[], pictures: Pictures): Promise<void> {
  const urls = new Set<string>();
  // Arguments nest as deep as recorders have objects in objects: textures of bitmaps of blobs.
  const stack: unknown[] = commands.flatMap(({ args }) => (Array.isArray(args) ? args : []));
  for (let value = stack.pop(); value !== undefined || stack.length > 0; value = stack.pop()) {
    if (!value || typeof value !== "object") continue;
    const { rr_type, src, args } = value as { rr_type?: unknown; src?: unknown; args?: unknown };
    if (typeof rr_type === "string" && typeof src === "string" && !pictures.has(src)) urls.add(src);
    if (Array.isArray(value)) stack.push(...value);
    else if (Array.isArray(args)) stack.push(...args);
  }
  await Promise.all([...urls].map(async (url) => void pictures.set(url, await load(url))));
}

async function load(url: string): Promise<HTMLImageElement> {
  const image = new Image();
  const loaded = new Promise((resolve) => {
    image.onload = resolve;
    image.onerror = resolve;
    realSetTimeout(() => resolve(null), surroundings.patience);
  });
  image.src = url;
  await loaded;
  return image;
}

/** Draws the pictures of a snapshot (data URLs) on their canvases. */
export async function drawPictures(found: Map<number, string>, nodeById: (id: number) => Node | null): Promise<void> {
  if (found.size === 0) return;
  const pictures = [...found];
  found.clear();
  await Promise.all(
    pictures.map(async ([id, url]) => {
      const canvas = nodeById(id) as HTMLCanvasElement | null;
      if (canvas?.nodeName !== "CANVAS" || !url.startsWith("data:image/")) return;
      const image = await load(url);
      if (image.naturalWidth === 0) return;
      surroundings.surface(canvas).getContext("2d")?.drawImage(image, 0, 0, image.width, image.height);
      surroundings.noteCanvas(canvas, true);
    }),
  );
}
