// Changes that cannot show: a picture costs as much as thirty moves of the pointer, and pages change their head, repeat what stands
// already and scroll to where they are all the time.
import type { SerializedNode } from "./sanitize";

interface Mutation {
  adds?: { parentId: number; node: SerializedNode }[];
  removes?: { id: number }[];
  texts?: { id: number; value: string | null }[];
  attributes?: { id: number; attributes: Record<string, unknown> }[];
}

/** What the head holds besides styles; none of it is rendered. */
const UNRENDERED = /^(meta|title|base|script|noscript)$/i;
/** Setting these anew does something even if the attribute stands already. */
const ACTING = /^(rr_|value$|checked$|selected$|src|href$|open$|autofocus$)/;

/** Whether nothing of a mutation, before it is applied, can change a pixel. `find` gives the node with a recorded id. */
export function isInert({ adds, removes, texts, attributes }: Mutation, find: (id: number) => Node | null): boolean {
  return (
    (adds ?? []).every(({ parentId, node }) => isHead(find(parentId)) && isUnrendered(node)) &&
    (removes ?? []).every(({ id }) => isUnrenderedNode(find(id))) &&
    (texts ?? []).every(({ id, value }) => find(id)?.nodeType === 3 && find(id)?.nodeValue === value) &&
    (attributes ?? []).every((change) => stands(find(change.id), change.attributes))
  );
}

function isHead(node: Node | null | undefined): boolean {
  return (node as Element | null | undefined)?.localName === "head" && node?.parentNode?.parentNode?.nodeType === 9;
}

function isUnrendered({ type, tagName, attributes }: SerializedNode): boolean {
  if (type === 5) return true;
  if (type !== 2 || !tagName) return false;
  if (/^link$/i.test(tagName)) return !("_cssText" in (attributes ?? {})) && isOtherThanStyle(String(attributes?.rel ?? ""));
  return UNRENDERED.test(tagName);
}

function isUnrenderedNode(node: Node | null): boolean {
  if (!node || !isHead(node.parentNode)) return false;
  if (node.nodeType === 8) return true;
  if (node.nodeName.toLowerCase() === "link") return isOtherThanStyle((node as Element).getAttribute("rel") ?? "");
  return UNRENDERED.test(node.nodeName);
}

function isOtherThanStyle(rel: string): boolean {
  return rel !== "" && !/stylesheet/i.test(rel);
}

function stands(node: Node | null, attributes: Record<string, unknown>): boolean {
  if (node?.nodeType !== 1) return false;
  const element = node as Element;
  if (isUnrenderedNode(element)) return true;
  return Object.entries(attributes).every(([name, value]) => {
    if (ACTING.test(name)) return false;
    const now = name === "class" ? withoutHover(element) : element.getAttribute(name);
    return value === null ? now === null : value === now;
  });
}

/** The class attribute without what the player adds where the pointer is. */
function withoutHover(element: Element): string | null {
  if (!element.classList.contains(":hover")) return element.getAttribute("class");
  const others = [...element.classList].filter((one) => one !== ":hover").join(" ");
  return others === "" ? null : others;
}
