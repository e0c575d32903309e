// Which session this tab is in. It lives in sessionStorage, so that it goes on after a reload and ends with the tab.

interface State {
  id: string;
  startedAt: number;
  activeAt: number;
  /** Number of the next chunk. */
  next: number;
  person?: string;
  /** The server asked to be left alone until then, ms since 1970. */
  quietUntil?: number;
}

const STATE = "replayreel";
/** Set while a page of this tab records. A copied tab has it too, and so knows that the session is somebody else's. */
const OPEN = "replayreel.open";
/** Chunks that no database had yet when the page went away. */
const TAIL = "replayreel.tail";

function read(key: string): string | null {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key: string, value: string | null): boolean {
  try {
    if (value === null) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, value);
    return true;
  } catch {
    return false;
  }
}

/** 128 random bits, as the service's other ids: `ses_` and 32 hexadecimal digits. */
function fresh(now: number): State {
  const bits = crypto.getRandomValues(new Uint8Array(16));
  const id = "ses_" + Array.from(bits, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return { id, startedAt: now, activeAt: now, next: 0 };
}

function parse(text: string | null): State | undefined {
  try {
    const state = JSON.parse(text ?? "null") as State | null;
    const whole = state && /^ses_[0-9a-f]{32}$/.test(state.id) && [state.startedAt, state.activeAt, state.next].every(Number.isSafeInteger);
    return whole ? state : undefined;
  } catch {
    return undefined;
  }
}

export class Session {
  private state: State;
  /** Whether it was begun by an earlier page of this tab. */
  readonly continued: boolean;
  private wroteAt = 0;

  constructor(
    private readonly idle: number,
    private readonly longest: number,
  ) {
    const now = Date.now();
    const before = read(OPEN) === null ? parse(read(STATE)) : undefined;
    this.continued = before !== undefined && !this.isOver(before, now);
    this.state = this.continued ? (before as State) : fresh(now);
    this.open();
  }

  get id(): string {
    return this.state.id;
  }

  get person(): string | undefined {
    return this.state.person;
  }

  set person(person: string | undefined) {
    this.state.person = person;
    this.save();
  }

  get quietUntil(): number {
    return this.state.quietUntil ?? 0;
  }

  set quietUntil(until: number) {
    this.state.quietUntil = until;
    this.save();
  }

  /** The number of a new chunk. It is noted before it is used: a number that is given twice would make one of two chunks vanish. */
  take(): number {
    const seq = this.state.next++;
    this.save();
    return seq;
  }

  /** Whether nobody did anything for so long, or it lasted so long, that what comes next is another session. */
  hasEnded(now: number): boolean {
    return this.isOver(this.state, now);
  }

  touch(now: number): void {
    this.state.activeAt = now;
    // Pointer moves come by the dozen a second.
    if (now - this.wroteAt > 1_000) this.save();
  }

  rotate(now: number): void {
    const { person, quietUntil } = this.state;
    this.state = { ...fresh(now), person, quietUntil };
    this.save();
  }

  /** A page is back from the browser's cache: other pages of the tab have gone on meanwhile. */
  reopen(): void {
    this.state = parse(read(STATE)) ?? fresh(Date.now());
    this.open();
  }

  private open(): void {
    write(OPEN, "1");
    this.save();
  }

  close(): void {
    this.save();
    write(OPEN, null);
  }

  /** The next page of this tab begins another one. */
  forget(): void {
    write(STATE, null);
    write(OPEN, null);
  }

  /** What could not be stored before the page goes. Whether there was room. */
  static leave(tail: string | null): boolean {
    return write(TAIL, tail);
  }

  static left(): string | null {
    return read(TAIL);
  }

  private save(): void {
    this.wroteAt = Date.now();
    write(STATE, JSON.stringify(this.state));
  }

  private isOver(state: State, now: number): boolean {
    return now - state.activeAt > this.idle || now - state.startedAt > this.longest || now < state.startedAt - 60_000;
  }
}
