// The one script of the player: defines the element, and in a file of `replayreel player` gives it the package that stands there.
import { ReplayReel } from "./element";

if (!customElements.get("replay-reel")) customElements.define("replay-reel", ReplayReel);

const packed = document.getElementById("replay-package");
const player = document.querySelector("replay-reel");
if (packed?.localName === "script" && packed.getAttribute("type") === "application/octet-stream" && player instanceof ReplayReel) {
  // The text is let go of at once: it is a third larger than the package.
  const text = packed.textContent ?? "";
  packed.remove();
  player.source = decode(text);
}

/** Base64 in pieces, so that a long one needs no second copy. */
function decode(text: string): Uint8Array {
  const clean = text.trim();
  const padding = clean.endsWith("==") ? 2 : clean.endsWith("=") ? 1 : 0;
  const bytes = new Uint8Array((clean.length / 4) * 3 - padding);
  const PIECE = 4 * 65_536;
  for (let at = 0, to = 0; at < clean.length; at += PIECE) {
    const piece = atob(clean.slice(at, at + PIECE));
    for (let index = 0; index < piece.length; index++) bytes[to++] = piece.charCodeAt(index);
  }
  return bytes;
}
