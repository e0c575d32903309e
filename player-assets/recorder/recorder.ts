// Records this page with rrweb, and hands each event to the outbox as a line. Nothing here may throw into the page.
import { record } from "@rrweb/record";
import { pack } from "./archive";
import { consolePlugin } from "./console";
import { networkPlugin } from "./network";
import { settle, VERSION, type Notice, type Options } from "./options";
import { noteLine, Outbox, type Owner } from "./outbox";
import { Privacy } from "./privacy";
import { Session } from "./session";

type Recorded = { type: number; timestamp: number; data: Record<string, unknown> };
type Serialized = { id: number; tagName?: string; attributes?: Record<string, unknown>; childNodes?: Serialized[] };

/** Sources of incremental events that a person is behind: mouse, scroll, input, touch, drag, selection. */
const BY_HAND = new Set([1, 2, 3, 5, 6, 12, 14]);
/** All kinds of fields, so that rrweb asks for each. */
const FIELDS = { input: true, textarea: true, select: true, password: true } as const;
const LONGEST_LABEL = 500;

export class Recorder implements Owner {
  readonly session: Session;
  private readonly options: Options;
  private readonly privacy: Privacy;
  private readonly outbox: Outbox;
  private readonly undo: (() => void)[] = [];
  private href = "";
  private starts: unknown;
  private going = true;
  private gone = false;
  private turning = false;

  constructor(said: Partial<Options>) {
    this.options = settle(said);
    this.session = new Session(this.options.idle, this.options.longest);
    this.privacy = new Privacy(this.options);
    this.starts = { started: this.session.continued ? "page" : "session", version: VERSION };
    this.outbox = new Outbox(this.options, this);
    this.listen();
    this.undo.push(this.record() ?? (() => undefined));
    this.tell({ type: "started", reason: this.session.continued ? "page" : "session" });
  }

  get isGoing(): boolean {
    return this.going;
  }

  stop(reason = "asked", status?: number): void {
    if (!this.going) return;
    this.going = false;
    for (const one of this.undo.splice(0)) attempt(one);
    this.note({ stopped: reason, ...(status && { status }) });
    if (status) this.outbox.close();
    else this.outbox.flush();
    if (status) this.session.forget();
    else this.session.close();
    this.tell({ type: "stopped", reason, status });
  }

  mark(label: string): void {
    this.custom("mark", { label: String(label).slice(0, LONGEST_LABEL) });
  }

  identify(distinctId: string): void {
    const id = String(distinctId).slice(0, LONGEST_LABEL);
    this.session.person = id;
    this.custom("$identify", { distinct_id: id });
  }

  flush(): void {
    this.outbox.flush();
  }

  /** The session as a package; `null` where parts of it have been sent and not kept. */
  async pack(): Promise<Blob | null> {
    if (!this.options.keep) {
      this.tell({ type: "refused", reason: "what was sent is not kept: start with keep: true" });
      return null;
    }
    return pack(await this.outbox.collect(), this.session);
  }

  tell(notice: Omit<Notice, "session"> & { session?: string }): void {
    const detail = { ...notice, session: notice.session ?? this.session.id } as Notice;
    attempt(() => this.options.onEvent?.(detail));
    attempt(() => dispatchEvent(new CustomEvent("replayreel", { detail })));
  }

  onFull(): void {
    if (this.going) this.rotate("storage");
  }

  onRefused(status: number): void {
    this.stop("refused", status);
  }

  private record() {
    const { options, privacy } = this;
    const plugins = [
      ...(options.console ? [consolePlugin(privacy)] : []),
      ...(options.network ? [networkPlugin(options, privacy, () => this.gone)] : []),
    ];
    return record({
      emit: (event) => attempt(() => this.take(event as unknown as Recorded)),
      recordAfter: "DOMContentLoaded",
      blockSelector: privacy.blockSelector,
      ignoreSelector: privacy.ignoreSelector,
      maskTextSelector: privacy.maskTextSelector,
      maskInputOptions: { ...FIELDS, select: options.maskInputs } as typeof FIELDS,
      maskInputFn: privacy.field,
      recordCanvas: options.canvas,
      ...(options.canvas && { sampling: { canvas: 4 }, dataURLOptions: { type: "image/webp", quality: 0.6 } }),
      // Scripts and comments are no part of what is seen; tokens of the session stand in `meta`.
      slimDOMOptions: { script: true, comment: true, headFavicon: true, headMetaSocial: true, headMetaRobots: true, headMetaVerification: true },
      plugins: plugins as never,
      // rrweb's own slips are no errors of the page.
      errorHandler: () => true,
    });
  }

