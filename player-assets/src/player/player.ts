// Time that passes: playing, pausing, speeds, idle stretches.
import { Film, type Shown } from "./film";
import type { Recording } from "./recording";

/** Speeds that are offered, seconds of session in a second. */
export const SPEEDS = [0.5, 1, 1.5, 2, 4, 8, 16];
/** Longest step of the clock, ms: a page in the background does not run away. */
const LONGEST_STEP = 250;

/** What changed; see the element's events. */
export type Change = "time" | "play" | "pause" | "ended" | "rate";

/** See above. Times are session time in µs. */
export class Player {
  readonly film: Film;
  private rate = 1;
  private now: number;
  private running = false;
  private lastTick = 0;
  private frame = 0;
  skipIdle = false;

  constructor(
    readonly recording: Recording,
    holder: HTMLElement,
    private readonly view: { shown(shown: Shown): void; resized(viewport: { width: number; height: number }): void; changed(change: Change): void },
  ) {
    this.film = new Film(
      recording,
      holder,
      (shown) => view.shown(shown),
      (viewport) => view.resized(viewport),
    );
    this.now = recording.start;
  }

  get start(): number {
    return this.recording.start;
  }

  get end(): number {
    return this.recording.end;
  }

  get at(): number {
    return this.now;
  }

  get playing(): boolean {
    return this.running;
  }

  get speed(): number {
    return this.rate;
  }

  set speed(rate: number) {
    if (!Number.isFinite(rate)) return;
    this.rate = Math.min(16, Math.max(0.1, rate));
    this.view.changed("rate");
  }

  /** Shows a moment. Resolves when it is shown. */
  async seek(at: number): Promise<void> {
    this.now = Math.min(this.end, Math.max(this.start, Math.round(at)));
    this.view.changed("time");
    await this.film.show(this.now);
  }

  /** Shows another window, or (null) follows the person. */
  async choose(window: string | null): Promise<void> {
    this.film.choose(window);
    await this.seek(this.now);
  }

  play(): void {
    if (this.running) return;
    if (this.now >= this.end) this.now = this.start;
    this.running = true;
    this.lastTick = performance.now();
    this.view.changed("play");
    this.next();
  }

  pause(): void {
    if (!this.running) return;
    this.running = false;
    cancelAnimationFrame(this.frame);
    this.view.changed("pause");
  }

  /** Goes to the next thing that happens, or the one before. */
  step(by: 1 | -1): void {
    this.pause();
    const score = this.recording.tabs.get(this.film.windowAt(this.now))?.score;
    const to = score?.step(this.now, by);
    if (to !== null && to !== undefined) void this.seek(to);
  }

  private next(): void {
    this.frame = requestAnimationFrame(() => void this.tick());
  }

  private async tick(): Promise<void> {
    if (!this.running) return;
    const now = performance.now();
    const passed = Math.min(LONGEST_STEP, now - this.lastTick);
    this.lastTick = now;
    // While the page is still on its way somewhere, time stands.
    if (!this.film.busy) {
      let at = this.now + Math.round(passed * 1000 * this.rate);
      const idle = this.skipIdle ? this.recording.index.idle.find(({ from, to }) => from <= at && at < to) : undefined;
      if (idle) at = idle.to;
      this.now = Math.min(this.end, at);
      this.view.changed("time");
      await this.film.show(this.now).catch(() => undefined);
      if (this.now >= this.end && this.running) {
        this.running = false;
        this.view.changed("pause");
        this.view.changed("ended");
        return;
      }
    }
    if (this.running) this.next();
  }

  /** Ends. */
  close(): void {
    this.running = false;
    cancelAnimationFrame(this.frame);
  }
}
