// From events to the server: lines are sealed into numbered chunks, chunks are stored, and the stored ones are sent in their order.
import { compressed, expanded, fits, KEEPALIVE_BYTES, send, type Outcome } from "./courier";
import type { Notice, Options } from "./options";
import { Session } from "./session";
import { openStore, type Chunk, type Note, type Store } from "./store";

/** Characters after which a chunk is sealed before its time. */
const LONGEST_CHUNK = 256_000;
/** Characters, in more than a few chunks, that may wait for a database that does not answer. (A giant page is one chunk.) */
const MOST_UNSAVED = 16_000_000;
const FEW_CHUNKS = 8;
/** Characters that fit into sessionStorage, which has about 5 million for the whole site. */
const LONGEST_TAIL = 1_000_000;
/** Chunks that a page which goes away tries to send. */
const MOST_RECENT = 8;
/** Sessions of other tabs are left alone while chunks come to them. */
const ORPHAN_AFTER_MS = 30_000;
const DAY_MS = 86_400_000;
/** Chunks that were lost before they were stored and may be replaced by a note, one after the other. */
const MOST_FILLED = 100;

export interface Owner {
  session: Session;
  tell(notice: Omit<Notice, "session"> & { session?: string }): void;
  /** The stored events of this session fill the room there is: another one is to be begun. */
  onFull(): void;
  /** The server will not have this session. */
  onRefused(status: number): void;
}

/** A note of the recorder's own, as a line. */
export function noteLine(at: number, payload: unknown): string {
  return JSON.stringify({ type: 5, data: { tag: "$replayreel", payload }, timestamp: at });
}

export class Outbox {
  private lines: string[] = [];
  private size = 0;
  /** Sealed, and not yet in the store. */
  private readonly unsaved = new Map<string, Chunk & { body: string }>();
  private unsavedSize = 0;
  /** The last ones that this page sealed and the server does not have: for the moment when the page goes. */
  private readonly recent = new Map<number, Chunk & { body: string }>();
  /** Sessions that this page recorded and that are over. */
  private readonly before = new Set<string>();
  private work: Promise<void>;
  private store!: Store;
  private sending = false;
  private failures = 0;
  private filled = 0;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private waitUntil = 0;
  private closed = false;

  constructor(
    private readonly options: Options,
    private readonly owner: Owner,
  ) {
    this.work = this.begin();
  }

  add(line: string): void {
    this.lines.push(line);
    this.size += line.length + 1;
    if (this.size >= LONGEST_CHUNK) this.seal();
  }

  /** What came so far becomes a chunk. */
  seal(): void {
    if (this.lines.length === 0) return;
    const body = this.lines.join("\n") + "\n";
    this.lines = [];
    this.size = 0;
    const session = this.owner.session.id;
    const chunk = { session, seq: this.owner.session.take(), at: Date.now(), body };
    this.unsaved.set(`${session}/${chunk.seq}`, chunk);
    this.unsavedSize += body.length;
    if (body.length <= KEEPALIVE_BYTES) this.recent.set(chunk.seq, chunk);
    const [oldest] = this.recent.keys();
    if (oldest !== undefined && this.recent.size > MOST_RECENT) this.recent.delete(oldest);
    if (this.unsavedSize > MOST_UNSAVED && this.unsaved.size > FEW_CHUNKS) {
      this.owner.tell({ type: "dropped", reason: "storage", bytes: this.unsavedSize });
      this.unsaved.clear();
      this.unsavedSize = 0;
      this.owner.onFull();
      return;
    }
    this.work = this.work.then(() => this.save(chunk)).catch(() => undefined);
  }

  /** What was not sealed yet is not kept. */
  discard(): void {
    this.lines = [];
    this.size = 0;
    this.recent.clear();
  }

  /** Another session begins: what is in memory belongs to the one before. */
  turn(): void {
    this.seal();
    this.before.add(this.owner.session.id);
    this.recent.clear();
    this.filled = 0;
  }

  flush(): void {
    this.seal();
    this.work = this.work.then(() => this.bound()).catch(() => undefined);
    void this.work.then(() => this.pump());
  }

