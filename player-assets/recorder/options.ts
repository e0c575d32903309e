// What a site can set, and what holds where it sets nothing.

/** What the recorder tells the page, as `detail` of the window's `replayreel` event and to `onEvent`. */
export interface Notice {
  /**
   * `started`, `sent`, `waiting` (the server is to be tried again), `dropped` (events had to go), `stopped` (nothing more is recorded), `refused` (a
   * call can do nothing).
   */
  type: "started" | "sent" | "waiting" | "dropped" | "stopped" | "refused";
  session: string;
  reason?: string;
  status?: number;
  seq?: number;
  /** Milliseconds until the next try. */
  after?: number;
  bytes?: number;
}

export interface Options {
  /** Address of the service; chunks go to `{endpoint}/v1/ingest/{session}`. Without one nothing is sent, and all is kept for `download()`. */
  endpoint?: string;
  /** A key of scope `ingest`. Anybody can read it in the page. */
  key?: string;
  /** Mask what stands in fields. Passwords, card numbers and one-time codes are masked whatever is set. */
  maskInputs: boolean;
  /** Further elements whose text is masked, with all in them; `*` for all text. */
  maskText?: string;
  /** Further elements that are recorded as empty boxes. */
  block?: string;
  /** Further fields whose content is not recorded. */
  ignore?: string;
  /** Errors and warnings of the console, and exceptions that nobody caught. */
  console: boolean;
  /** Requests of `fetch` and `XMLHttpRequest`: those that failed, all, or none. Addresses, methods, status and times; never headers or bodies. */
  network: "failed" | "all" | false;
  /** Keep the query (and the fragment, unless it is a route) of addresses of pages, requests and console lines. */
  keepQuery: boolean;
  /** Record what is drawn on canvases. */
  canvas: boolean;
  /** Milliseconds between two chunks. */
  every: number;
  /** Milliseconds without a person's doing after which a session ends. */
  idle: number;
  /** Longest session, ms. */
  longest: number;
  /** Bytes that may be stored in the browser. */
  storage: number;
  /** Keep what was sent, so that `download()` has the whole session. Always so without an endpoint. */
  keep: boolean;
  /** Shortest and longest wait before a try is repeated, ms. */
  backoff: [number, number];
  onEvent?: (notice: Notice) => void;
}

export const VERSION = "0.1.0";

const DEFAULTS: Options = {
  maskInputs: true,
  console: true,
  network: "failed",
  keepQuery: false,
  canvas: false,
  every: 5_000,
  idle: 30 * 60_000,
  longest: 4 * 3_600_000,
  storage: 20_000_000,
  keep: false,
  backoff: [1_000, 60_000],
};

/** `said` with the defaults; numbers that are none are left at theirs. */
export function settle(said: Partial<Options>): Options {
  const options = { ...DEFAULTS, ...said };
  for (const name of ["every", "idle", "longest", "storage"] as const) {
    if (!(Number.isFinite(options[name]) && options[name] > 0)) options[name] = DEFAULTS[name];
  }
  if (!options.endpoint) options.keep = true;
  options.endpoint = options.endpoint?.replace(/\/+$/, "");
  return options;
}
