// One render: progress as it comes, the player, the link. Without it, the page reloads itself and forms do the same.
import { player } from "./player.js";
import { stills } from "./still.js";

const said = document.querySelector("#said");
const phases = {
  fetching: "Fetching the recording",
  preparing: "Reading the recording",
  rendering: "Rendering",
  uploading: "Storing the files",
};

let events;
begin();

function begin() {
  const root = document.querySelector("#render");
  if (!root) return;
  if (["queued", "running"].includes(root.dataset.state)) follow(root);
  stills(root, root.dataset.id, player(root));
  share(root);
}

function follow(root) {
  events?.close();
  events = new EventSource(`/v1/renders/${root.dataset.id}/events`);
  let told = "";
  let decile = 0;
  events.addEventListener("render", (event) => {
    const render = JSON.parse(event.data);
    if (!["queued", "running"].includes(render.state)) {
      events.close();
      return adopt();
    }
    const badge = root.querySelector(".badge");
    const state = render.cancel_requested ? "Stopping" : render.state === "queued" ? "Waiting" : "Rendering";
    badge.textContent = state;
    badge.className = `badge ${render.state}`;
    const progress = render.state === "running" ? render.progress : null;
    const waiting = render.attempt > 0 ? "Waiting for another try" : "Waiting for its turn";
    const phase = render.cancel_requested ? "Stopping" : progress ? phases[progress.phase] ?? progress.phase : render.state === "queued" ? waiting : "Starting";
    root.querySelector("#phase").textContent = phase;
    root.querySelector("#left").textContent = progress?.left_ms == null || phase !== "Rendering" ? "" : left(progress.left_ms / 1000);
    const bar = root.querySelector("#bar");
    if (progress) bar.value = 100 * progress.ratio;
    else bar.removeAttribute("value");
    // Once per phase and tenth: more would drown out everything else.
    const tenth = progress ? Math.floor(progress.ratio * 10) : 0;
    if (phase !== told || tenth > decile) {
      said.textContent = tenth > 0 ? `${phase}, ${tenth * 10} percent` : phase;
      [told, decile] = [phase, tenth];
    }
  });
}

function left(seconds) {
  if (seconds < 5) return "a few seconds left";
  if (seconds < 60) return `about ${Math.ceil(seconds / 5) * 5} seconds left`;
  if (seconds < 90) return "about a minute left";
  if (seconds < 5400) return `about ${Math.round(seconds / 60)} minutes left`;
  return `about ${Math.round(seconds / 3600)} hours left`;
}

/** The page as it is now, in place of what it was. */
async function adopt() {
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) throw new Error("elsewhere");
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const root = document.importNode(fresh.querySelector("#render"), true);
    document.querySelector("#render").replaceWith(root);
    said.textContent = root.querySelector(".badge").textContent;
    begin();
  } catch {
    location.reload();
  }
}

function share(root) {
  const form = root.querySelector("#share");
  form?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    const area = root.querySelector("#copied");
    const note = root.querySelector("#copied-note");
    const field = root.querySelector("#link");
    const show = (text) => {
      area.hidden = false;
      note.textContent = said.textContent = text;
    };
    button.disabled = true;
    try {
      if (!field.value) {
        const answer = await fetch("/v1/shares", {
          method: "POST",
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify({ renders: [root.dataset.id], title: [...root.dataset.name].slice(0, 200).join("") }),
        });
        const made = await answer.json();
        if (!answer.ok) throw new Error(made.detail);
        field.value = new URL(made.url, location.href).href;
      }
      try {
        await navigator.clipboard.writeText(field.value);
        show("Copied. It works for 30 days, without a key.");
      } catch {
        area.hidden = false;
        field.select();
        show("Copy it from here. It works for 30 days, without a key.");
      }
    } catch (error) {
      show(`There is no link: ${error.message}`);
    }
    button.disabled = false;
  });
}
