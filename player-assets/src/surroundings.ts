// What differs between the renderer's own page, where nothing else is and the browser's walls stand, and a page of somebody else that a
// player is put into (player/engine.ts). The renderer's are the defaults.

/** The page around the replayed one. */
export interface Surroundings {
  /** It is somebody else's: focus, scripts and the network are not the replayed page's. */
  embedded: boolean;
  /** Longest wait for a picture or a font, ms of real time. */
  patience: number;
  /** Whether scroll bars stand beside the content; null: as the browser's own do. */
  bars: boolean | null;
  /** Rules of every page, before its own. */
  rules: string[];
  /** Readies the frame of a new page. */
  ready(frame: HTMLIFrameElement): Promise<void> | null;
  /** A page was built in it. */
  built(page: Document | null): void;
  /** Takes out of an event, in place, what would load. */
  clean(event: { type: number; data: unknown }): void;
  /** What is drawn on in a canvas's stead. */
  surface(canvas: HTMLCanvasElement): HTMLCanvasElement;
  /** A canvas was built, has other attributes, or was drawn on. */
  noteCanvas(canvas: HTMLCanvasElement, drawn: boolean): void;
  /** Shows what was drawn since; null where it shows by itself. */
  showCanvases(): Promise<unknown> | null;
  /** Gives an element the focus, `visible`: with a ring; null takes it away. */
  focus(element: Element | null, visible: boolean): void;
}

/** See {@link Surroundings}. */
export const surroundings: Surroundings = {
  embedded: false,
  patience: 10_000,
  bars: null,
  rules: [],
  ready: () => null,
  built: () => undefined,
  clean: () => undefined,
  surface: (canvas) => canvas,
  noteCanvas: () => undefined,
  showCanvases: () => null,
  focus: () => undefined,
};
