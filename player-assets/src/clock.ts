// The player's clock. Nothing in the page may read or wait for wall time: what it shows at session time t must not
// depend on how long it took to get there.

/** The real timer, for waiting on the browser (image and font loading), never for anything that shows. */
export const realSetTimeout = window.setTimeout.bind(window);

/** The real frame callback, for counting frames. */
export const realRequestAnimationFrame = window.requestAnimationFrame.bind(window);

interface Timer {
  readonly due: number;
  readonly id: number;
  readonly run: () => void;
}

let now = 0;
let nextId = 1;
let timers: Timer[] = [];

/** Session time, ms. */
export function sessionNow(): number {
  return now;
}

/** Runs what became due, in order, and sets the clock to `to` (ms of session time). */
export function advanceClock(to: number): void {
  for (;;) {
    const due = timers.filter((timer) => timer.due <= to);
    if (due.length === 0) break;
    due.sort((a, b) => a.due - b.due || a.id - b.id);
    const first = due[0] as Timer;
    timers = timers.filter((timer) => timer !== first);
    now = Math.max(now, first.due);
    try {
      first.run();
    } catch {
      // A failing callback of the player must not end the film; the DOM stays as it was.
    }
  }
  now = to;
}

/** Session time when the next timer fires, ms; null when none waits. */
export function nextTimer(): number | null {
  return timers.length === 0 ? null : Math.min(...timers.map((timer) => timer.due));
}

/** Forgets every timer: those of a document that is gone must not touch the next one. */
export function dropTimers(): void {
  timers = [];
}

/** `setTimeout` in session time. */
export function schedule(run: unknown, delay = 0, ...args: unknown[]): number {
  const id = nextId++;
  if (typeof run === "function") timers.push({ due: now + Math.max(0, Number(delay) || 0), id, run: () => run(...args) });
  return id;
}

/** `clearTimeout` in session time. */
export function cancel(id?: number): void {
  timers = timers.filter((timer) => timer.id !== id);
}

/** `requestAnimationFrame` in session time. */
export function scheduleFrame(run: FrameRequestCallback): number {
  return schedule(() => run(now), 0);
}

/** `setInterval`: nothing of the replayer's runs by itself. */
export function scheduleNothing(): number {
  return nextId++;
}

/** Puts the replayer's window on session time. Has to run before the replayer's own code reads the globals. */
export function installClock(): void {
  Object.assign(window, {
    setTimeout: schedule,
    clearTimeout: cancel,
    setInterval: scheduleNothing,
    clearInterval: () => undefined,
    requestAnimationFrame: scheduleFrame,
    cancelAnimationFrame: cancel,
  });
  Date.now = () => now;
  performance.now = () => now;
}
