// `<replay-reel>`: a player as an element of any page. docs/player.md says what can be asked of it.
import type { Report } from "./engine";
import type { Pane } from "./panel";
import { PANES } from "./panel";
import type { Change } from "./player";
import { openPackage } from "./recording";
import css from "./style.css";
import { parseTime, timeOfHash } from "./time";
import { press } from "./keys";
import { View } from "./view";
import { PackageProblem } from "./zip";

const EVENTS: Record<Change, string> = { time: "timeupdate", play: "play", pause: "pause", ended: "ended", rate: "ratechange" };
/** Packages larger than this are not read, bytes. */
const LARGEST = 2 ** 30;

/** What a player can be given: a package. */
export type Source = ArrayBuffer | Uint8Array | Blob;

/** See above. Times of its properties are seconds. */
export class ReplayReel extends HTMLElement {
  static readonly observedAttributes = ["src", "theme", "speed", "skip-idle", "panel"];
  private readonly view: View;
  private given: Source | null = null;
  private opening = 0;
  private loading: AbortController | null = null;
  private readonly followHash = () => this.showHash();
  private readonly followKeys = (event: KeyboardEvent) => {
    const inside = event.composedPath().includes(this);
    if (!inside && !(this.hasAttribute("keys") && event.target === document.body)) return;
    if (press(event, this.view)) event.preventDefault();
  };

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
    this.view = new View({
      changed: (change) => this.dispatchEvent(new Event(EVENTS[change])),
      link: (at) => this.linkTo(at),
      theme: () => this.setAttribute("theme", this.isDark() ? "light" : "dark"),
    });
    root.append(this.view.element);
  }

  connectedCallback(): void {
    document.addEventListener("keydown", this.followKeys);
    addEventListener("hashchange", this.followHash);
    if (this.given) void this.load(this.given);
    else if (this.src) void this.load(this.src);
  }

  disconnectedCallback(): void {
    document.removeEventListener("keydown", this.followKeys);
    removeEventListener("hashchange", this.followHash);
    this.opening++;
    this.loading?.abort();
    this.view.close();
  }

  attributeChangedCallback(name: string, before: string | null, value: string | null): void {
    if (before === value) return;
    if (name === "src" && value !== null && this.isConnected) void this.load(value);
    if (name === "speed" && this.view.player) this.view.player.speed = Number(value ?? 1);
    if (name === "skip-idle") this.view.setSkip(value !== null);
    if (name === "panel") this.view.showPanel(value !== "none", PANES.includes(value as Pane) ? (value as Pane) : undefined);
  }

  /** Address of a package. */
  get src(): string {
    return this.getAttribute("src") ?? "";
  }

  set src(address: string) {
    this.setAttribute("src", address);
  }

  /** A package that is there already. */
  get source(): Source | null {
    return this.given;
  }

  set source(source: Source | null) {
    this.given = source;
    if (source && this.isConnected) void this.load(source);
    else if (!source) this.view.close();
  }

  /** Session time, seconds. */
  get currentTime(): number {
    return (this.view.player?.at ?? 0) / 1e6;
  }

  set currentTime(seconds: number) {
    void this.seek(seconds);
  }

  /** The end of the session, seconds. */
  get duration(): number {
    return this.view.player ? this.view.player.end / 1e6 : Number.NaN;
  }

  get paused(): boolean {
    return !this.view.player?.playing;
  }

  get playbackRate(): number {
    return this.view.player?.speed ?? 1;
  }

  set playbackRate(rate: number) {
    if (this.view.player) this.view.player.speed = rate;
  }

  get skipIdle(): boolean {
    return this.view.skipsIdle;
  }

  set skipIdle(skip: boolean) {
    this.view.setSkip(skip);
  }

  play(): void {
    this.view.player?.play();
  }

  pause(): void {
    this.view.player?.pause();
  }

  /** Shows a moment, seconds. Resolves when it is shown. */
  async seek(seconds: number): Promise<void> {
    await this.view.player?.seek(seconds * 1e6);
  }

  /** The document of the page as it stands: inert, and gone with the next full snapshot. */
  get page(): Document | null {
    return this.view.player?.film.page() ?? null;
  }

  /** What could not be shown so far, and what the page was refused. */
  get report(): (Report & { unread: number }) | null {
    return this.view.player?.film.report() ?? null;
  }

  private async load(from: string | Source): Promise<void> {
    const turn = ++this.opening;
    this.loading?.abort();
    this.view.close();
    this.view.say("Opening the recording…");
    try {
      const bytes = await this.bytesOf(from);
      if (turn !== this.opening) return;
      const recording = await openPackage(bytes, (done) => this.view.say(`Opening the recording… ${Math.round(done * 100)} %`));
      if (turn !== this.opening) return;
      const player = this.view.open(recording, this.getAttribute("label") ?? "");
      player.speed = Number(this.getAttribute("speed") ?? 1) || 1;
      this.view.setSkip(this.hasAttribute("skip-idle") || this.view.skipsIdle);
      const at = (this.hasAttribute("hash") ? timeOfHash(location.hash, player.end) : null) ?? parseTime(this.getAttribute("at") ?? "", player.end);
      await player.seek(at ?? player.start);
      if (turn !== this.opening) return;
      this.dispatchEvent(new Event("ready"));
      if (this.hasAttribute("autoplay")) player.play();
    } catch (problem) {
      if (turn !== this.opening) return;
      const why = problem instanceof PackageProblem ? problem.message : "it could not be read";
      this.view.say(`This recording cannot be played: ${why}.`, true);
      this.dispatchEvent(new CustomEvent("error", { detail: { message: why, cause: problem } }));
    }
  }

  private async bytesOf(from: string | Source): Promise<Uint8Array> {
    if (from instanceof Uint8Array) return from;
    if (from instanceof ArrayBuffer) return new Uint8Array(from);
    if (from instanceof Blob) return new Uint8Array(await from.arrayBuffer());
    this.loading = new AbortController();
    const answer = await fetch(from, { signal: this.loading.signal }).catch(() => {
      throw new PackageProblem("it could not be fetched");
    });
    if (!answer.ok) throw new PackageProblem(`it could not be fetched (status ${answer.status})`);
    const bytes = new Uint8Array(await answer.arrayBuffer());
    if (bytes.length > LARGEST) throw new PackageProblem("it is larger than 1 GB");
    return bytes;
  }

  private showHash(): void {
    const { player } = this.view;
    const at = this.hasAttribute("hash") && player ? timeOfHash(location.hash, player.end) : null;
    if (at !== null) void player?.seek(at);
  }

  private linkTo(at: string): string {
    const link = new URL(location.href);
    link.hash = `t=${at}`;
    return link.href;
  }

  private isDark(): boolean {
    const theme = this.getAttribute("theme");
    return theme === "dark" || (theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  }
}
