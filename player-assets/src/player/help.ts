// Which key does what, as a dialog.
import { make } from "./build";

const KEYS: [string, string][] = [
  ["space, k", "play or pause"],
  ["← →", "5 seconds back or on"],
  ["shift ← →", "30 seconds back or on"],
  [", .", "one event back or on"],
  ["Home, End", "beginning, end"],
  ["0 … 9", "0 % to 90 %"],
  ["- +", "slower, faster"],
  ["i", "skip idle time, or not"],
  ["p", "panel"],
  ["c", "copy a link to this moment"],
  ["f", "full screen"],
  ["?", "this list"],
];

/** The dialog, closed. */
export function help(): HTMLDialogElement {
  const rows = KEYS.map(([keys, does]) => make("tr", {}, make("th", { scope: "row" }, keys), make("td", {}, does)));
  const dialog = make(
    "dialog",
    { class: "help", "aria-labelledby": "help-title" },
    make("h2", { id: "help-title" }, "Keyboard"),
    make("table", {}, make("tbody", {}, ...rows)),
    make("button", { type: "button", class: "text-button", onclick: () => dialog.close() }, "Close"),
  );
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  return dialog;
}
