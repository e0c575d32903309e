// The service's side of docs/recorder.md, small and with faults, and a server of pages.
import { createServer } from "node:http";
import { gunzipSync } from "node:zlib";

function listen(server) {
  return new Promise((done) => server.listen(0, "127.0.0.1", () => done(`http://127.0.0.1:${server.address().port}`)));
}

/** `find` gives what stands at a path, or `null`. */
export async function pages(find) {
  const server = createServer((request, response) => {
    const found = find(request.url);
    response.writeHead(found === null ? 404 : 200, { "content-type": request.url.endsWith(".js") ? "text/javascript" : "text/html" }).end(found ?? "nothing");
  });
  return { url: await listen(server), close: () => (server.closeAllConnections(), server.close()) };
}

export class Ingest {
  /** What goes wrong with the nth chunk: a status, `cut` (nothing is had), or `cut after` (it is had, and the page does not hear of it). */
  faults = () => undefined;
  asked = 0;
  failed = 0;
  duplicates = 0;
  gaps = 0;
  gzipped = 0;
  /** All that was ever sent, also what was refused. */
  heard = "";
  #had = new Map();

  static async listen() {
    const ingest = new Ingest();
    ingest.server = createServer((request, response) => ingest.#take(request, response));
    ingest.url = await listen(ingest.server);
    return ingest;
  }

  sessions() {
    return [...this.#had.keys()];
  }

  chunks(session) {
    return this.#had.get(session)?.length ?? 0;
  }

  lines(session) {
    return (this.#had.get(session) ?? []).flatMap((chunk) => chunk.split("\n").filter(Boolean));
  }

  events(session) {
    return this.lines(session).map((line) => JSON.parse(line));
  }

  close() {
    this.server.closeAllConnections();
    this.server.close();
  }

  async #take(request, response) {
    const origin = { "access-control-allow-origin": "*", "access-control-expose-headers": "retry-after" };
    const answer = (status, body, headers = {}) => response.writeHead(status, { ...origin, "content-type": "application/json", ...headers }).end(JSON.stringify(body));
    if (request.method === "OPTIONS") {
      const allowed = { "access-control-allow-headers": "authorization, content-type, content-encoding, replayreel-seq", "access-control-allow-methods": "POST", "access-control-max-age": "7200" };
      return response.writeHead(204, { ...origin, ...allowed }).end();
    }
    const parts = [];
    try {
      for await (const part of request) parts.push(part);
    } catch {
      return undefined;
    }
    const { pathname } = new URL(request.url, "http://ingest");
    const session = /^\/v1\/ingest\/(ses_[0-9a-f]{32})$/.exec(pathname)?.[1];
    const seq = Number(request.headers["replayreel-seq"] ?? Number.NaN);
    if (!session || !Number.isSafeInteger(seq) || request.method !== "POST") return answer(404, {});
    if (request.headers.authorization !== "Bearer ik_public") return answer(401, {});
    if (request.headers["content-type"] !== "application/x-ndjson") return answer(415, {});
    const isGzip = request.headers["content-encoding"] === "gzip";
    const body = (isGzip ? gunzipSync(Buffer.concat(parts)) : Buffer.concat(parts)).toString("utf8");
    this.gzipped += isGzip;
    this.heard += body;
    const fault = this.faults(++this.asked);
    if (fault !== undefined) this.failed++;
    if (fault === "cut") return request.socket.destroy();
    if (typeof fault === "number") return answer(fault, {}, fault === 429 ? { "retry-after": "1" } : {});
    const had = this.#had.get(session) ?? [];
    if (seq > had.length) return this.gaps++, answer(409, { next: had.length });
    const known = seq < had.length;
    if (!known) this.#had.set(session, [...had, body]);
    this.duplicates += known;
    if (fault === "cut after") return request.socket.destroy();
    return answer(known ? 200 : 202, { seq });
  }
}
