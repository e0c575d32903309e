// What a frame needs and the browser loads on its own time: images and fonts. Both come from the recording itself (data
// URLs), so waiting is short; it is bounded all the same.
import { realSetTimeout } from "./clock";
import { eachDocument } from "./documents";

/** Longest wait for one frame's images and fonts, ms of real time. */
const PATIENCE = 10_000;

let images = new Set<HTMLImageElement | SVGImageElement | HTMLInputElement>();

/** Forgets the images of a document that is gone. */
export function dropImages(): void {
  images = new Set();
}

/** An `<img>` was built. */
export function addImage(image: HTMLImageElement): void {
  images.add(image);
}

/** What is still loading, as one promise; null when nothing is, so that the usual frame waits for no task. */
export function pending(): Promise<unknown> | null {
  const waits: Promise<unknown>[] = [];
  for (const image of images) {
    if (!image.isConnected) {
      images.delete(image);
    } else if (!(image as HTMLImageElement).complete) {
      waits.push(settled(image));
    }
  }
  eachDocument((doc) => {
    if (doc.fonts.status === "loading") waits.push(doc.fonts.ready);
  });
  if (waits.length === 0) return null;
  const patience = new Promise<void>((resolve) => realSetTimeout(resolve, PATIENCE));
  return Promise.race([Promise.all(waits), patience]);
}

function settled(image: Element): Promise<void> {
  return new Promise((resolve) => {
    image.addEventListener("load", () => resolve(), { once: true });
    image.addEventListener("error", () => resolve(), { once: true });
  });
}

const missing = new Set<string>();

/** Counts what a document asks for and is refused: everything that the recording does not hold. */
export function watchMissing(doc: Document): void {
  doc.addEventListener("securitypolicyviolation", (violation) => {
    if (missing.size < 10_000) missing.add(violation.blockedURI);
  });
}

/** URLs (or their origins, as far as the browser tells) refused so far. */
export function missingResources(): string[] {
  return [...missing];
}