  /** The page goes, or may: nothing can be waited for. */
  leave(): void {
    this.seal();
    const unsaved = [...(this.store?.fleeting?.() ?? []), ...this.unsaved.values()];
    // Synchronous, and so the surest; the database may or may not take what is given to it now.
    const tail = unsaved.length > 0 ? JSON.stringify(unsaved) : null;
    Session.leave(tail && tail.length <= LONGEST_TAIL ? tail : null);
    for (const chunk of unsaved) this.store?.put(chunk).catch(() => undefined);
    if (this.isWaiting()) return;
    for (const chunk of this.recent.values()) {
      // What has no room stays where it is, for the next page.
      if (!fits(new TextEncoder().encode(chunk.body).length)) return;
      void send(this.options, chunk).then(async (outcome) => {
        if (outcome.kind === "had") await this.settle(chunk);
      });
    }
  }

  /** The server may be there again. */
  hurry(): void {
    this.waitUntil = 0;
    void this.pump();
  }

  /** All lines of this session that are still here. */
  async collect(): Promise<string> {
    this.seal();
    await this.work;
    const { id } = this.owner.session;
    let lines = "";
    for (const { session, seq } of await this.store.notes()) {
      if (session === id) lines += await expanded((await this.store.body(session, seq)) ?? "");
    }
    return lines;
  }

  /** Nothing more is sent. */
  close(): void {
    this.closed = true;
    clearTimeout(this.retry);
  }

  private async begin(): Promise<void> {
    this.store = await openStore();
    const tail = Session.left();
    if (!tail) return;
    try {
      for (const chunk of JSON.parse(tail) as Chunk[]) await this.store.put(chunk);
    } catch {
      // Not ours, or no room: the server is told of the gap.
    }
    if (this.unsaved.size === 0) Session.leave(null);
  }

  private async save(chunk: Chunk & { body: string }): Promise<void> {
    const key = `${chunk.session}/${chunk.seq}`;
    // Bytes do not fit into sessionStorage, where what goes with the page is left.
    const stored = { ...chunk, body: (this.store.fleeting ? null : await compressed(chunk.body, "gzip")) ?? chunk.body };
    try {
      await this.store.put(stored);
    } catch {
      // No room left by the browser's own measure.
      await this.drop((await this.store.notes()).filter(({ session }) => session !== chunk.session), "storage");
      await this.store.put(stored).catch(() => this.owner.tell({ type: "dropped", reason: "storage", seq: chunk.seq, bytes: chunk.body.length }));
    }
    if (this.unsaved.delete(key)) this.unsavedSize -= chunk.body.length;
    if (this.unsaved.size === 0) Session.leave(null);
  }

  /** Keeps what is stored within its bounds: the oldest sessions go first. */
  private async bound(): Promise<void> {
    const notes = await this.store.notes();
    const own = this.owner.session.id;
    const sessions = new Map<string, { last: number; bytes: number; notes: Note[] }>();
    for (const note of notes) {
      const session = sessions.get(note.session) ?? { last: 0, bytes: 0, notes: [] };
      session.last = Math.max(session.last, note.at);
      session.bytes += note.bytes;
      session.notes.push(note);
      sessions.set(note.session, session);
    }
    let total = notes.reduce((sum, { bytes }) => sum + bytes, 0);
    const now = Date.now();
    const longest = this.options.endpoint ? 7 * DAY_MS : DAY_MS;
    for (const [id, { last, bytes, notes }] of [...sessions].sort(([, a], [, b]) => a.last - b.last)) {
      if (id === own) continue;
      const unsent = notes.some(({ sent }) => !sent);
      if (total > this.options.storage) await this.drop(notes, "storage");
      else if (now - last > longest || (!unsent && now - last > DAY_MS)) await this.drop(notes, "age");
      else continue;
      total -= bytes;
    }
    if ((sessions.get(own)?.bytes ?? 0) > this.options.storage / 2) this.owner.onFull();
  }

  /** Removes chunks and says so, to the page and in the recording. */
  private async drop(notes: Note[], reason: string): Promise<void> {
    if (notes.length === 0) return;
    await this.store.remove(notes);
    const bytes = notes.reduce((sum, note) => sum + note.bytes, 0);
    const sessions = new Set(notes.map(({ session }) => session));
    for (const session of sessions) this.owner.tell({ type: "dropped", session, reason, bytes });
    if (notes.some(({ sent }) => !sent)) this.add(noteLine(Date.now(), { dropped: { sessions: sessions.size, chunks: notes.length, bytes, reason } }));
  }

  private isWaiting(): boolean {
    return this.closed || !this.options.endpoint || Date.now() < Math.max(this.waitUntil, this.owner.session.quietUntil);
  }

