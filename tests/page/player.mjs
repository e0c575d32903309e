// Goes through the offline player as a person does, in a real browser.
//
//   node player.mjs ASKED [PICTURES]
//
// ASKED is a JSON file: what to do with which files (see the bottom). PICTURES is a folder for screenshots. What was seen goes to standard output
// as JSON; what is not as it should be is an exception.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { basename, join } from "node:path";
import puppeteer from "puppeteer-core";

const [words, pictures] = process.argv.slice(2);
const asked = JSON.parse(readFileSync(words, "utf8"));
const browser = await puppeteer.launch({
  executablePath: process.env.REPLAYREEL_CHROMIUM ?? "/usr/lib/chromium/chromium-headless-shell",
  headless: "shell",
  args: ["--font-render-hinting=none", "--disable-lcd-text", "--force-color-profile=srgb", "--disable-gpu", ...(process.getuid() === 0 ? ["--no-sandbox"] : [])],
});
const patience = { timeout: 30_000, polling: 20 };
if (pictures) mkdirSync(pictures, { recursive: true });

/** A page of which every request and every complaint is noted. */
async function fresh(network) {
  const page = await browser.newPage();
  await page.setViewport({ width: 1280, height: 800 });
  await page.setOfflineMode(!network);
  const requests = [];
  const wrong = [];
  page.on("request", (request) => /^(data|blob):/.test(request.url()) || requests.push(request.url()));
  page.on("pageerror", (error) => wrong.push(String(error)));
  await page.evaluateOnNewDocument(() => {
    window.told = [];
    for (const name of ["ready", "play", "pause", "ended", "error"]) addEventListener(name, (event) => event.target.localName === "replay-reel" && window.told.push(name), true);
  });
  return { page, requests, wrong };
}

async function openFile(file, hash = "") {
  const opened = await fresh(false);
  await opened.page.goto(`file://${file}${hash}`);
  await opened.page.waitForFunction(() => window.told.includes("ready") || window.told.includes("error"), patience);
  assert.ok(await opened.page.evaluate(() => window.told.includes("ready")), await opened.page.evaluate(() => document.querySelector("replay-reel").shadowRoot.querySelector(".message").textContent));
  return opened;
}

const reel = (page, look, argument) => page.$eval("replay-reel", look, argument);
const inside = (selector) => `replay-reel >>> ${selector}`;
const at = (page) => reel(page, ({ currentTime }) => currentTime);

