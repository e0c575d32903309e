// `window.replayreel`: what a site calls.
import { settle, VERSION, type Options } from "./options";
import { attempt, Recorder } from "./recorder";

let recorder: Recorder | undefined;

/** Calls that come too early or too late do nothing: a page must not break because its recorder stopped. */
const api = {
  version: VERSION,

  /** Begins to record; if it is going already, nothing changes. */
  start(options: Partial<Options> = {}): void {
    attempt(() => {
      // The page around records frames of its own origin; and all frames of an origin share one sessionStorage, in which sessions would be mixed up.
      if (!recorder?.isGoing && window.parent === window) recorder = new Recorder(options);
    });
  },

  stop(): void {
    attempt(() => recorder?.stop());
  },

  /** A mark to look for: `replayreel still … --at marker:LABEL`. */
  mark(label: string): void {
    attempt(() => recorder?.mark(label));
  },

  identify(distinctId: string): void {
    attempt(() => recorder?.identify(distinctId));
  },

  /** Sends what came so far, without waiting for the next turn. */
  flush(): void {
    attempt(() => recorder?.flush());
  },

  /** The id of the session that is recorded, or was last. */
  get session(): string | null {
    return recorder?.session.id ?? null;
  },

  /** The session as a package; `null` if there is none, or not all of it is kept. */
  async package(): Promise<Blob | null> {
    return recorder ? recorder.pack().catch(() => null) : null;
  },

  /** The same, saved as a file. Whether there was one. */
  async download(name?: string): Promise<boolean> {
    const blob = await api.package();
    if (!blob) return false;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name ?? `${api.session}.replay.zip`;
    // Not put into the page: it would be in the recording.
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    return true;
  },
};

export type Api = typeof api;

attempt(() => {
  // A second copy of the script would record everything twice.
  if ("replayreel" in window) return;
  Object.defineProperty(window, "replayreel", { value: api, configurable: true });
  const { endpoint, key, auto } = (document.currentScript as HTMLScriptElement | null)?.dataset ?? {};
  if (endpoint !== undefined || auto !== undefined) api.start(settle({ endpoint, key }));
});
