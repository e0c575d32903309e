// The player as it is seen: stage, controls, panel.
import { ICONS, icon, iconButton, make, relabel } from "./build";
import type { Shown } from "./film";
import { help } from "./help";
import { Overlay } from "./overlay";
import { Panel, type Pane } from "./panel";
import { type Change, Player, SPEEDS } from "./player";
import type { Recording } from "./recording";
import { Scrubber } from "./scrubber";
import { clock, exact } from "./time";
import { Tree } from "./tree";

/** Presses are shown only at speeds at which they can be seen. */
const FASTEST_PRESS = 4;

/** What the view cannot decide itself. */
export interface Surroundings {
  changed(change: Change): void;
  /** A link to a moment (`1:20`). */
  link(at: string): string;
  theme(): void;
}

/** See above. */
export class View {
  readonly element: HTMLElement;
  player: Player | null = null;
  private readonly holder = make("div", { class: "holder", inert: true });
  private readonly overlay = new Overlay();
  private readonly page = make("div", { class: "page", role: "img", "aria-label": "The recorded page" }, this.holder, this.overlay.element);
  private readonly message = make("div", { class: "message", role: "status" });
  private readonly big = make("button", { type: "button", class: "big", "aria-label": "Play", onclick: () => this.toggle() }, icon(ICONS.play));
  private readonly stage = make("div", { class: "stage", part: "stage", tabIndex: -1 }, this.page, this.big, this.message);
  private readonly title = make("h1", { class: "title", part: "title" });
  private readonly address = make("p", { class: "address" });
  private readonly windows = make("select", { class: "windows", "aria-label": "Window (tab)", onchange: () => this.chooseWindow() });
  private readonly playButton = iconButton("Play", ICONS.play, () => this.toggle(), "space");
  private readonly time = make("span", { class: "clock" });
  private readonly scrubber = new Scrubber((at) => void this.player?.seek(at));
  private readonly speed = make("select", { class: "speed", "aria-label": "Speed", onchange: () => this.player && (this.player.speed = Number(this.speed.value)) });
  private readonly skip = make("input", { type: "checkbox", onchange: () => this.setSkip(this.skip.checked) });
  private readonly fullButton = iconButton("Full screen", ICONS.full, () => this.toggleFull(), "f");
  private readonly panelButton = iconButton("Panel", ICONS.panel, () => this.showPanel(this.element.classList.contains("narrowed")), "p");
  private readonly status = make("div", { class: "unseen", role: "status", "aria-live": "polite" });
  private readonly tree: Tree;
  private readonly panel: Panel;
  private readonly help = help();
  private viewport = { width: 1024, height: 768 };
  private shownWindow = "";
  /** Moments asked for: from the second one on, nothing stands before the page. */
  private asked = 0;

  constructor(private readonly around: Surroundings) {
    this.tree = new Tree(
      (node) => this.outline(node),
      () => this.save(),
      () => this.lookAtPage(),
    );
    this.panel = new Panel(
      (at) => void this.player?.seek(at),
      this.tree,
      (pane) => pane === "page" && this.lookAtPage(),
    );
    for (const speed of SPEEDS) this.speed.append(make("option", { value: String(speed) }, `${speed}×`));
    this.speed.value = "1";
    const themeButton = iconButton("Light or dark", ICONS.theme, () => around.theme());
    const helpButton = iconButton("Keyboard", ICONS.help, () => this.help.showModal(), "?");
    const linkButton = iconButton("Copy a link to this moment", ICONS.link, () => void this.copyLink(), "c");
    const heading = make("header", { class: "heading" }, make("div", { class: "names" }, this.title, this.address), this.windows, helpButton, themeButton, this.panelButton);
    const controls = make(
      "div",
      { class: "controls", part: "controls", role: "group", "aria-label": "Controls" },
      this.scrubber.element,
      make(
        "div",
        { class: "buttons" },
        this.playButton,
        this.time,
        make("span", { class: "gap" }),
        make("label", { class: "skip" }, this.skip, "Skip idle"),
        this.speed,
        linkButton,
        this.fullButton,
      ),
    );
    this.fullButton.hidden = !document.fullscreenEnabled;
    this.element = make("div", { class: "app" }, heading, this.stage, controls, this.panel.element, this.status, this.help);
    this.stage.addEventListener("click", (event) => event.target !== this.big && !this.big.contains(event.target as Node) && this.toggle());
    new ResizeObserver(() => this.fit()).observe(this.stage);
    this.showPanel(true);
    this.say("");
  }

  /** Shows a text in the stage's middle; empty: none. */
  say(text: string, isProblem = false): void {
    this.message.textContent = text;
    this.message.hidden = text === "";
    this.message.classList.toggle("problem", isProblem);
    this.big.hidden = text !== "" || this.player === null || this.asked > 1;
  }

  /** Takes a recording. */
  open(recording: Recording, title: string): Player {
    this.close();
    const player = new Player(recording, this.holder, {
      shown: (shown) => this.shown(shown),
      resized: (viewport) => this.resize(viewport),
      changed: (change) => this.changed(change),
    });
    this.player = player;
    const { session } = recording.manifest;
    this.title.textContent = title || (session?.id ? `Session ${String(session.id).slice(0, 60)}` : "Session recording");
    this.windows.replaceChildren(make("option", { value: "" }, "Follow the person"));
    let count = 0;
    for (const tab of recording.tabs.values()) {
      count++;
      if (tab.score.start === null) continue;
      const option = make("option", {}, `Window ${count}`);
      option.value = ` ${tab.id}`;
      this.windows.append(option);
    }
    this.windows.hidden = this.windows.options.length < 3;
    this.scrubber.open(recording.start, recording.end, recording.index);
    this.panel.open(recording.index);
    this.say("");
    return player;
  }

