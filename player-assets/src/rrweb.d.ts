// What patches.mjs makes the replayer's package export beside its class.
import "@rrweb/replay";

declare module "@rrweb/replay" {
  export function canvasMutation(options: Record<string, unknown>): Promise<void>;
  export function adaptCssForReplay(cssText: string, cache: unknown): string;
}
