// The frame of a replayed page. It has no scripts (its sandbox lets none run), and a policy of its own that loads nothing but what is in
// the page itself: it holds in every document that is written into the frame, whatever the page around allows.

import { sandboxedRebuildDocuments } from "@rrweb/replay";

const POLICY =
  "default-src 'none'; script-src 'none'; style-src 'unsafe-inline' data:; img-src data: blob:; font-src data:; form-action 'none'; base-uri 'none'; frame-src 'none'; object-src 'none'";

/** Loads the policy into a frame that was just put into the page. */
export function fence(frame: HTMLIFrameElement): Promise<void> {
  frame.tabIndex = -1;
  frame.title = "";
  frame.setAttribute("aria-hidden", "true");
  frame.setAttribute("sandbox", "allow-same-origin");
  return new Promise((resolve) => {
    // Some browsers also tell of the empty document that a frame begins with.
    frame.addEventListener("load", () => {
      const page = frame.contentDocument;
      if (!page?.querySelector("meta[http-equiv]")) return;
      sandboxedRebuildDocuments.add(page);
      resolve();
    });
    frame.srcdoc = `<!doctype html><meta http-equiv="Content-Security-Policy" content="${POLICY}"><meta http-equiv="x-dns-prefetch-control" content="off">`;
  });
}