  /** Sends what is stored, one chunk after the other, until all is sent or the server is to be waited for. */
  private async pump(): Promise<void> {
    if (this.sending || this.isWaiting()) return;
    this.sending = true;
    try {
      for (let due = await this.due(); due.length > 0; due = await this.due()) {
        for (const note of due) {
          const body = await this.store.body(note.session, note.seq);
          // A note without a body: another tab had the same and has sent it.
          if (body === undefined) await this.store.remove([note]);
          else if (!(await this.act(note, await send(this.options, { ...note, body })))) break;
        }
        if (this.isWaiting()) return;
      }
    } catch {
      this.wait("storage");
    } finally {
      this.sending = false;
    }
  }

  /** The chunks to send next: of this session, else of one whose tab is gone. */
  private async due(): Promise<Note[]> {
    const unsent = (await this.store.notes()).filter(({ sent }) => !sent);
    const own = this.owner.session.id;
    const mine = unsent.filter(({ session }) => session === own);
    if (mine.length > 0) return mine;
    const fresh = new Set(unsent.filter(({ at }) => Date.now() - at < ORPHAN_AFTER_MS).map(({ session }) => session));
    const orphan = unsent.find(({ session }) => this.before.has(session) || !fresh.has(session));
    return unsent.filter(({ session }) => session === orphan?.session);
  }

  /** Whether to go on with the next one of the list: it may be another one now. */
  private async act(note: Note, outcome: Outcome): Promise<boolean> {
    const { session, seq } = note;
    if (outcome.kind !== "wait") this.failures = 0;
    switch (outcome.kind) {
      case "had":
        await this.settle(note);
        this.owner.tell({ type: "sent", session, seq });
        return !this.closed;
      case "gap":
        await this.fill(note, outcome.next);
        return false;
      case "wait":
        this.wait(outcome.reason, outcome.after, session);
        return false;
      case "too_large":
        this.owner.tell({ type: "dropped", session, seq, reason: "too_large", bytes: note.bytes });
        await this.store.put({ ...note, body: noteLine(note.at, { lost: seq, reason: "too_large" }) + "\n" });
        if (++this.filled > MOST_FILLED) await this.refuse(session, 413);
        return false;
      case "refused":
        await this.refuse(session, outcome.status);
        return false;
    }
  }

  /** The server lacks `next`. It gets it if it is here, and a note in its place if not: else the session would stand still for ever. */
  private async fill(note: Note, next: number): Promise<void> {
    const notes = (await this.store.notes()).filter(({ session }) => session === note.session);
    if (next > note.seq) {
      for (const had of notes.filter(({ seq }) => seq < next)) await this.settle(had);
      return;
    }
    if (next === note.seq || ++this.filled > MOST_FILLED) return this.refuse(note.session, 409);
    const again = notes.filter(({ seq }) => seq >= next && seq < note.seq);
    for (const one of again) await this.store.mark(one, false);
    if (again[0]?.seq !== next) {
      this.owner.tell({ type: "dropped", session: note.session, seq: next, reason: "lost" });
      await this.store.put({ session: note.session, seq: next, at: note.at, body: noteLine(note.at, { lost: next }) + "\n" });
    }
  }

  private async refuse(session: string, status: number): Promise<void> {
    await this.drop((await this.store.notes()).filter((note) => note.session === session && !note.sent), "refused");
    if (session === this.owner.session.id) this.owner.onRefused(status);
  }

  private async settle({ session, seq }: { session: string; seq: number }): Promise<void> {
    if (session === this.owner.session.id) this.recent.delete(seq);
    if (!this.options.keep) return this.store.remove([{ session, seq }]);
    const note = (await this.store.notes()).find((one) => one.session === session && one.seq === seq);
    if (note) await this.store.mark(note, true);
  }

  private wait(reason: string, after?: number, session?: string): void {
    const [shortest, longest] = this.options.backoff;
    const most = Math.min(longest, shortest * 2 ** Math.min(this.failures++, 20));
    // Jitter: browsers that were all cut off by one fault must not all come back at one moment. Never before the server said.
    const ms = Math.round(after === undefined ? most * (0.5 + Math.random() / 2) : after + Math.random() * shortest);
    this.waitUntil = Date.now() + ms;
    if (after !== undefined) this.owner.session.quietUntil = this.waitUntil;
    this.owner.tell({ type: "waiting", session, reason, after: ms });
    clearTimeout(this.retry);
    this.retry = setTimeout(() => this.hurry(), ms + 1);
  }
}
