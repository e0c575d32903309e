// How deep a page may be nested. Browsers lay pages out by recursion: what script nests without end takes their process down, and the
// replayer builds by recursion too. Parsers stop at 512: whatever is deeper was made by script, or to do harm.
import type { SerializedNode } from "./sanitize";

/** A node that a mutation adds. */
export interface Add {
  parentId: number;
  node: SerializedNode;
}

let deepest = 512;

/** From now on nothing is nested deeper than `most`. */
export function limitDepth(most: number): void {
  deepest = most;
}

/** Whether a node at this depth may have children. */
export function mayHold(depth: number): boolean {
  return depth < deepest;
}

/** How many nodes a node stands in, through frames and shadow roots; counted no further than matters. */
function depthOf(node: Node | null): number {
  let depth = 0;
  for (let at = node && parentOf(node); at && depth <= deepest; at = parentOf(at)) depth++;
  return depth;
}

function parentOf(node: Node): Node | null {
  return node.parentNode ?? (node as ShadowRoot).host ?? (node as Document).defaultView?.frameElement ?? null;
}

/** The depth at which each of the added nodes will stand; one without end for those that are added to themselves. */
export function depthsOf(adds: Add[], nodeById: (id: number) => Node | null): number[] {
  const parents = new Map<number, number>();
  for (const { parentId, node } of adds) {
    parents.set(node.id, parentId);
    const stack = [node];
    for (let one = stack.pop(); one; one = stack.pop()) {
      for (const child of one.childNodes ?? []) {
        parents.set(child.id, one.id);
        stack.push(child);
      }
    }
  }
  const known = new Map<number, number>();
  const depth = (id: number): number => {
    const path: number[] = [];
    let at = id;
    for (; !known.has(at) && parents.has(at); at = parents.get(at) as number) {
      if (path.length > parents.size) return Infinity;
      path.push(at);
    }
    let found = known.get(at) ?? depthOf(nodeById(at));
    known.set(at, found);
    for (const one of path.reverse()) known.set(one, ++found);
    return found;
  };
  return adds.map(({ node }) => depth(node.id));
}
