// Uses a page that records itself, with a network and a server that fail, and holds what arrived against what happened.
//
//   node recorder.mjs FOLDER
//
// FOLDER gets `session.jsonl`, the chunks as the server joined them, and `session.replay.zip`, the package that the page saved. What was seen goes to
// standard output as JSON; what is not as it should be is an exception.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inflateRawSync } from "node:zlib";
import puppeteer from "puppeteer-core";
import { Ingest, pages } from "./recorder-server.mjs";

const folder = process.argv[2];
mkdirSync(folder, { recursive: true });
const script = readFileSync(new URL("../../player-assets/dist/recorder.js", import.meta.url));
const patience = { timeout: 20_000, polling: 20 };
/** In no form may these leave the page. */
const SECRETS = [
  "Typed-Name", "hunter-two-2", "Old-Password", "Typed-Area", "Default-Area", "Typed-Editable", "Masked-Text", "Blocked-Text", "Ignored-Typing", "Hidden-Token",
  "Csrf-Token", "query-secret", "console-secret", "request-secret", "fragment-secret",
];
const PAGE = readFileSync(new URL("recorder.html", import.meta.url), "utf8");

const site = await pages((path) => (path === "/recorder.js" ? script : path.startsWith("/api") ? null : PAGE.replace("OPTIONS", decodeURIComponent(path.split("?options=")[1] ?? "{}").split("&")[0])));
const ingest = await Ingest.listen();
const browser = await puppeteer.launch({
  executablePath: process.env.REPLAYREEL_CHROMIUM ?? "/usr/lib/chromium/chromium-headless-shell",
  headless: "shell",
  args: process.getuid() === 0 ? ["--no-sandbox"] : [],
});
const address = (options) =>
  `${site.url}/shop?options=${encodeURIComponent(JSON.stringify({ endpoint: ingest.url, key: "ik_public", every: 100, backoff: [30, 300], ...options }))}&q=query-secret`;

/** A page of its own profile. */
async function fresh(options) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  const wrong = [];
  page.on("pageerror", (error) => wrong.push(String(error)));
  await page.setViewport({ width: 1000, height: 700 });
  await page.goto(address(options));
  return { page, wrong, context };
}

const session = (page) => page.evaluate(() => window.replayreel.session);
const notice = (page, look) => page.waitForFunction((words) => window.notices.find((one) => Object.entries(words).every(([name, value]) => one[name] === value)), patience, look);
const mark = (page, label) => page.evaluate((label) => window.replayreel.mark(label), label);
async function until(what, holds) {
  for (const end = Date.now() + patience.timeout; !(await holds()); await new Promise((go) => setTimeout(go, 20))) assert.ok(Date.now() < end, `never: ${what}`);
}
const marksOf = (events) => events.filter(({ type, data }) => type === 5 && data.tag === "mark").map(({ data }) => data.payload.label);
const notesOf = (events) => events.filter(({ type, data }) => type === 5 && data.tag === "$replayreel").map(({ data }) => data.payload);