  /** Lets go of the recording. */
  close(): void {
    this.player?.close();
    this.player = null;
    this.holder.replaceChildren();
    this.overlay.move(null);
    this.outline(null);
    this.shownWindow = "";
    this.asked = 0;
  }

  private shown({ at, window, pointer, marks, title }: Shown): void {
    this.overlay.move(pointer);
    const player = this.player;
    if (player?.playing && player.speed <= FASTEST_PRESS) this.overlay.press(marks);
    this.page.setAttribute("aria-label", `The recorded page${title ? `, ${title}` : ""}, at ${clock(at)}`);
    const pages = player?.recording.manifest.session?.pages;
    const page = Array.isArray(pages) ? pages.findLast((one) => one.window === window && one.at_ms * 1000 <= at) : undefined;
    const url = String(page?.url ?? "").slice(0, 300);
    this.address.textContent = title && url ? `${title} · ${url}` : title || url;
    if (this.shownWindow !== window) {
      this.shownWindow = window;
      this.outline(null);
    }
    if (this.panel.pane === "page" && !player?.playing) this.lookAtPage();
  }

  private resize(viewport: { width: number; height: number }): void {
    this.viewport = viewport;
    this.fit();
  }

  /** The page as large as the stage has room for. */
  private fit(): void {
    const { clientWidth, clientHeight } = this.stage;
    const { width, height } = this.viewport;
    if (clientWidth === 0 || clientHeight === 0 || width === 0 || height === 0) return;
    const scale = Math.min(clientWidth / width, clientHeight / height, 2);
    this.holder.style.transform = `scale(${scale})`;
    Object.assign(this.page.style, { width: `${width * scale}px`, height: `${height * scale}px` });
    this.overlay.resize(scale);
  }

  private changed(change: Change): void {
    const player = this.player;
    if (!player) return;
    if (change === "time" || change === "play") {
      this.asked += change === "play" ? 2 : 1;
      this.big.hidden = this.asked > 1;
    }
    if (change === "time") {
      this.scrubber.show(player.at);
      this.panel.show(player.at);
      this.time.textContent = `${clock(player.at)} / ${clock(player.end)}`;
    }
    if (change === "rate") {
      const value = String(player.speed);
      if (![...this.speed.options].some((option) => option.value === value)) this.speed.append(make("option", { value }, `${value}×`));
      this.speed.value = value;
    }
    if (change === "play" || change === "pause" || change === "ended") {
      const ended = player.at >= player.end;
      if (player.playing) relabel(this.playButton, "Pause", ICONS.pause, "space");
      else relabel(this.playButton, ended ? "Play again" : "Play", ended ? ICONS.again : ICONS.play, "space");
      this.element.classList.toggle("playing", player.playing);
      if (change === "pause" && this.panel.pane === "page") this.lookAtPage();
    }
    this.around.changed(change);
  }

  toggle(): void {
    if (this.player?.playing) this.player.pause();
    else this.player?.play();
  }

  setSkip(skip: boolean): void {
    this.skip.checked = skip;
    if (this.player) this.player.skipIdle = skip;
  }

  get skipsIdle(): boolean {
    return this.skip.checked;
  }

  /** Opens or closes the panel, or opens one of its lists. */
  showPanel(shown: boolean, pane?: Pane): void {
    this.element.classList.toggle("narrowed", !shown);
    this.panelButton.setAttribute("aria-pressed", String(shown));
    if (pane) this.panel.choose(pane);
  }

  toggleFull(): void {
    if (document.fullscreenElement) void document.exitFullscreen();
    else void this.element.requestFullscreen?.().catch(() => undefined);
  }

  async copyLink(): Promise<void> {
    const link = this.around.link(exact(this.player?.at ?? 0));
    let copied = false;
    try {
      await navigator.clipboard.writeText(link);
      copied = true;
    } catch {
      copied = this.copyByHand(link);
    }
    this.status.textContent = "";
    this.tell(copied ? "Link copied" : link);
  }

  /** Where a page has no clipboard: files, and pages that are not secure. */
  private copyByHand(text: string): boolean {
    const field = make("textarea", { class: "unseen", value: text });
    this.element.append(field);
    field.select();
    const copied = document.execCommand("copy");
    field.remove();
    return copied;
  }

  private tell(text: string): void {
    this.status.textContent = text;
    this.status.classList.add("told");
    setTimeout(() => this.status.classList.remove("told"), 2000);
  }

  showHelp(): void {
    if (this.help.open) this.help.close();
    else this.help.showModal();
  }

  private chooseWindow(): void {
    void this.player?.choose(this.windows.value === "" ? null : this.windows.value.slice(1));
  }

  private lookAtPage(): void {
    const player = this.player;
    if (!player) return this.tree.open(null, "");
    this.tree.open(player.film.page(), player.playing ? `As it was at ${clock(player.at)}. Pause to follow.` : `At ${clock(player.at)}`);
  }

  private outline(node: Node | null): void {
    const element = node?.nodeType === 3 ? node.parentElement : (node as Element | null);
    if (!element?.getBoundingClientRect || !element.isConnected) return this.overlay.outline(null);
    const { left, top, width, height } = element.getBoundingClientRect();
    this.overlay.outline({ left, top, width, height });
  }

  /** The page as a file that does nothing. */
  private save(): void {
    const html = this.player?.film.write();
    if (!html) return;
    const url = URL.createObjectURL(new Blob([html], { type: "text/html" }));
    make("a", { href: url, download: `page-${exact(this.player?.at ?? 0).replaceAll(":", "-")}.html` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  }
}
