// Animations and transitions as they stand, as styles: in a page without script they would begin anew.
import { eachTree } from "./documents";

/** What holds an element's animations still. */
export interface Frozen {
  id: number;
  /** Declarations of the element itself, each behind a semicolon. */
  own: string;
  /** Pseudo-element to its declarations. */
  pseudos: Map<string, string>;
}

/** Longer ago than any animation takes, s: those that are over stay so. */
const OVER = 1e6;
const PSEUDOS = [null, "::before", "::after"];

/** The elements of a document, its shadow trees included, on which something moves. */
export function frozenAnimations(doc: Document): Map<Element, Frozen> {
  const found = new Map<Element, Frozen>();
  const hold = (element: Element, pseudo: string | null, style: string) => {
    let frozen = found.get(element);
    if (!frozen) found.set(element, (frozen = { id: found.size + 1, own: "", pseudos: new Map() }));
    if (pseudo) frozen.pseudos.set(pseudo, `${frozen.pseudos.get(pseudo) ?? ""}${style}`);
    else frozen.own += `;${style}`;
  };
  const running = new Map<Element, Animation[]>();
  eachTree((tree) => {
    if ((tree.ownerDocument ?? tree) !== doc) return;
    for (const animation of tree.getAnimations()) {
      const effect = animation.effect as KeyframeEffect | null;
      if (!effect?.target) continue;
      const { target, pseudoElement } = effect;
      if ("transitionProperty" in animation) {
        const name = (animation as CSSTransition).transitionProperty;
        const value = getComputedStyle(target, pseudoElement ?? undefined).getPropertyValue(name);
        hold(target, pseudoElement, `${name}:${value}!important;transition:none!important;`);
      } else {
        running.set(target, [...(running.get(target) ?? []), animation]);
      }
    }
    for (const element of tree.querySelectorAll("*")) {
      for (const pseudo of PSEUDOS) {
        const style = getComputedStyle(element, pseudo ?? undefined);
        if (style.animationName === "none" || style.animationName === "" || (pseudo && style.content === "none")) continue;
        hold(element, pseudo, delays(style, pseudo, running.get(element) ?? []));
      }
    }
  });
  return found;
}

function delays(style: CSSStyleDeclaration, pseudo: string | null, running: Animation[]): string {
  const names = style.animationName.split(",").map((name) => name.trim());
  const given = style.animationDelay.split(",").map((delay) => Number.parseFloat(delay) || 0);
  const list = names.map((name, index) => {
    const animation = running.find(
      (one) => (one as CSSAnimation).animationName === name && ((one.effect as KeyframeEffect).pseudoElement ?? null) === pseudo,
    );
    const age = animation ? Number(animation.currentTime ?? 0) / 1000 : OVER;
    return `${((given[index % given.length] as number) - age).toFixed(6)}s`;
  });
  return `animation-delay:${list.join(",")}!important;animation-play-state:paused!important;`;
}