async function journey() {
  const { page, wrong } = await fresh({ keep: true });
  await page.evaluate(() => window.replayreel.identify("person-7"));
  const id = await session(page);
  const said = [];
  const note = async (label) => (said.push(label), await mark(page, label));
  const add = async (count) => { for (let one = 0; one < count; one++) await page.click("#add"); };

  // Everything that is not to be seen, while the server has its troubles.
  ingest.faults = (count) => (count % 3 === 0 ? 503 : count % 5 === 0 ? "cut" : count % 7 === 0 ? "cut after" : count === 4 ? 429 : undefined);
  await page.type("#name", "Typed-Name");
  await page.type("#pass", "hunter-two-2");
  await page.click("#show");
  await page.type("#pass", "hunter-two-2");
  await page.$eval("#old", (field) => (field.value = ""));
  await page.type("#area", "Typed-Area");
  await page.$eval("#area", (field) => (field.value = ""));
  await page.type("#ignored", "Ignored-Typing");
  await page.type("#editable", "Typed-Editable");
  await note("typed");
  await page.evaluate(async () => {
    console.error("Cannot load https://api.example/pay?token=console-secret#fragment-secret", new Error("kiln is cold"));
    console.log("not recorded");
    setTimeout(window.fail);
    await fetch("/api/missing?token=request-secret");
    await new Promise((done) => { const request = new XMLHttpRequest(); request.open("POST", "/api/gone?token=request-secret"); request.onloadend = done; request.send("x"); });
    history.pushState({}, "", `${location.search}&step=2&token=query-secret#access_token=fragment-secret`);
    history.pushState({}, "", `/shop/checkout${location.search}#/pay?token=fragment-secret`);
  });
  await add(2);
  await note("requests");

  // Offline, as the browser itself says it.
  await page.setOfflineMode(true);
  await add(2);
  await note("offline");
  await notice(page, { type: "waiting", reason: "network" });
  await page.setOfflineMode(false);

  // The page comes again while the server is away; what it had stays for the next page. Twice, so that one page finds what two have left.
  ingest.faults = () => "cut";
  for (const turn of [1, 2]) {
    await note(`before reload ${turn}`);
    await page.reload();
    assert.equal(await session(page), id, "a reload does not end the session");
    await page.type("#pass", "hunter-two-2");
    await add(2);
    await note(`after reload ${turn}`);
  }
  ingest.faults = (count) => (count % 4 === 0 ? "cut after" : undefined);
  await note("last");
  await until("all has arrived", () => marksOf(ingest.events(id)).includes("last"));
  ingest.faults = () => undefined;

  // The package has by another way what the server got.
  const client = await page.createCDPSession();
  await client.send("Browser.setDownloadBehavior", { behavior: "allow", downloadPath: folder, browserContextId: page.browserContext().id, eventsEnabled: true });
  const saved = new Promise((done) => client.on("Browser.downloadProgress", ({ state }) => state === "completed" && done()));
  // Nothing more is recorded, and the last chunk is had.
  await page.evaluate(() => window.replayreel.stop());
  await until("the end has arrived", () => notesOf(ingest.events(id)).some(({ stopped }) => stopped));
  assert.ok(await page.evaluate(() => window.replayreel.download("session.replay.zip")));
  await saved;

  const lines = ingest.lines(id);
  writeFileSync(join(folder, "session.jsonl"), lines.join("\n") + "\n");
  const events = ingest.events(id);
  assert.deepEqual(marksOf(events), said, "each mark once, in order");
  const times = events.map(({ timestamp }) => timestamp);
  assert.ok(times.every((time, index) => index === 0 || time >= times[index - 1] - 1_000), "in order of time");
  const packed = entry(readFileSync(join(folder, "session.replay.zip")), "events.jsonl").toString("utf8").trimEnd().split("\n");
  const sorted = lines.map((line) => [JSON.parse(line).timestamp, line]).sort(([a], [b]) => a - b).map(([, line]) => `["main", ${line}]`);
  assert.deepEqual(packed, sorted, "the package and the server have the same");
  assert.deepEqual(notesOf(events).filter(({ lost }) => lost !== undefined), []);
  assert.equal(events.filter(({ type }) => type === 2).length, 3, "a snapshot for each page");
  const inputs = events.filter(({ type, data }) => type === 3 && data.source === 5).map(({ data }) => data.text);
  assert.ok(inputs.includes("**********") && inputs.includes("********"), "masks of the length of a name, and of no length of a password");
  assert.ok(lines.join("").includes("Order now"), "captions of buttons are shown");
  const plugins = events.filter(({ type }) => type === 6).map(({ data }) => data);
  const told = plugins.filter(({ plugin }) => plugin === "rrweb/console@1").flatMap(({ payload }) => payload.payload);
  assert.ok(told.some((text) => text.includes("https://api.example/pay")) && told.some((text) => text.includes("nobody caught this")));
  const failed = plugins.filter(({ plugin }) => plugin === "rrweb/network@1").flatMap(({ payload }) => payload.requests);
  assert.deepEqual(failed.map(({ method, name, status }) => [method, new URL(name).pathname, status]), [["GET", "/api/missing", 404], ["POST", "/api/gone", 404]]);
  assert.deepEqual(events.filter(({ data }) => data.tag === "$url_changed").map(({ data }) => data.payload.href), [`${site.url}/shop/checkout#/pay`]);
  assert.deepEqual(wrong, ["Error: nobody caught this"], "the recorder throws nothing into the page");
  for (const secret of SECRETS) {
    assert.ok(!ingest.heard.includes(secret), `${secret} was sent`);
    assert.ok(!packed.join("\n").includes(secret), `${secret} is in the package`);
  }
  assert.ok(ingest.gzipped > 0 && ingest.duplicates > 0 && ingest.failed > 3, "the troubles took place");
  return { events: events.length, chunks: ingest.chunks(id), duplicates: ingest.duplicates, gaps: ingest.gaps, failed: ingest.failed, gzipped: ingest.gzipped };
}

/** A page that is left sends its rest. */
async function leaving() {
  const { page } = await fresh({ every: 1e6 });
  const id = await session(page);
  await page.waitForFunction(() => document.readyState === "complete", patience);
  await mark(page, "bye");
  await page.goto("about:blank");
  await until("the rest has arrived", () => marksOf(ingest.events(id)).includes("bye"));
}

