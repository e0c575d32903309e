// One chunk to the server, and what became of it.
import type { Options } from "./options";
import type { Chunk } from "./store";

export type Outcome =
  | { kind: "had" }
  /** The server lacks chunks before this one: it wants this number. */
  | { kind: "gap"; next: number }
  /** To be tried again, after as many ms if the server said so. */
  | { kind: "wait"; reason: string; after?: number }
  | { kind: "too_large" }
  | { kind: "refused"; status: number };

/** Browsers let 64 KiB be under way for pages that are gone; a little is left to the page itself. */
export const KEEPALIVE_BYTES = 60_000;
const PATIENCE_MS = 30_000;
const LONGEST_AFTER_MS = 3_600_000;

// The page's own, before anybody (we too) wraps it.
const ask = globalThis.fetch?.bind(globalThis);
let underWay = 0;

/** Whether so many bytes can be sent by a page that goes away. */
export function fits(bytes: number): boolean {
  return underWay + bytes <= KEEPALIVE_BYTES;
}

export async function send(options: Options, { session, seq, body }: Chunk): Promise<Outcome> {
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const keepalive = fits(bytes.length);
  const headers: Record<string, string> = { "content-type": "application/x-ndjson", "replayreel-seq": String(seq) };
  if (typeof body !== "string") headers["content-encoding"] = "gzip";
  if (options.key) headers.authorization = `Bearer ${options.key}`;
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
  if (keepalive) underWay += bytes.length;
  try {
    const answer = await ask(`${options.endpoint}/v1/ingest/${session}`, {
      method: "POST",
      headers,
      body: bytes,
      keepalive,
      credentials: "omit",
      referrerPolicy: "no-referrer",
      redirect: "error",
      signal: stop.signal,
    });
    return await outcome(answer);
  } catch {
    return { kind: "wait", reason: "network" };
  } finally {
    clearTimeout(timer);
    if (keepalive) underWay -= bytes.length;
  }
}

async function outcome(answer: Response): Promise<Outcome> {
  const { status } = answer;
  if (status === 200 || status === 202) return { kind: "had" };
  if (status === 409) {
    const told = (await answer.json()) as { next?: unknown } | null;
    const next = told?.next;
    return Number.isSafeInteger(next) && (next as number) >= 0 ? { kind: "gap", next: next as number } : { kind: "refused", status };
  }
  if (status === 413) return { kind: "too_large" };
  // Other answers of success come from something that is not the service (a login page, a captive portal): what was sent is not taken for had.
  if (status === 408 || status === 425 || status === 429 || status >= 500 || status < 400) {
    return { kind: "wait", reason: `status ${status}`, after: retryAfter(answer.headers.get("retry-after")) };
  }
  return { kind: "refused", status };
}

/** Seconds, or a date. */
function retryAfter(header: string | null): number | undefined {
  if (!header) return undefined;
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), LONGEST_AFTER_MS) : undefined;
}

/** `null` where the browser cannot. */
export async function compressed(content: BlobPart, format: CompressionFormat): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    const stream = new Blob([content]).stream().pipeThrough(new CompressionStream(format));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch {
    return null;
  }
}

export async function expanded(body: string | Uint8Array<ArrayBuffer>): Promise<string> {
  if (typeof body === "string") return body;
  return new Response(new Blob([body]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
}
