// The only changes made to the vendored replayer, each small and each with its reason.
export const patches = [
  {
    why: "`:not(:hover)` has to end where the pointer is: beside the original, which holds for ever as no pointer is in the page, the class could not end it",
    find: `            rule2.selector += ",\\n" + selector.replace(/:hover/g, ".\\\\:hover");`,
    replace: `            const hovered = selector.replace(/(?<!\\\\):hover/g, ".\\\\:hover");
            if (/:not\\([^)]*:hover/.test(selector)) rule2.selectors = rule2.selectors.map((one) => (one === selector ? hovered : one));
            else rule2.selector += ",\\n" + hovered;`,
  },
  {
    why: "a mutation that cannot be placed must not spin: the original gives up by wall clock (500 ms), which a virtual clock never reaches",
    find: `    const startTime = Date.now();
    while (legacy_queue.length) {
      const resolveTrees = queueToResolveTrees(legacy_queue);
      legacy_queue.length = 0;
      if (Date.now() - startTime > 500) {`,
    replace: `    let unplaced = Infinity;
    while (legacy_queue.length) {
      const stuck = legacy_queue.length >= unplaced;
      unplaced = legacy_queue.length;
      const resolveTrees = queueToResolveTrees(legacy_queue);
      legacy_queue.length = 0;
      if (stuck) {`,
  },
  {
    why: "recorded scroll positions are where the user was: a page's smooth scrolling must not glide there",
    find: `      el.scrollLeft = value;`,
    replace: `      el.scrollTo({ left: value, behavior: "instant" });`,
  },
  {
    why: "the same for the other axis",
    find: `      el.scrollTop = value;`,
    replace: `      el.scrollTo({ top: value, behavior: "instant" });`,
  },
  {
    why: "canvas commands are applied by the stage, which awaits them; style text of rules added later gets the same hover rewriting",
    find: `export {
  Replayer
};`,
    replace: `export {
  Replayer,
  canvasMutation,
  adaptCssForReplay
};`,
  },
];

// Beside those, where the player stands in somebody else's page.
export const patchesOfPlayer = [
  {
    why: "the replayed page never has the focus of the page around: what it looks like is shown by classes, as hovering is",
    find: `          if (selector.includes(":hover")) {
            const hovered = selector.replace(/(?<!\\\\):hover/g, ".\\\\:hover");`,
    replace: `          if (/:(hover|focus)/.test(selector)) {
            const hovered = selector.replace(/(?<!\\\\):(hover|focus-visible|focus-within|focus)(?![-\\w])/g, ".\\\\:$1");`,
  },
  {
    why: "the same for the negation",
    find: `/:not\\([^)]*:hover/`,
    replace: `/:not\\([^)]*:(hover|focus)/`,
  },
  {
    why: "the frame's document is another one once its policy is loaded, and as fenced in as the first: same frame, same sandbox",
    find: `  canvasMutation,
  adaptCssForReplay
};`,
    replace: `  canvasMutation,
  adaptCssForReplay,
  sandboxedRebuildDocuments
};`,
  },
];
