// Builds dist/stage.js, the script that the renderer evaluates in its page, dist/player.js, the offline player, and dist/recorder.js, which sites include.
// Deterministic: same sources, same pinned packages, same bytes; `make bundle-check` rebuilds and compares.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { build } from "esbuild";
import { patches, patchesOfPlayer } from "./patches.mjs";

const licence = readFileSync("licences/rrweb.txt", "utf8").trim();
const rrweb = JSON.parse(readFileSync("node_modules/@rrweb/replay/package.json", "utf8"));

/** Each patch must find its text exactly once: after an update of rrweb the build fails rather than ships an unpatched player. */
const patchReplayer = (patches) => ({
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
});

async function bundle(options) {
  const result = await build({
    bundle: true,
    format: "iife",
    minify: true,
    legalComments: "none",
    // In pages of others a script is read in whatever encoding they have.
    charset: "ascii",
    write: false,
    ...options,
  });
  return result.outputFiles[0].contents;
}

/**
 * `import openEngine from "engine:"` gives a function that makes an engine: all of it, the replayer and its state included, is inside of the
 * function, so that players on one page share nothing.
 */
const engine = {
  name: "engine",
  setup(build) {
    build.onResolve({ filter: /^engine:$/ }, ({ path }) => ({ path, namespace: "engine" }));
    build.onLoad({ filter: /.*/, namespace: "engine" }, async () => {
      const code = await bundle({
        entryPoints: ["src/player/engine.ts"],
        globalName: "engine",
        target: "es2022",
        inject: ["src/player/shadows.ts"],
        plugins: [patchReplayer([...patches, ...patchesOfPlayer])],
      });
      return { contents: `export default function (holder, options) {\n${Buffer.from(code).toString("utf8")}\nreturn engine.open(holder, options);\n}`, loader: "js" };
    });
  },
};

// What one records the other plays: a newer recorder tells what an older replayer does not know.
const recorder = JSON.parse(readFileSync("node_modules/@rrweb/record/package.json", "utf8"));
if (recorder.version !== rrweb.version) throw new Error(`${recorder.name} is ${recorder.version}, ${rrweb.name} is ${rrweb.version}: they must be the same`);

// rrweb's recorder has it built in, for canvases.
const base64 = `base64-arraybuffer:\n\n${readFileSync("licences/base64-arraybuffer.txt", "utf8").trim()}\n`;
const bannerOf = ({ name, version }, further = "") => ({ js: `/* Contains ${name} ${version}:\n\n${licence}\n${further && `\n${further}`}*/` });
const banner = bannerOf(rrweb);
const bundles = {
  "player.js": await bundle({ entryPoints: ["src/player/main.ts"], target: "es2022", plugins: [engine], loader: { ".css": "text" }, banner }),
  "recorder.js": await bundle({ entryPoints: ["recorder/main.ts"], target: "es2020", banner: bannerOf(recorder, base64) }),
  "stage.js": await bundle({ entryPoints: ["src/main.ts"], target: "chrome120", charset: "utf8", plugins: [patchReplayer(patches)], banner }),
};
mkdirSync("dist", { recursive: true });
let sums = "";
for (const [name, contents] of Object.entries(bundles)) {
  writeFileSync(`dist/${name}`, contents);
  sums += `${createHash("sha256").update(contents).digest("hex")}  ${name}\n`;
}
writeFileSync("dist/SHA256SUMS", sums);
