// What a frame needs and the browser loads on its own time: images, fonts and style sheets. They come from the recording itself
// (data URLs) or from assets that the renderer answers with at once, so waiting is short; it is bounded all the same.
import { realSetTimeout } from "./clock";
import { eachDocument } from "./documents";
import { surroundings } from "./surroundings";

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
  const patience = new Promise<void>((resolve) => realSetTimeout(resolve, surroundings.patience));
  return Promise.race([Promise.all(waits), patience]);
}

function settled(image: Element): Promise<void> {
  return new Promise((resolve) => {
    image.addEventListener("load", () => resolve(), { once: true });
    image.addEventListener("error", () => resolve(), { once: true });
    if (surroundings.embedded) pollUntilComplete(image as HTMLImageElement, resolve);
  });
}

/** Safari calls nobody back in a frame without scripts. */
function pollUntilComplete(image: HTMLImageElement, done: () => void): void {
  if (image.complete !== false || !image.isConnected) done();
  else realSetTimeout(() => pollUntilComplete(image, done), 20);
}

const missing = new Map<string, number>();

/** Counts what a document asks for and is refused: everything that the recording does not hold. */
export function watchMissing(doc: Document): void {
  doc.addEventListener("securitypolicyviolation", (violation) => {
    const { blockedURI } = violation;
    if (missing.has(blockedURI) || missing.size < 10_000) missing.set(blockedURI, (missing.get(blockedURI) ?? 0) + 1);
  });
}

/** URLs (or their origins, as far as the browser tells) refused so far, and how often. */
export function missingResources(): Record<string, number> {
  return Object.fromEntries(missing);
}

let assets = false;
let sheets = new Map<Element, Promise<void>>();

/** From now on style sheets, images and fonts may be asked for by address. */
export function expectAssets(): void {
  assets = true;
}

/** Whether something may come from elsewhere than the recording. */
export function assetsExpected(): boolean {
  return assets;
}

/** A `<link>` or `<style>` was built or has another address: it may load a style sheet. */
export function addSheet(element: Element): void {
  if (!assets) return;
  const link = element as HTMLLinkElement;
  const loads =
    element.localName === "link"
      ? link.relList.contains("stylesheet") && link.hasAttribute("href") && !link.disabled
      : (element.textContent ?? "").includes("@import");
  if (loads) sheets.set(element, settled(element).then(() => void (link.sheet && adaptHover(link.sheet))));
}

/** The style sheets on their way, as one promise; null when none is. */
export function sheetsOnTheirWay(): Promise<unknown> | null {
  const waits = [...sheets].filter(([element]) => element.isConnected).map(([, loaded]) => loaded);
  sheets = new Map();
  if (waits.length === 0) return null;
  return Promise.race([Promise.all(waits), new Promise<void>((resolve) => realSetTimeout(resolve, surroundings.patience))]);
}

/** Gives each `:hover` of a sheet that came from outside the class selector that the player gives recorded ones. */
function adaptHover(sheet: CSSStyleSheet): void {
  const adapt = (rules: CSSRuleList) => {
    for (const rule of Array.from(rules)) {
      const { selectorText } = rule as CSSStyleRule;
      if (selectorText?.includes(":hover") && !selectorText.includes("\\:hover")) {
        (rule as CSSStyleRule).selectorText = `${selectorText}, ${selectorText.replaceAll(":hover", ".\\:hover")}`;
      }
      const imported = (rule as CSSImportRule).styleSheet;
      if (imported) adaptHover(imported);
      else if ((rule as CSSGroupingRule).cssRules) adapt((rule as CSSGroupingRule).cssRules);
    }
  };
  try {
    adapt(sheet.cssRules);
  } catch {
    // A sheet that scripts may not read.
  }
}
