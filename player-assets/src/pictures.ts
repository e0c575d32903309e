// Animated images (GIF, WebP, APNG, AVIF) on session time. The browser's own image clock starts whenever it first paints,
// so a frame would depend on where the render began: it is switched off, and the frame of each moment is put in its place.
import { realSetTimeout } from "./clock";
import type { Motion } from "./motion";

interface Film {
  image: HTMLImageElement;
  /** URL as recorded, to notice when the recording changes it. */
  source: string;
  start: number;
  /** End of each frame within one loop, µs. */
  ends: number[];
  frames: string[];
  loops: number;
  shown: number;
}

const ANIMATED = /^data:image\/(gif|webp|png|apng|avif)[;,]/i;
/** More frames or pixels than this are not worth decoding: the first frame stays. */
const MOST_FRAMES = 500;
const MOST_PIXELS = 100_000_000;

let films: Film[] = [];
let waiting: { image: HTMLImageElement; start: number }[] = [];
const ours = new WeakMap<HTMLImageElement, string>();

/** Forgets all: their document is gone. */
export function dropPictures(): void {
  for (const film of films) film.frames.forEach((url) => URL.revokeObjectURL(url));
  films = [];
  waiting = [];
}

/** An `<img>` was built or its source changed at session time `start`, µs. */
export function considerPicture(image: HTMLImageElement, start: number): void {
  const source = image.getAttribute("src") ?? "";
  if (ours.get(image) === source) return;
  films = films.filter((film) => film.image !== image);
  if (ANIMATED.test(source) && !isStill(source)) waiting.push({ image, start });
}

/** As much of a picture as usually tells whether it moves, characters of base64. */
const HEAD = 8192;

/**
 * Whether the first bytes say that a PNG or WebP does not move. A phone's recording is one large picture after another, and decoding each
 * only to find a single frame would cost more than showing it.
 */
function isStill(source: string): boolean {
  const comma = source.indexOf(",");
  if (!source.slice(0, comma).endsWith(";base64")) return false;
  let head: string;
  try {
    head = atob(source.slice(comma + 1, comma + 1 + HEAD));
  } catch {
    return false;
  }
  // A WebP that moves has the extended header (its first chunk is VP8X) with the animation flag.
  if (head.startsWith("RIFF") && head.slice(8, 12) === "WEBP") return head.slice(12, 15) === "VP8" && (head[15] !== "X" || (head.charCodeAt(20) & 2) === 0);
  // A PNG that moves says so (acTL) before its picture begins (IDAT).
  const picture = head.indexOf("IDAT");
  return head.startsWith("\x89PNG") && picture > 0 && !head.slice(0, picture).includes("acTL");
}

/** Decodes what {@link considerPicture} found; null when there is nothing to decode. */
export function decodePictures(): Promise<unknown> | null {
  if (waiting.length === 0) return null;
  const found = waiting;
  waiting = [];
  return Promise.all(found.map(({ image, start }) => decode(image, start).catch(() => undefined)));
}

async function decode(image: HTMLImageElement, start: number): Promise<void> {
  const source = image.getAttribute("src") ?? "";
  const type = source.slice(5, source.search(/[;,]/));
  const bytes = dataUrlBytes(source);
  if (!bytes || typeof ImageDecoder === "undefined") return;
  const decoder = new ImageDecoder({ data: bytes, type, preferAnimation: true });
  await decoder.tracks.ready;
  const track = decoder.tracks.selectedTrack;
  if (!track?.animated || track.frameCount < 2 || track.frameCount > MOST_FRAMES) return;
  await decoder.completed;
  const film: Film = { image, source, start, ends: [], frames: [], loops: track.repetitionCount, shown: -1 };
  const canvas = document.createElement("canvas");
  let end = 0;
  let pixels = 0;
  for (let frameIndex = 0; frameIndex < track.frameCount; frameIndex++) {
    const { image: picture } = await decoder.decode({ frameIndex });
    // Browsers show a frame of under 20 ms for 100 ms (as GIF viewers always have).
    const duration = picture.duration ?? 100_000;
    end += duration < 20_000 ? 100_000 : duration;
    film.ends.push(end);
    pixels += picture.displayWidth * picture.displayHeight;
    if (pixels > MOST_PIXELS) return;
    canvas.width = picture.displayWidth;
    canvas.height = picture.displayHeight;
    canvas.getContext("2d")?.drawImage(picture, 0, 0);
    picture.close();
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
    if (!blob) return;
    film.frames.push(URL.createObjectURL(blob));
  }
  decoder.close();
  films.push(film);
}

function dataUrlBytes(url: string): Uint8Array<ArrayBuffer> | null {
  const comma = url.indexOf(",");
  const body = url.slice(comma + 1);
  try {
    const binary = /;base64$/i.test(url.slice(0, comma)) ? atob(decodeURIComponent(body)) : decodeURIComponent(body);
    return Uint8Array.from(binary, (char) => char.charCodeAt(0));
  } catch {
    return null;
  }
}

/** Puts each animated image's frame of session time `at` (µs) in place; a promise while one is still loading. */
export function showPictures(at: number): Promise<unknown> | null {
  const loads: Promise<unknown>[] = [];
  films = films.filter((film) => film.image.isConnected);
  for (const film of films) {
    const frame = frameAt(film, at);
    if (frame === film.shown) continue;
    film.shown = frame;
    const url = film.frames[frame] as string;
    ours.set(film.image, url);
    film.image.src = url;
    if (!film.image.complete) {
      loads.push(
        Promise.race([
          new Promise((resolve) => film.image.addEventListener("load", resolve, { once: true })),
          new Promise((resolve) => realSetTimeout(resolve, 1000)),
        ]),
      );
    }
  }
  return loads.length > 0 ? Promise.all(loads) : null;
}

function frameAt(film: Film, at: number): number {
  const loop = film.ends[film.ends.length - 1] as number;
  const age = Math.max(0, at - film.start);
  if (Number.isFinite(film.loops) && age >= loop * (film.loops + 1)) return film.ends.length - 1;
  return film.ends.findIndex((end) => age % loop < end);
}

/** What is still to come after session time `at`, µs. */
export function pictureMotion(at: number): Motion {
  const motion: Motion = { until: null, periods: [], quietUntil: Infinity };
  for (const film of films) {
    const loop = film.ends[film.ends.length - 1] as number;
    if (!Number.isFinite(film.loops)) {
      motion.periods.push(loop);
    } else {
      const end = film.start + loop * (film.loops + 1);
      if (end <= at) continue;
      motion.until = Math.max(motion.until ?? 0, end);
    }
    motion.quietUntil = at;
  }
  return motion;
}
