// Fonts that script loaded.
import { realSetTimeout } from "./clock";
import { pageDocument } from "./documents";
import type { RecordedEvent } from "./replay";
import { surroundings } from "./surroundings";

let fonts: RecordedEvent[] = [];

/** Forgets all. */
export function dropFonts(): void {
  fonts = [];
}

/** A font that script loaded. Recorders tell of it once, also when later snapshots of the page need it. */
export async function addFont(event: RecordedEvent): Promise<void> {
  surroundings.clean(event);
  fonts.push(event);
  await load(event);
}

/** Gives a new page those that have come so far. */
export async function loadFonts(): Promise<void> {
  for (const font of fonts) await load(font);
}

async function load({ data }: RecordedEvent): Promise<void> {
  const page = pageDocument();
  // Of the page's own window: a face of another document is listed, but never used.
  const view = page?.defaultView as (Window & typeof globalThis) | null | undefined;
  if (!page || !view) return;
  try {
    const source = data.buffer ? new Uint8Array(JSON.parse(data.fontSource)) : data.fontSource;
    const face = new view.FontFace(data.family, source, data.descriptors ?? {});
    page.fonts.add(face);
    const patience = new Promise<void>((resolve) => realSetTimeout(resolve, surroundings.patience));
    await Promise.race([face.load(), patience]);
  } catch {
    // Its file was not recorded, or it is none: the next font of the list is shown, as in browsers.
  }
}
