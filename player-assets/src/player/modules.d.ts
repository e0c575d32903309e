// What build.mjs makes of engine.ts.
declare module "engine:" {
  import type { open } from "./engine";
  const openEngine: typeof open;
  export default openEngine;
}

declare module "*.css" {
  const text: string;
  export default text;
}
