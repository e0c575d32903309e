// Style sheets made by script. Recorders tell of them in any order: the sheet before the shadow root that adopts it, the adoption
// before the sheet. What cannot be done yet is done when the missing part comes, and never by a timer, which could undo a later adoption.
import type { AdoptedSheet, SerializedNode } from "./sanitize";

interface Adoption {
  id: number;
  styleIds: number[];
  styles: AdoptedSheet[];
}

/** What the pages' sheets are made with. */
export interface Wardrobe {
  nodeById(id: number): Node | null;
  /** The player's register of sheets by recorded id; rules that change a sheet are applied through it. */
  sheets: { add(sheet: CSSStyleSheet, id: number): void; getStyle(id: number): CSSStyleSheet | null };
  /** Puts what the player needs into the text of a rule. */
  prepare(css: string): string;
}

/** By host: what it wants to wear. */
let wanted = new Map<number, number[]>();
/** Hosts that do not wear all of it yet; pages can have thousands that do. */
let waiting = new Set<number>();
/** Sheets whose host is yet to come. */
let unmade: Adoption[] = [];

/** Forgets all: their document is gone. */
export function dropAdoptions(): void {
  wanted = new Map();
  waiting = new Set();
  unmade = [];
}

/** A recorded adoption: `id` is a document or a shadow host. */
export function adopt(adoption: Adoption, wardrobe: Wardrobe): void {
  wanted.set(adoption.id, adoption.styleIds ?? []);
  waiting.add(adoption.id);
  if (adoption.styles?.length > 0 && !make(adoption, wardrobe)) unmade.push(adoption);
  dress(wardrobe);
}

/** Nodes with these ids have come: hosts among them, or again. */
export function adoptLate(added: number[], wardrobe: Wardrobe): void {
  if (wanted.size === 0) return;
  for (const id of added) if (wanted.has(id)) waiting.add(id);
  unmade = unmade.filter((adoption) => !make(adoption, wardrobe));
  dress(wardrobe);
}

type Tree = Document | ShadowRoot;

function treeOf(node: Node | null): Tree | null {
  if (node?.nodeType === 9) return node as Document;
  return (node as Element | null)?.shadowRoot ?? null;
}

function viewOf(tree: Tree): (Window & typeof globalThis) | null {
  return ((tree as Document).defaultView ?? tree.ownerDocument?.defaultView ?? null) as (Window & typeof globalThis) | null;
}

function make({ id, styles }: Adoption, { nodeById, sheets, prepare }: Wardrobe): boolean {
  const tree = treeOf(nodeById(id));
  const view = tree && viewOf(tree);
  if (!view) return false;
  for (const { styleId, rules } of styles) {
    const sheet = new view.CSSStyleSheet();
    for (const { rule, index } of rules ?? []) {
      try {
        sheet.insertRule(prepare(rule), Math.min(index ?? sheet.cssRules.length, sheet.cssRules.length));
      } catch {
        // Rules of other browsers, and broken ones, are left out as browsers do.
      }
    }
    sheets.add(sheet, styleId);
  }
  return true;
}

function dress({ nodeById, sheets }: Wardrobe): void {
  for (const id of waiting) {
    const styleIds = wanted.get(id) ?? [];
    const tree = treeOf(nodeById(id));
    const view = tree && viewOf(tree);
    if (!view) continue;
    // A sheet can be worn in the document that it was made in only.
    const there = styleIds.map((styleId) => sheets.getStyle(styleId)).filter((sheet) => sheet instanceof view.CSSStyleSheet) as CSSStyleSheet[];
    const worn = tree.adoptedStyleSheets;
    if (there.length !== worn.length || there.some((sheet, index) => sheet !== worn[index])) tree.adoptedStyleSheets = there;
    if (there.length === styleIds.length) waiting.delete(id);
  }
}

/** Some recorders (Amplitude's) keep adopted style sheets in the snapshot's nodes; the rules stand at the first use of each sheet, or at a later one. */
export function adoptedInSnapshot(root: SerializedNode): Adoption[] {
  const found: Adoption[] = [];
  const told = new Set<number>();
  // A stack, not recursion: the depth of a document is its author's choice.
  const stack = [root];
  for (let node = stack.pop(); node; node = stack.pop()) {
    const sheets = node.adoptedStyleSheets ?? [];
    const styles = sheets.filter(({ styleId, rules }) => rules && rules.length > 0 && !told.has(styleId));
    for (const { styleId } of styles) told.add(styleId);
    if (sheets.length > 0) found.push({ id: node.id, styleIds: sheets.map(({ styleId }) => styleId), styles });
    stack.push(...(node.childNodes ?? []).toReversed());
  }
  return found;
}
