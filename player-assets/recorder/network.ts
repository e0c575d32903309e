// Requests that scripts make, as rrweb's network plugin tells them: address, method, status and times; never headers or bodies.
import type { Options } from "./options";
import type { Privacy } from "./privacy";

interface Request {
  name: string;
  entryType: "resource";
  initiatorType: "fetch" | "xmlhttprequest";
  method: string;
  status: number;
  /** Milliseconds since 1970. */
  timestamp: number;
  startTime: number;
  endTime: number;
  duration: number;
}

type Tell = (payload: { requests: Request[] }) => void;

export function networkPlugin(options: Options, privacy: Privacy, isOver: () => boolean) {
  const observer = (tell: unknown, win: Window) => observe(tell as Tell, win as Window & typeof globalThis, options, privacy, isOver);
  return { name: "rrweb/network@1", options: {}, observer };
}

function observe(tell: Tell, win: Window & typeof globalThis, options: Options, privacy: Privacy, isOver: () => boolean): () => void {
  let stopped = false;
  const say = (initiatorType: Request["initiatorType"], method: string, address: string, began: number, status: number) => {
    try {
      // What is broken off because the page goes away did not fail.
      if (stopped || isOver() || (options.network === "failed" && status > 0 && status < 400)) return;
      const name = new URL(address, win.location.href).href;
      if (options.endpoint && name.startsWith(options.endpoint)) return;
      const [startTime, endTime] = [began - win.performance.timeOrigin, Date.now() - win.performance.timeOrigin].map(Math.round);
      const times = { timestamp: began, startTime, endTime, duration: endTime - startTime };
      const request = { name: privacy.url(name).slice(0, 2_048), entryType: "resource", initiatorType, method: method.toUpperCase().slice(0, 10), status, ...times } as const;
      tell({ requests: [request] });
    } catch {
      // An address that is none.
    }
  };

  const { fetch: fetchBefore } = win;
  const wrapped: typeof fetch = function (this: unknown, input, init) {
    const began = Date.now();
    const asked = fetchBefore.call((this ?? win) as Window, input, init);
    try {
      const isRequest = typeof input === "object" && "url" in input;
      const [address, method] = [isRequest ? input.url : String(input), init?.method ?? (isRequest ? input.method : "GET")];
      // The page gets what comes after us: were it given `asked`, a failure that it does not handle would count as handled here.
      return asked.then(
        (answer) => {
          if (answer.type !== "opaque" && answer.type !== "opaqueredirect") say("fetch", method, address, began, answer.status);
          return answer;
        },
        (error: unknown) => {
          if ((error as Error | undefined)?.name !== "AbortError") say("fetch", method, address, began, 0);
          throw error;
        },
      );
    } catch {
      // Whatever was handed over, the page has its answer.
    }
    return asked;
  };
  win.fetch = wrapped;

  const prototype = win.XMLHttpRequest.prototype;
  const { open, send } = prototype;
  const asked = new WeakMap<XMLHttpRequest, [method: string, address: string]>();
  const openWrapped = function (this: XMLHttpRequest, ...words: unknown[]) {
    asked.set(this, [String(words[0]), String(words[1])]);
    return (open as (...words: unknown[]) => void).apply(this, words);
  };
  const sendWrapped = function (this: XMLHttpRequest, body?: XMLHttpRequestBodyInit | Document | null) {
    const began = Date.now();
    const [method, address] = asked.get(this) ?? ["GET", ""];
    let aborted = false;
    this.addEventListener("abort", () => (aborted = true), { once: true });
    this.addEventListener("loadend", () => aborted || say("xmlhttprequest", method, address, began, this.status), { once: true });
    return send.call(this, body);
  };
  prototype.open = openWrapped as typeof open;
  prototype.send = sendWrapped;

  return () => {
    stopped = true;
    if (win.fetch === wrapped) win.fetch = fetchBefore;
    if (prototype.open === (openWrapped as typeof open)) prototype.open = open;
    if (prototype.send === sendWrapped) prototype.send = send;
  };
}
