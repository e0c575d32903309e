// Chunks that wait for the server, or for a download, in IndexedDB. Where there is none (some private windows), in memory.

export interface Chunk {
  session: string;
  seq: number;
  /** When it was made, ms since 1970. */
  at: number;
  /** JSON lines: as text, or compressed by gzip. */
  body: string | Uint8Array<ArrayBuffer>;
}

/** All of a chunk but its body, so that counting reads no bodies. */
export interface Note {
  session: string;
  seq: number;
  at: number;
  bytes: number;
  sent: boolean;
}

const BODIES = "bodies";
const NOTES = "notes";
type Numbered = Pick<Note, "session" | "seq">;
type Key = [session: string, seq: number];

export interface Store {
  put(chunk: Chunk): Promise<void>;
  body(session: string, seq: number): Promise<Chunk["body"] | undefined>;
  notes(): Promise<Note[]>;
  /** The chunks that are not sent and go with the page; a database has none. */
  fleeting?(): Chunk[];
  /** `sent` are kept and not sent again. */
  mark(note: Note, sent: boolean): Promise<void>;
  remove(keys: Numbered[]): Promise<void>;
}

function noteOf({ session, seq, at, body }: Chunk): Note {
  return { session, seq, at, bytes: body.length, sent: false };
}

class Database implements Store {
  constructor(private readonly db: IDBDatabase) {}

  static open(): Promise<Database> {
    return new Promise((resolve, reject) => {
      const asked = indexedDB.open("replayreel", 1);
      asked.onupgradeneeded = () => {
        for (const name of [BODIES, NOTES]) asked.result.createObjectStore(name, { keyPath: ["session", "seq"] });
      };
      asked.onsuccess = () => {
        // Another tab with a newer recorder wants to change it.
        asked.result.onversionchange = () => asked.result.close();
        resolve(new Database(asked.result));
      };
      asked.onerror = asked.onblocked = () => reject(asked.error ?? new Error("blocked"));
    });
  }

  put(chunk: Chunk): Promise<void> {
    return this.change((bodies, notes) => {
      const { session, seq, body } = chunk;
      bodies.put({ session, seq, body });
      notes.put(noteOf(chunk));
    });
  }

  async body(session: string, seq: number): Promise<Chunk["body"] | undefined> {
    const row = await this.ask<{ body: Chunk["body"] } | undefined>(BODIES, (bodies) => bodies.get([session, seq] satisfies Key));
    return row?.body;
  }

  notes(): Promise<Note[]> {
    return this.ask<Note[]>(NOTES, (notes) => notes.getAll());
  }

  mark(note: Note, sent: boolean): Promise<void> {
    return this.change((_, notes) => notes.put({ ...note, sent }));
  }

  remove(keys: Numbered[]): Promise<void> {
    return this.change((bodies, notes) => {
      for (const { session, seq } of keys) {
        bodies.delete([session, seq] satisfies Key);
        notes.delete([session, seq] satisfies Key);
      }
    });
  }

  private change(how: (bodies: IDBObjectStore, notes: IDBObjectStore) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const transaction = this.db.transaction([BODIES, NOTES], "readwrite");
      transaction.oncomplete = () => resolve();
      transaction.onerror = transaction.onabort = () => reject(transaction.error ?? new Error("aborted"));
      how(transaction.objectStore(BODIES), transaction.objectStore(NOTES));
      // Pages that go away wait for nothing: begun now rather than when the browser finds the transaction unused.
      transaction.commit?.();
    });
  }

  private ask<T>(name: string, how: (store: IDBObjectStore) => IDBRequest): Promise<T> {
    return new Promise((resolve, reject) => {
      const asked = how(this.db.transaction(name).objectStore(name)) as IDBRequest<T>;
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
  }
}

class Memory implements Store {
  private readonly rows = new Map<string, { note: Note; body: Chunk["body"] }>();

  async put(chunk: Chunk): Promise<void> {
    this.rows.set(`${chunk.session}/${chunk.seq}`, { note: noteOf(chunk), body: chunk.body });
  }

  async body(session: string, seq: number): Promise<Chunk["body"] | undefined> {
    return this.rows.get(`${session}/${seq}`)?.body;
  }

  async notes(): Promise<Note[]> {
    return [...this.rows.values()].map(({ note }) => note).sort((a, b) => (a.session < b.session ? -1 : a.session > b.session ? 1 : a.seq - b.seq));
  }

  fleeting(): Chunk[] {
    return [...this.rows.values()].filter(({ note }) => !note.sent).map(({ note: { session, seq, at }, body }) => ({ session, seq, at, body }));
  }

  async mark(note: Note, sent: boolean): Promise<void> {
    const row = this.rows.get(`${note.session}/${note.seq}`);
    if (row) row.note = { ...note, sent };
  }

  async remove(keys: Numbered[]): Promise<void> {
    for (const { session, seq } of keys) this.rows.delete(`${session}/${seq}`);
  }
}

export async function openStore(): Promise<Store> {
  try {
    return await Database.open();
  } catch {
    return new Memory();
  }
}