/** Where there is no database, what was not sent goes from page to page of the tab. */
async function memory() {
  const page = await (await browser.createBrowserContext()).newPage();
  await page.evaluateOnNewDocument(() => Object.defineProperty(window, "indexedDB", { value: undefined }));
  await page.goto(address({}));
  const id = await session(page);
  ingest.faults = () => "cut";
  await mark(page, "kept");
  await notice(page, { type: "waiting" });
  await page.reload();
  ingest.faults = () => undefined;
  await mark(page, "later");
  await until("both", () => marksOf(ingest.events(id)).includes("later"));
  assert.deepEqual(marksOf(ingest.events(id)), ["kept", "later"]);
}

/** A site that shows what is typed shows no secrets. */
async function shown() {
  const { heard } = ingest;
  const { page } = await fresh({ maskInputs: false, keepQuery: true });
  const id = await session(page);
  await page.evaluate(() => { document.querySelector("#area").autocomplete = "cc-number"; });
  for (const [field, text] of [["#name", "Seen-Name"], ["#area", "Typed-Area"], ["#ignored", "Ignored-Typing"], ["#pass", "hunter-two-2"]]) await page.type(field, text);
  await page.click("#show");
  await page.type("#pass", "hunter-two-2");
  await mark(page, "shown");
  await until("it arrived", () => marksOf(ingest.events(id)).includes("shown"));
  const text = ingest.lines(id).join("");
  assert.ok(text.includes("Seen-Name") && text.includes("query-secret"));
  for (const secret of ["Typed-Area", "Ignored-Typing", "hunter-two-2", "Old-Password", "Hidden-Token", "Masked-Text", "Blocked-Text", "Csrf-Token"]) assert.ok(!text.includes(secret), secret);
  await page.close();
  ingest.heard = heard;
}

/** A session whose tab was closed without a network is sent by the next visit. */
async function orphan() {
  const { page, context } = await fresh({});
  const id = await session(page);
  ingest.faults = () => "cut";
  await mark(page, "orphan");
  await notice(page, { type: "waiting" });
  await page.close();
  ingest.faults = () => undefined;
  const next = await context.newPage();
  // Chunks that are young may be another tab's that is alive.
  await next.evaluateOnNewDocument(() => { const { now } = Date; Date.now = () => now() + 60_000; });
  await next.goto(address({}));
  await until("the orphan has arrived", () => marksOf(ingest.events(id)).includes("orphan"));
  assert.notEqual(await session(next), id);
}

/** Two tabs, of which one was opened by the other with a copy of its storage. */
async function copies() {
  const { page, context } = await fresh({});
  const opened = new Promise((done) => context.once("targetcreated", (target) => done(target.page())));
  await page.evaluate(() => void window.open(location.href));
  const copy = await opened;
  await copy.waitForFunction(() => window.replayreel?.session, patience);
  assert.notEqual(await session(copy), await session(page));
}

/** Nobody does anything for long: what comes then is another session, which begins with the page. */
async function idle() {
  const { page } = await fresh({ idle: 300 });
  const before = await session(page);
  // Emptied fields: their attribute, and the text in the area, are still what they were when the next snapshot is taken.
  await page.evaluate(() => { document.querySelector("#old").value = document.querySelector("#area").value = ""; });
  await until("another session", async () => (await page.click("#add"), await new Promise((go) => setTimeout(go, 350)), (await session(page)) !== before));
  const id = await session(page);
  await until("it arrived", () => ingest.events(id).length > 2);
  assert.deepEqual(ingest.events(id).slice(0, 3).map(({ type }) => type), [5, 4, 2]);
  assert.equal(notesOf(ingest.events(id))[0].before, before);
}

/** A page that comes back from the browser's cache begins with a snapshot, in the session that other pages have gone on with. */
async function back() {
  const { page } = await fresh({});
  const id = await session(page);
  await mark(page, "there");
  await until("the beginning", () => marksOf(ingest.events(id)).includes("there"));
  const next = ingest.chunks(id);
  // As the browser tells it; what another page sent meanwhile is sent for it.
  await page.evaluate(() => dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true })));
  await page.evaluate(async (endpoint) => {
    const state = JSON.parse(sessionStorage.getItem("replayreel"));
    const headers = { authorization: "Bearer ik_public", "content-type": "application/x-ndjson", "replayreel-seq": state.next };
    const body = JSON.stringify({ type: 5, data: { tag: "mark", payload: { label: "elsewhere" } }, timestamp: Date.now() });
    // The page may have sent its own rest first.
    for (let done = false; !done; ) done = (await fetch(`${endpoint}/v1/ingest/${state.id}`, { method: "POST", headers, body })).status === 202;
    sessionStorage.setItem("replayreel", JSON.stringify({ ...state, next: state.next + 1 }));
    dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
  }, ingest.url);
  await mark(page, "back");
  await until("the rest", () => marksOf(ingest.events(id)).includes("back"));
  assert.deepEqual(marksOf(ingest.events(id)), ["there", "elsewhere", "back"]);
  assert.equal(ingest.events(id).filter(({ type }) => type === 2).length, 2);
  assert.ok(ingest.chunks(id) > next);
}