async function play() {
  const { page, requests, wrong } = await openFile(asked.file);

  // It plays, and time passes.
  await page.click(inside("[aria-label=Play].icon"));
  await page.waitForFunction(() => document.querySelector("replay-reel").currentTime > 0.5, patience);
  await page.keyboard.press("k");
  assert.deepEqual(await page.evaluate(() => window.told), ["ready", "play", "pause"]);
  const paused = await at(page);

  // Keys.
  await page.keyboard.press("Home");
  const start = await at(page);
  assert.ok(start < paused);
  await page.keyboard.press(".");
  await page.waitForFunction((start) => document.querySelector("replay-reel").currentTime > start, patience, start);
  await page.keyboard.press(",");
  await page.keyboard.press("5");
  const duration = await reel(page, ({ duration }) => duration);
  assert.ok(Math.abs((await at(page)) - (start + (duration - start) / 2)) < 0.01);
  await page.keyboard.press("ArrowLeft");
  assert.ok((await at(page)) < duration / 2);
  await page.keyboard.press("+");
  assert.equal(await reel(page, ({ playbackRate }) => playbackRate), 1.5);
  await page.keyboard.press("?");
  assert.ok(await page.$(inside("dialog[open]")));
  await look(page, "help");
  await page.keyboard.press("Escape");
  await page.keyboard.press("End");
  assert.equal(await at(page), duration);

  // Lists: a row jumps, a search leaves what it finds.
  const rows = await page.$$(inside("#pane-steps .row"));
  assert.ok(rows.length > 2, "no steps");
  const [text, second] = await rows[2].evaluate((row) => [row.querySelector(".text").textContent, row.querySelector(".time").textContent]);
  await rows[2].click();
  await page.waitForFunction((second) => document.querySelector("replay-reel").shadowRoot.querySelector(".clock").textContent.startsWith(`${second} `), patience, second);
  await page.waitForSelector(inside("#pane-steps .row[aria-current]"));
  await page.type(inside("#pane-steps input[type=search]"), text.slice(0, 12));
  await page.waitForFunction((all) => document.querySelector("replay-reel").shadowRoot.querySelectorAll("#pane-steps .row").length < all, patience, rows.length);
  await page.click(inside("#tab-moments"));
  await page.waitForSelector(inside("#pane-moments .row"));
  await look(page, "moments");

  // The page of the moment as a tree.
  await page.click(inside("#tab-page"));
  await page.waitForSelector(inside("#pane-page [role=treeitem][aria-expanded=true]"));
  const items = (await page.$$(inside("#pane-page [role=treeitem]"))).length;
  await page.click(inside("#pane-page [role=treeitem][aria-expanded=false]"));
  await page.waitForFunction((items) => document.querySelector("replay-reel").shadowRoot.querySelectorAll("#pane-page [role=treeitem]").length > items, patience, items);
  await look(page, "page");
  const saved = await page.evaluate(async () => {
    const make = URL.createObjectURL;
    const blob = new Promise((resolve) => (URL.createObjectURL = (blob) => (resolve(blob), make(blob))));
    document.querySelector("replay-reel").shadowRoot.querySelector("#pane-page .text-button").click();
    return (await blob).text();
  });
  assert.match(saved, /^<!DOCTYPE html>[^]*Content-Security-Policy/);
  assert.doesNotMatch(saved, /<script/i);

  // Light and dark.
  const back = () => page.$eval(inside(".app"), (app) => getComputedStyle(app).backgroundColor);
  const light = await back();
  await page.click(inside("[aria-label='Light or dark']"));
  assert.notEqual(await back(), light);
  await look(page, "dark");

  // The frame lets no script run, and nothing of it can be reached by keys or pointer.
  const frame = await page.$eval(inside("iframe"), (frame) => [frame.getAttribute("sandbox"), frame.closest("[inert]") !== null, frame.contentDocument.scripts.length]);
  assert.deepEqual(frame, ["allow-same-origin", true, 0]);
  await page.setViewport({ width: 390, height: 760 });
  assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 390);
  await look(page, "phone");
  assert.deepEqual(wrong, []);
  await page.close();

  // A link to a moment.
  const linked = await openFile(asked.file, "#t=0:03.5");
  assert.equal(await at(linked.page), 3.5);
  await linked.page.evaluate(() => (location.hash = "t=2"));
  await linked.page.waitForFunction(() => document.querySelector("replay-reel").currentTime === 2, patience);
  await linked.page.close();
  await windows();
  await picture();
  return { requests: requests.filter((url) => url !== `file://${asked.file}`) };
}

/** Two windows: the view follows the person, or stays with one; what nobody does is skipped. */
async function windows() {
  const { page } = await openFile(asked.windows);
  const shown = async (seconds) => {
    await reel(page, (reel, seconds) => reel.seek(seconds), seconds);
    return reel(page, ({ page }) => page.body.textContent.trim());
  };
  assert.deepEqual([await shown(1), await shown(3), await shown(6)], ["one", "two", "one"]);
  await page.select(inside(".windows"), " two");
  await page.waitForFunction(() => document.querySelector("replay-reel").page.body.textContent.trim() === "two", patience);
  await page.select(inside(".windows"), "");
  await page.waitForFunction(() => document.querySelector("replay-reel").page.body.textContent.trim() === "one", patience);
  await reel(page, (reel) => reel.seek(8));
  await page.click(inside(".skip"));
  await page.click(inside("[aria-label=Play].icon"));
  // From 8 s nobody does anything until 20 s.
  await page.waitForFunction(() => document.querySelector("replay-reel").currentTime > 18, { ...patience, timeout: 5000 });
  await page.waitForFunction(() => window.told.includes("ended"), patience);
  await page.close();
}

