// What patches.mjs makes the replayer's package export beside its class.
import "@rrweb/replay";

declare module "@rrweb/replay" {
  export function canvasMutation(options: Record<string, unknown>): Promise<void>;
  /** In the player alone: documents that pages may be built in. */
  export const sandboxedRebuildDocuments: WeakSet<Document>;
  export function adaptCssForReplay(cssText: string, cache: unknown): string;
}