/** A chunk that is in no place any more is said to be lost, and the rest arrives. */
async function lost() {
  const { page } = await fresh({});
  const id = await session(page);
  await until("the beginning", () => ingest.chunks(id) > 0);
  ingest.faults = () => "cut";
  await mark(page, "lost");
  await notice(page, { type: "waiting" });
  await page.evaluate(() => new Promise((done) => {
    indexedDB.open("replayreel").onsuccess = ({ target: { result: db } }) => {
      const transaction = db.transaction(["bodies", "notes"], "readwrite");
      transaction.objectStore("bodies").clear();
      transaction.objectStore("notes").clear();
      transaction.oncomplete = done;
    };
  }));
  ingest.faults = () => undefined;
  await mark(page, "found");
  await until("the rest", () => marksOf(ingest.events(id)).includes("found"));
  assert.ok(notesOf(ingest.events(id)).some(({ lost }) => Number.isInteger(lost)));
  assert.ok(!marksOf(ingest.events(id)).includes("lost"));
}

/** Without a network and with little room, the oldest go and the page is told. */
async function full() {
  ingest.faults = () => "cut";
  const { page } = await fresh({ storage: 30_000 });
  const first = await session(page);
  await page.evaluate(() => {
    // What compresses badly.
    window.growing = setInterval(() => {
      const bytes = crypto.getRandomValues(new Uint8Array(3_000));
      document.querySelector("#list").lastChild?.remove();
      document.querySelector("#list").append(Object.assign(document.createElement("li"), { textContent: btoa(String.fromCharCode(...bytes)) }));
    }, 20);
  });
  await notice(page, { type: "dropped", reason: "storage", session: first });
  await page.evaluate(() => clearInterval(window.growing));
  const stored = await page.evaluate(() => new Promise((done) => {
    indexedDB.open("replayreel").onsuccess = ({ target: { result: db } }) => {
      db.transaction("notes").objectStore("notes").getAll().onsuccess = ({ target }) => done(target.result.reduce((sum, { bytes }) => sum + bytes, 0));
    };
  }));
  assert.ok(stored < 60_000, `${stored} bytes are stored`);
  ingest.faults = () => undefined;
  await mark(page, "after");
  const id = await session(page);
  await until("the newest session", () => marksOf(ingest.events(id)).includes("after"));
  await until("the recording says what is missing", () => ingest.sessions().some((one) => notesOf(ingest.events(one)).some(({ dropped }) => dropped?.reason === "storage")));
}

/** A server that will not have it is left in peace. */
async function refused() {
  ingest.faults = () => 403;
  const { page, wrong } = await fresh({});
  await notice(page, { type: "stopped", reason: "refused", status: 403 });
  const asked = ingest.asked;
  await page.click("#add");
  await page.evaluate(() => (window.replayreel.mark("nobody"), window.replayreel.flush(), new Promise((go) => setTimeout(go, 300))));
  assert.equal(ingest.asked, asked);
  assert.deepEqual(wrong, []);
  ingest.faults = () => undefined;
}

/** What a ZIP's directory says of an entry, read. */
function entry(zip, path) {
  const end = zip.length - 22;
  assert.equal(zip.readUInt32LE(end), 0x06054b50);
  let at = zip.readUInt32LE(end + 16);
  for (let index = 0; index < zip.readUInt16LE(end + 10); index++) {
    const [method, size, name, offset] = [zip.readUInt16LE(at + 10), zip.readUInt32LE(at + 20), zip.readUInt16LE(at + 28), zip.readUInt32LE(at + 42)];
    if (zip.toString("utf8", at + 46, at + 46 + name) === path) {
      const bytes = zip.subarray(offset + 30 + name, offset + 30 + name + size);
      return method === 8 ? inflateRawSync(bytes) : bytes;
    }
    at += 46 + name;
  }
  return assert.fail(`no ${path}`);
}

try {
  const seen = await journey();
  for (const one of [leaving, memory, shown, orphan, copies, idle, back, lost, full, refused]) {
    await one().catch((error) => { throw new Error(`${one.name}: ${error.message}`, { cause: error }); });
  }
  for (const secret of SECRETS) assert.ok(!ingest.heard.includes(secret), `${secret} was sent`);
  console.log(JSON.stringify(seen));
} finally {
  await browser.close();
  ingest.close();
  site.close();
}
