// A shared page: chapters seek, and the next recording follows.
import { player } from "./player.js";

const video = player();
const next = document.querySelector("#player")?.dataset.next;
if (video && next) {
  video.addEventListener("ended", () => location.assign(`${next}#play`));
}
if (video && location.hash === "#play") video.play().catch(() => {});
