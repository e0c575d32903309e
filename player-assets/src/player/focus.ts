// The focus of the replayed page, without taking it from the person who watches: as classes, beside which the player's style sheets have
// selectors for each `:focus`, as they have for `:hover`.

const CLASSES = [":focus", ":focus-visible", ":focus-within"];
let marked: Element[] = [];

/** The look of who has the focus, where the page says nothing of it. */
export const FOCUS_RULES = [":where(.\\:focus-visible) { outline: auto 1px Highlight; outline: auto 1px -webkit-focus-ring-color; }"];

/** Forgets all: the document is gone. */
export function dropFocus(): void {
  marked = [];
}

/** Gives an element the focus, `visible`: with a ring; null takes it away. */
export function markFocus(element: Element | null, visible: boolean): void {
  for (const one of marked) {
    one.classList.remove(...CLASSES);
    if (one.getAttribute("class") === "") one.removeAttribute("class");
  }
  marked = [];
  if (!element) return;
  element.classList.add(":focus");
  if (visible) element.classList.add(":focus-visible");
  for (let at: Node | null = element; at; at = at.parentNode ?? (at as ShadowRoot).host ?? null) {
    if (at.nodeType !== 1) continue;
    (at as Element).classList.add(":focus-within");
    marked.push(at as Element);
  }
}
