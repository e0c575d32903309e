// What the replayer finds in place of the page's own timers: session time, as in the renderer. Put in its place by the build, in the engine
// alone: the page around keeps its clock.
import { cancel, schedule, scheduleFrame, scheduleNothing, sessionNow } from "../clock";

class SessionDate extends globalThis.Date {
  static override now(): number {
    return sessionNow();
  }
}

const clock = { now: sessionNow };

export {
  schedule as setTimeout,
  cancel as clearTimeout,
  scheduleNothing as setInterval,
  cancel as clearInterval,
  scheduleFrame as requestAnimationFrame,
  cancel as cancelAnimationFrame,
  SessionDate as Date,
  clock as performance,
};
