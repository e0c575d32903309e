// What keys do.
import { SPEEDS } from "./player";
import type { View } from "./view";

const SECOND = 1_000_000;

/** Does what a key asks for; false: it is not ours. */
export function press(event: KeyboardEvent, view: View): boolean {
  const { player } = view;
  const target = event.composedPath()[0] as HTMLElement | undefined;
  if (!player || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return false;
  const name = target?.localName ?? "";
  const isRange = name === "input" && (target as HTMLInputElement).type === "range";
  if ((name === "input" && !isRange && (target as HTMLInputElement).type !== "checkbox") || name === "textarea" || name === "select") return false;
  // Buttons are pressed by the same key.
  if ((event.key === " " || event.key === "Enter") && (name === "button" || name === "input") && !isRange) return false;
  const seek = (at: number) => void player.seek(at);
  const step = (event.shiftKey ? 30 : 5) * SECOND;
  switch (event.key) {
    case " ":
    case "k":
      view.toggle();
      break;
    case "ArrowLeft":
      seek(player.at - step);
      break;
    case "ArrowRight":
      seek(player.at + step);
      break;
    case ",":
      player.step(-1);
      break;
    case ".":
      player.step(1);
      break;
    case "Home":
      seek(player.start);
      break;
    case "End":
      seek(player.end);
      break;
    case "+":
      player.speed = SPEEDS.find((speed) => speed > player.speed) ?? player.speed;
      break;
    case "-":
      player.speed = SPEEDS.findLast((speed) => speed < player.speed) ?? player.speed;
      break;
    case "i":
      view.setSkip(!view.skipsIdle);
      break;
    case "p":
      view.showPanel(view.element.classList.contains("narrowed"));
      break;
    case "c":
      void view.copyLink();
      break;
    case "f":
      view.toggleFull();
      break;
    case "?":
      view.showHelp();
      break;
    default:
      if (!/^[0-9]$/.test(event.key)) return false;
      seek(player.start + ((player.end - player.start) * Number(event.key)) / 10);
  }
  return true;
}
