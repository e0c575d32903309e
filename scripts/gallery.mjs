// Renders recordings with every kind of picture and overlay into a page to look through: gallery/index.html.
//
//   node scripts/gallery.mjs OUT RECORDING...
//
// Each picture stands under the command that made it. Nothing here is a test: it is for eyes.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { gunzipSync } from "node:zlib";

const program = process.env.REPLAYREEL ?? "target/release/replayreel";
const [out, ...recordings] = process.argv.slice(2);
if (!out || recordings.length === 0) {
  console.error("usage: node scripts/gallery.mjs OUT RECORDING...");
  process.exit(2);
}
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

const escape = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
const sections = [];

/** Runs one command; what it wrote is shown under it. A failure is shown too: a gallery with a hole says more than none. */
function show(list, title, args, files) {
  const started = Date.now();
  let note = "";
  try {
    execFileSync(program, [...args, "--quiet"].filter((arg, n) => !(args[0] === "still" && arg === "--quiet")), { stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    note = String(error.stderr ?? error).trim().split("\n").slice(-3).join("\n");
  }
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  const shown = (typeof files === "function" ? files() : files).filter((file) => existsSync(join(out, file)));
  const command = `replayreel ${args.map((arg) => (/^[\w./:=,%+-]+$/.test(arg) ? arg : `'${arg}'`)).join(" ")}`.replaceAll(`${out}/`, "");
  const pictures = shown.map((file) => {
    if (/\.(mp4|webm)$/.test(file)) return `<video src="${file}" controls muted preload="metadata"></video>`;
    if (/\.html$/.test(file)) return `<a href="${file}">${escape(file)}</a>`;
    if (/\.(vtt|json|md|jira)$/.test(file)) return `<pre>${escape(readFileSync(join(out, file), "utf8").slice(0, 1500))}</pre>`;
    return `<a href="${file}"><img src="${file}" alt="${escape(title)}" loading="lazy"></a>`;
  });
  list.push(`<figure><figcaption><b>${escape(title)}</b> <code>${escape(command)}</code> <small>${seconds} s</small></figcaption>
${note ? `<pre class="note">${escape(note)}</pre>` : ""}<div>${pictures.join("\n")}</div></figure>`);
  console.error(`${seconds.padStart(6)} s  ${title}${note ? `: ${note.split("\n")[0]}` : ""}`);
}

/** Files of the folder whose names begin so. */
const named = (prefix) => () => readdirSync(out).filter((file) => file.startsWith(prefix)).sort().slice(0, 8);

/** The first recording with what goes wrong in a session, so that every overlay has something to show. */
function withTrouble(path) {
  const bytes = readFileSync(path);
  const events = JSON.parse(path.endsWith(".gz") ? gunzipSync(bytes) : bytes);
  const start = events[0].timestamp;
  const at = (ms, type, data) => ({ type, timestamp: start + ms, data });
  const crumb = (ms, payload) => at(ms, 5, { tag: "breadcrumb", payload });
  const click = events.find((event) => event.type === 3 && event.data.source === 2 && event.data.type === 2);
  const trouble = [
    at(5000, 6, { plugin: "rrweb/console@1", payload: { level: "error", payload: ['"TypeError: Cannot read properties of undefined (reading \'total\')"'], trace: [] } }),
    at(6000, 6, { plugin: "rrweb/network@1", payload: { requests: [{ name: "https://shop.example/api/orders/4711/payment", initiatorType: "fetch", method: "POST", status: 500, startTime: 5600, endTime: 6000, duration: 400, timestamp: start + 5600 }] } }),
    crumb(3000, { category: "ui.keyDown", data: { key: "k", ctrlKey: true, shiftKey: true } }),
    at(9000, 5, { tag: "chapter", payload: { name: "Paying" } }),
  ];
  if (click) for (const ms of [7000, 7200, 7400, 7600]) trouble.push({ ...click, timestamp: start + ms });
  const whole = [...events, ...trouble].sort((a, b) => a.timestamp - b.timestamp);
  const file = join(out, "trouble.json");
  writeFileSync(file, JSON.stringify(whole));
  return file;
}

function overlays(recording) {
  const list = [];
  const fixed = ["--size", "1280x720"];
  const one = (name, title, ...args) =>
    show(list, title, ["still", recording, "-o", `${out}/${name}.png`, ...fixed, ...args], [`${name}.png`]);
  one("bar-bottom", "A bar below", "--at", "8", "--bar", "bottom");
  one("bar-top", "A bar above, light, with the time in Berlin", "--at", "8", "--bar", "top", "--theme", "light", "--zone", "Europe/Berlin");
  one("marks", "Notes of what went wrong", "--at", "7.7", "--marks", "problems", "--bar", "bottom");
  one("marks-light", "Notes, light", "--at", "6.2", "--marks", "problems", "--theme", "light");
  one("keys", "Keys", "--at", "3.2", "--keys", "on");
  one("keys-light", "Keys, light", "--at", "3.2", "--keys", "on", "--theme", "light");
  for (const size of ["normal", "large", "huge"]) one(`cursor-${size}`, `Pointer, ${size}`, "--at", "7.25", "--cursor-size", size);
  show(list, "All of it, as a video", ["render", recording, "-o", `${out}/all.mp4`, "--preset", "share", "--marks", "problems,slow,page,marker", ...fixed], ["all.mp4"]);
  sections.push(`<section><h2>Overlays</h2>${list.join("\n")}</section>`);
}

function gallery(recording, index) {
  const list = [];
  const name = `r${index + 1}`;
  const o = (file) => `${out}/${name}-${file}`;
  show(list, "To share", ["render", recording, "-o", o("share.mp4"), "--preset", "share", "--contact-sheet", o("sheet.png"), "--poster", o("poster.jpg")], [`${name}-share.mp4`, `${name}-sheet.png`, `${name}-poster.jpg`]);
  show(list, "To keep: the end", ["render", recording, "-o", `${o("archive.webm")},from=end-8s`, "--preset", "archive"], [`${name}-archive.webm`]);
  show(list, "In a chat: half a megabyte", ["render", recording, "-o", `${o("small.gif")},from=50%,to=50%+6s,max-bytes=500kB,size=800x450`, "--theme", "light"], [`${name}-small.gif`]);
  show(list, "Stills of pages and problems", ["render", recording, "--stills", "pages,problems", "--most-stills", "6", "--stills-to", `${out}/${name}-{kind}-{n}.png`, "--bar", "bottom"], () => readdirSync(out).filter((file) => new RegExp(`^${name}-(page|error|failed|rage|dead)-`).test(file)).sort());
  show(list, "The whole page", ["still", recording, "--at", "50%", "--full-page", "-o", o("full.png")], [`${name}-full.png`]);
  show(list, "Captions", ["render", recording, "-o", o("talk.vtt")], [`${name}-talk.vtt`]);
  show(list, "A ticket", ["ticket", recording, "-o", o("ticket")], () => [`${name}-ticket/ticket.html`, `${name}-ticket/ticket.md`]);
  sections.push(`<section><h2>${escape(basename(recording))}</h2>${list.join("\n")}</section>`);
}

overlays(withTrouble(recordings[0]));
recordings.forEach(gallery);
writeFileSync(
  join(out, "index.html"),
  `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>replayreel: gallery</title>
<style>
:root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:1320px;padding:0 1rem}
figure{margin:0 0 2.5rem}figcaption{margin-bottom:.5rem}code{background:#8882;padding:.1em .35em;border-radius:4px;overflow-wrap:anywhere}
img,video{max-width:100%;border:1px solid #8884;display:block;margin-bottom:.5rem}pre{background:#8882;padding:.75rem;overflow:auto;max-height:16rem}.note{border-left:4px solid #d33}
img{max-height:80vh}
</style>
<h1>Gallery</h1>
${sections.join("\n")}
</html>
`,
);
console.error(`${out}/index.html`);
