// What a release is made of, as CycloneDX 1.6: crates (Cargo.lock), the npm packages in the player bundle (player-assets/package-lock.json), bundled fonts.
//
//   node scripts/sbom.mjs [TARGET]   writes it to stdout; TARGET is x86_64-unknown-linux-gnu where none is given
//
// From the lock files and `cargo metadata` alone: nothing is fetched, nothing of this machine or of today is in it, so the same sources give the same bytes.
// `required` is in the binary; `excluded` builds it and is not. What only tests need is left out. ffmpeg and Chromium are not part of a release: images
// have them from Debian, whose own lists (dpkg) say in which version.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const target = process.argv[2] ?? "x86_64-unknown-linux-gnu";
const read = (path) => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");

const metadata = JSON.parse(
  execFileSync(process.env.CARGO ?? "cargo", ["metadata", "--format-version", "1", "--locked", "--filter-platform", target], {
    cwd: root,
    maxBuffer: 1 << 30,
    stdio: ["ignore", "pipe", "inherit"],
  }),
);
const components = new Map();
const dependencies = new Map();

// Crates. Checksums stand in the lock file only.
const checksums = new Map();
for (const entry of read("Cargo.lock").split("[[package]]").slice(1)) {
  const field = (name) => entry.match(new RegExp(`^${name} = "(.*)"$`, "m"))?.[1];
  if (field("checksum")) checksums.set(`${field("name")}@${field("version")}`, field("checksum"));
}
const packages = new Map(metadata.packages.map((one) => [one.id, one]));
const nodes = new Map(metadata.resolve.nodes.map((node) => [node.id, node]));
const purl = ({ name, version }) => `pkg:cargo/${name}@${version}`;
const isMacro = (id) => packages.get(id).targets.some((one) => one.kind.includes("proc-macro"));

/** Crates within reach; `kinds` says of which dependencies. */
const needs = (id, kinds) => nodes.get(id).deps.filter((one) => one.dep_kinds.some(({ kind }) => kinds.includes(kind))).map((one) => one.pkg);
const reach = (from, kinds, enters) => {
  const found = new Set();
  const open = [from];
  while (open.length) {
    for (const id of needs(open.pop(), kinds)) {
      if (!found.has(id) && enters(id)) {
        found.add(id);
        open.push(id);
      }
    }
  }
  return found;
};
const self = metadata.resolve.root;
const shipped = reach(self, [null], (id) => !isMacro(id));
const building = reach(self, [null, "build"], () => true);
for (const id of building) {
  const one = packages.get(id);
  const checksum = checksums.get(`${one.name}@${one.version}`);
  if (!one.source?.startsWith("registry+https://github.com/rust-lang/crates.io-index") || !checksum) {
    throw new Error(`${one.name} ${one.version} does not come from crates.io with a checksum`);
  }
  components.set(purl(one), {
    type: "library",
    "bom-ref": purl(one),
    name: one.name,
    version: one.version,
    scope: shipped.has(id) ? "required" : "excluded",
    hashes: [{ alg: "SHA-256", content: checksum }],
    // `/` was an "or" before SPDX had expressions.
    licenses: one.license ? [{ expression: one.license.replaceAll("/", " OR ").replaceAll(/ +/g, " ") }] : [],
    purl: purl(one),
  });
}
const ownRef = purl(packages.get(self));
for (const id of [self, ...building]) {
  const needed = needs(id, [null, "build"]).filter((other) => building.has(other));
  dependencies.set(purl(packages.get(id)), new Set(needed.map((other) => purl(packages.get(other)))));
}

// What the player bundle is made of: all but what only builds it.
const lock = JSON.parse(read("player-assets/package-lock.json"));
const npm = (name, version) => `pkg:npm/${name.replace("@", "%40")}@${version}`;
const nameOf = (path) => path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
/** Where a package that stands at `path` finds `name`: in its own folder, or in one further out. */
const resolve = (path, name) => {
  for (let at = path; ; at = at.slice(0, Math.max(0, at.lastIndexOf("node_modules/") - 1))) {
    const found = `${at && `${at}/`}node_modules/${name}`;
    if (lock.packages[found]) return found;
    if (!at) return undefined;
  }
};
for (const [path, one] of Object.entries(lock.packages)) {
  if (path && (one.dev || one.optional)) continue;
  const ref = path ? npm(nameOf(path), one.version) : ownRef;
  if (path) {
    const [algorithm, hash] = one.integrity.split("-");
    components.set(ref, {
      type: "library",
      "bom-ref": ref,
      name: nameOf(path),
      version: one.version,
      scope: "required",
      hashes: [{ alg: algorithm.replace("sha", "SHA-"), content: Buffer.from(hash, "base64").toString("hex") }],
      licenses: one.license ? [{ expression: one.license }] : [],
      purl: ref,
    });
  }
  const needed = Object.keys(one.dependencies ?? {}).map((name) => resolve(path, name));
  const known = needed.filter((other) => other && !lock.packages[other].dev).map((other) => npm(nameOf(other), lock.packages[other].version));
  dependencies.set(ref, new Set([...(dependencies.get(ref) ?? []), ...known]));
}

// Fonts, as they are committed.
const licences = (name) => {
  if (name.startsWith("Liberation")) return "OFL-1.1";
  if (name.startsWith("DroidSans")) return "Apache-2.0";
  return name.startsWith("Twemoji") ? "OFL-1.1 AND CC-BY-4.0" : "OFL-1.1";
};
for (const folder of ["player-assets/fonts", "player-assets/fonts/overlay"]) {
  for (const line of read(`${folder}/SHA256SUMS`).trim().split("\n")) {
    const [hash, name] = line.split(/\s+/);
    if (!name.endsWith(".ttf")) continue;
    const found = createHash("sha256").update(readFileSync(new URL(`../${folder}/${name}`, import.meta.url))).digest("hex");
    if (found !== hash) throw new Error(`${folder}/${name} is not the file in SHA256SUMS`);
    const ref = `font:${name}`;
    components.set(ref, {
      type: "file",
      "bom-ref": ref,
      name,
      scope: "required",
      hashes: [{ alg: "SHA-256", content: hash }],
      licenses: [{ expression: licences(name) }],
    });
    dependencies.set(ref, new Set());
    dependencies.get(ownRef).add(ref);
  }
}

const byRef = (a, b) => (a[0] < b[0] ? -1 : 1);
const own = packages.get(self);
const body = {
  bomFormat: "CycloneDX",
  specVersion: "1.6",
  version: 1,
  metadata: {
    component: {
      type: "application",
      "bom-ref": ownRef,
      name: own.name,
      version: own.version,
      description: own.description,
      licenses: [{ expression: own.license }],
      purl: ownRef,
    },
    properties: [{ name: "replayreel:target", value: target }],
  },
  components: [...components].sort(byRef).map(([, component]) => component),
  dependencies: [...dependencies].sort(byRef).map(([ref, on]) => ({ ref, dependsOn: [...on].sort() })),
};
// The same contents have the same number.
const digest = createHash("sha256").update(JSON.stringify(body)).digest("hex");
const serialNumber = `urn:uuid:${digest.slice(0, 8)}-${digest.slice(8, 12)}-8${digest.slice(13, 16)}-a${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
const { bomFormat, specVersion, ...rest } = body;
process.stdout.write(`${JSON.stringify({ $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json", bomFormat, specVersion, serialNumber, ...rest }, null, 1)}\n`);
