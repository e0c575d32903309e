// Builds dist/stage.js: the one script that the renderer evaluates in its page.
// Deterministic: same sources, same pinned packages, same bytes; `make bundle-check` rebuilds and compares.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { build } from "esbuild";
import { patches } from "./patches.mjs";

const licence = readFileSync("licences/rrweb.txt", "utf8").trim();
const rrweb = JSON.parse(readFileSync("node_modules/@rrweb/replay/package.json", "utf8"));

/** Each patch must find its text exactly once: after an update of rrweb the build fails rather than ships an unpatched player. */
const patchReplayer = {
  name: "patch-replayer",
  setup(build) {
    build.onLoad({ filter: /@rrweb\/replay\/dist\/replay\.js$/ }, ({ path }) => {
      let source = readFileSync(path, "utf8");
      for (const { why, find, replace } of patches) {
        const parts = source.split(find);
        if (parts.length !== 2) throw new Error(`patch "${why}" matches ${parts.length - 1} times in ${rrweb.name} ${rrweb.version}`);
        source = parts.join(replace);
      }
      return { contents: source, loader: "js" };
    });
  },
};

const result = await build({
  entryPoints: ["src/main.ts"],
  bundle: true,
  format: "iife",
  target: "chrome120",
  minify: true,
  legalComments: "none",
  charset: "utf8",
  write: false,
  plugins: [patchReplayer],
  banner: { js: `/* Contains ${rrweb.name} ${rrweb.version}:\n\n${licence}\n*/` },
});
const bundle = result.outputFiles[0].contents;
mkdirSync("dist", { recursive: true });
writeFileSync("dist/stage.js", bundle);
writeFileSync("dist/SHA256SUMS", `${createHash("sha256").update(bundle).digest("hex")}  stage.js\n`);