/** The page at a moment, pixel for pixel. */
async function picture() {
  const { page } = await openFile(asked.picture.file);
  await reel(page, async (reel, at) => {
    reel.setAttribute("panel", "none");
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(".big, .overlay { display: none !important } .page { box-shadow: none !important } .app.narrowed { grid-template-rows: auto minmax(0, 1fr) auto !important }");
    reel.shadowRoot.adoptedStyleSheets.push(sheet);
    await reel.seek(at);
  }, asked.picture.at);
  const [width, height] = await page.$eval(inside("iframe"), (frame) => [frame.clientWidth, frame.clientHeight]);
  await page.setViewport({ width, height: height + 300 });
  const around = await reel(page, ({ shadowRoot }) => shadowRoot.querySelector(".heading").offsetHeight + shadowRoot.querySelector(".controls").offsetHeight);
  await page.setViewport({ width, height: height + around });
  await page.waitForFunction((width) => document.querySelector("replay-reel").shadowRoot.querySelector(".page").offsetWidth === width, patience, width);
  const clip = await page.$eval(inside(".page"), (page) => page.getBoundingClientRect().toJSON());
  await page.screenshot({ path: asked.picture.to, clip: { x: clip.x, y: clip.y, width: clip.width, height: clip.height } });
  await page.close();
}

/** Hostile recordings: as files, and as packages in a page that has no policy of its own. */
async function cage() {
  const visits = [];
  for (const file of asked.files) {
    const { page, requests } = await openFile(file);
    visits.push(await visit(page, "replay-reel"));
    assert.deepEqual(requests, [`file://${file}`]);
    await page.close();
  }
  const server = createServer((request, response) => {
    const name = basename(request.url);
    const file = name === "player.js" ? asked.script : [asked.own, ...asked.packages].find((one) => basename(one) === name);
    response.setHeader("content-type", name === "player.js" ? "text/javascript" : file ? "application/zip" : "text/html");
    const elements = asked.packages.map((one) => `<replay-reel src="${basename(one)}" style="height:300px"></replay-reel>`).join("");
    response.end(file ? readFileSync(file) : `<!doctype html><title>host</title><script src="player.js"></script>${elements}<replay-reel id=own at="0:02" speed=2 theme=dark></replay-reel>`);
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const base = `http://127.0.0.1:${server.address().port}`;
  const { page, requests } = await fresh(true);
  await page.goto(base);
  await page.waitForFunction((count) => window.told.length >= count, patience, asked.packages.length);
  for (let place = 1; place <= asked.packages.length; place++) visits.push(await visit(page, `replay-reel:nth-of-type(${place})`));

  // Beside them one that is given its package by hand, with a moment and a speed; what it tells, it tells as media elements do.
  await page.evaluate(async (name) => {
    const file = new File([await (await fetch(name)).blob()], name);
    document.querySelector("#own").source = file;
  }, basename(asked.own));
  await page.waitForFunction(() => document.querySelector("#own").currentTime === 2, patience);
  await page.evaluate(() => document.querySelector("#own").play());
  await page.waitForFunction(() => document.querySelector("#own").currentTime > 2.5, patience);
  assert.deepEqual(await page.$eval("#own", ({ paused, playbackRate }) => [paused, playbackRate]), [false, 2]);
  await look(page, "element");
  assert.ok(requests.every((url) => url.startsWith(base)), requests.join("\n"));
  await page.evaluate(() => {
    document.querySelector("#own").remove();
    document.querySelector("replay-reel").src = "nothing-here";
  });
  await page.waitForFunction(() => window.told.includes("error"), patience);
  server.close();
  return { visits };
}

async function visit(page, selector) {
  await page.$eval(selector, async (reel) => {
    for (const seconds of [0, 0.2, 0.5, 0.8, 0.95, reel.duration, 0.3]) await reel.seek(seconds);
  });
  // Two frames, for what comes by itself.
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  const seen = await page.$eval(selector, (reel) => ({ refused: reel.report.missing, removed: reel.report.removed, focus: document.activeElement.localName }));
  assert.equal(seen.focus, "body");
  const red = await page.evaluate(() => document.title === "red" || document.body.style.background === "red" || document.querySelector("html > div") !== null);
  return { ...seen, red };
}

async function look(page, name) {
  if (pictures) await page.screenshot({ path: join(pictures, `${name}.png`) });
}

try {
  console.log(JSON.stringify(asked.do === "play" ? await play() : await cage()));
} finally {
  await browser.close();
}
