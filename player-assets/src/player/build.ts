// Elements made by hand: text goes in as text, whatever it says.

type Properties = Record<string, unknown>;

/** Makes an element. `on…` are listeners, `class` and names with a dash are attributes, all else are properties. */
export function make<K extends keyof HTMLElementTagNameMap>(tag: K, properties: Properties = {}, ...children: (Node | string)[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value as EventListener);
    else if (name === "class" || name === "role" || name.includes("-")) element.setAttribute(name, String(value));
    else Object.assign(element, { [name]: value });
  }
  element.append(...children);
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

/** A picture of paths, 24 by 24. */
export function icon(path: string): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const shape = document.createElementNS(SVG, "path");
  shape.setAttribute("d", path);
  svg.append(shape);
  return svg;
}

/** A button with a picture; `label` is what it is called. */
export function iconButton(label: string, path: string, onclick: () => void, shortcut = ""): HTMLButtonElement {
  return make("button", { type: "button", class: "icon", "aria-label": label, title: shortcut ? `${label} (${shortcut})` : label, onclick }, icon(path));
}

/** Gives a button another picture and name. */
export function relabel(button: HTMLButtonElement, label: string, path: string, shortcut: string): void {
  button.setAttribute("aria-label", label);
  button.title = `${label} (${shortcut})`;
  button.querySelector("path")?.setAttribute("d", path);
}

/** Paths of our pictures. */
export const ICONS = {
  play: "M8 5v14l11-7z",
  pause: "M7 5h4v14H7zM13 5h4v14h-4z",
  again: "M12 5V1L7 6l5 5V7a6 6 0 1 1-6 6H4a8 8 0 1 0 8-8z",
  full: "M4 9V4h5v2H6v3zm11-5h5v5h-2V6h-3zM4 15h2v3h3v2H4zm14 0h2v5h-5v-2h3z",
  link: "M10.6 13.4a4 4 0 0 1 0-5.7l3-3a4 4 0 0 1 5.7 5.7l-1.6 1.5-1.4-1.4 1.5-1.5a2 2 0 1 0-2.8-2.8l-3 3a2 2 0 0 0 0 2.8zm2.8-2.8a4 4 0 0 1 0 5.7l-3 3a4 4 0 1 1-5.7-5.7l1.6-1.5 1.4 1.4-1.5 1.5a2 2 0 1 0 2.8 2.8l3-3a2 2 0 0 0 0-2.8z",
  panel: "M3 4h18v16H3zm2 2v12h9V6zm11 0v12h3V6z",
  theme: "M12 3a9 9 0 1 0 0 18zm0-2a11 11 0 1 1 0 22 11 11 0 0 1 0-22z",
  help: "M11 17h2v2h-2zm1-12a4 4 0 0 0-4 4h2a2 2 0 1 1 3.2 1.6C12 11.5 11 12.3 11 14v1h2v-1c0-.8.4-1.2 1.4-2A4 4 0 0 0 12 5z",
  arrow: "M2 1v18l4.4-4.2 2.8 6.4 3-1.3-2.8-6.3H16z",
  hand: "M9 2a2 2 0 0 0-2 2v9l-1.6-1.4a1.8 1.8 0 0 0-2.5 2.6L8 20c1 1.3 2.4 2 4 2h2.5a5 5 0 0 0 5-5v-6a1.7 1.7 0 0 0-3-1.1A1.8 1.8 0 0 0 13.400 9 1.800 1.800 0 0 0 11 8.300V4a2 2 0 0 0-2-2z",
};