  private take(event: Recorded): void {
    if (!this.going) return;
    const { type, data, timestamp } = event;
    const byHand = type === 3 && BY_HAND.has(data.source as number);
    if (this.session.hasEnded(timestamp) && !this.turning) {
      // Until somebody does something again, there is nothing to look at.
      if (!byHand) return;
      this.rotate("ended");
      // Pointer moves are told with those of half a second before, which belong to no session; others come soon.
      if (data.source === 1 || data.source === 6) return;
      event.timestamp = Math.max(timestamp, Date.now());
    }
    if (byHand) this.session.touch(timestamp);
    if (type === 4) {
      data.href = this.href = this.privacy.url(location.href);
      // With the page rather than with the script: a session begins where there is something to see.
      if (this.starts) this.note(this.starts, timestamp);
      this.starts = undefined;
    } else this.follow(event.timestamp);
    this.scrub(event);
    this.outbox.add(JSON.stringify(event));
  }

  /** Pages that change their address without being loaded: told as PostHog tells it. */
  private follow(timestamp: number): void {
    const href = this.privacy.url(location.href);
    if (href === this.href || !this.href) return;
    this.href = href;
    this.outbox.add(JSON.stringify({ type: 5, data: { tag: "$url_changed", payload: { href } }, timestamp }));
  }

  private scrub({ type, data }: Recorded): void {
    const adds = type === 3 && data.source === 0 ? (data.adds as { node: Serialized }[]).map(({ node }) => node) : [];
    const rest = type === 2 ? [data.node as Serialized] : adds;
    for (let node = rest.pop(); node; node = rest.pop()) {
      if (node.childNodes) rest.push(...node.childNodes);
      const { tagName, attributes } = node;
      if (attributes && (tagName === "input" || tagName === "textarea")) {
        this.privacy.scrub({ attributes }, record.mirror.getNode(node.id) as Element | null);
      }
    }
  }

  /** Ends this session and begins another one, with a snapshot of its own. */
  private rotate(reason: string): void {
    if (this.turning) return;
    this.turning = true;
    try {
      const before = this.session.id;
      this.outbox.turn();
      this.session.rotate(Date.now());
      this.starts = { started: "session", version: VERSION, before, reason };
      record.takeFullSnapshot(true);
      if (this.session.person) this.custom("$identify", { distinct_id: this.session.person });
      this.tell({ type: "started", reason });
    } finally {
      this.turning = false;
    }
  }

  private custom(tag: string, payload: unknown): void {
    if (this.going) this.outbox.add(JSON.stringify({ type: 5, data: { tag, payload }, timestamp: Date.now() }));
  }

  private note(payload: unknown, at = Date.now()): void {
    this.outbox.add(noteLine(at, payload));
  }

  private listen(): void {
    const timer = setInterval(() => attempt(() => this.outbox.flush()), this.options.every);
    this.undo.push(() => clearInterval(timer));
    const on = (target: EventTarget, name: string, act: (event: Event) => void) => {
      const guarded = (event: Event) => attempt(() => act(event));
      target.addEventListener(name, guarded, true);
      this.undo.push(() => target.removeEventListener(name, guarded, true));
    };
    on(document, "visibilitychange", () => document.visibilityState === "hidden" && this.outbox.leave());
    on(window, "pagehide", () => {
      this.gone = true;
      this.outbox.leave();
      this.session.close();
    });
    on(window, "pageshow", (event) => {
      if (!(event as PageTransitionEvent).persisted) return;
      this.gone = false;
      // Other pages of the tab have numbered chunks since; what this one noted on its way out has no place behind theirs.
      this.outbox.discard();
      this.session.reopen();
      if (this.session.hasEnded(Date.now())) return this.rotate("ended");
      this.starts = { started: "page", version: VERSION };
      record.takeFullSnapshot(true);
    });
    on(window, "online", () => this.outbox.hurry());
  }
}

/** The page must not notice what goes wrong here. */
export function attempt(act: () => void): void {
  try {
    act();
  } catch {
    // Nobody to tell: the console is the page's.
  }
}
