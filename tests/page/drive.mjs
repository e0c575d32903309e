// Goes through the service's pages as a person does, in a real browser.
//
//   node drive.mjs BASE RECORDING BROKEN [PICTURES]
//
// BASE is the address of an open server that renders; RECORDING can be rendered, BROKEN cannot. PICTURES is a folder for screenshots of each page,
// light, dark and on a phone; without it none are made. Ends with the shared link on standard output. What is not as it should be is an exception.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import puppeteer from "puppeteer-core";

const [base, recording, broken, pictures] = process.argv.slice(2);
const executablePath = process.env.REPLAYREEL_CHROMIUM ?? "/usr/lib/chromium/chromium-headless-shell";
const browser = await puppeteer.launch({
  executablePath,
  headless: "shell",
  args: process.getuid() === 0 ? ["--no-sandbox"] : [],
});
const patience = { timeout: 120_000 };
if (pictures) mkdirSync(pictures, { recursive: true });

try {
  const context = await browser.createBrowserContext();
  await context.overridePermissions(base, ["clipboard-read", "clipboard-write", "clipboard-sanitized-write"]);
  const page = await context.newPage();
  await page.setViewport({ width: 1280, height: 900 });
  const wrong = watch(page);

  // Nothing there yet.
  await page.goto(base);
  await page.waitForSelector(".drop.live");
  await look(page, "empty");

  // A recording is dropped on the page.
  await drop(page, recording);
  await look(page, "chosen");
  await Promise.all([page.waitForNavigation(patience), page.click("#order .primary")]);
  assert.match(new URL(page.url()).pathname, /^\/renders\/rnd_[0-9a-f]{32}$/);
  const render = page.url();

  // Progress is live: the bar moves without the page being loaded again.
  await page.evaluate(() => (window.sameDocument = true));
  await page.waitForFunction(() => document.querySelector("#bar")?.value > 0, { ...patience, polling: 50 });
  await look(page, "progress");
  await page.waitForSelector("#video", patience);
  assert.ok(await page.evaluate(() => window.sameDocument), "the page was loaded again");

  // The result plays, its captions are there, chapters seek.
  await page.evaluate(() => document.querySelector("#video").play());
  await page.waitForFunction(() => document.querySelector("#video").currentTime > 0.3, patience);
  await page.evaluate(() => document.querySelector("#video").pause());
  assert.equal(await page.$$eval("track[kind=captions]", (tracks) => tracks.length), 1);
  const marks = await page.$$("[data-chapter]");
  assert.ok(marks.length > 1, "no chapters");
  const seconds = await marks.at(-1).evaluate((mark) => Number(mark.dataset.seconds));
  await marks.at(-1).click();
  await page.waitForFunction((at) => document.querySelector("#video").currentTime >= at, patience, seconds);
  await page.waitForFunction(() => [...document.querySelectorAll("[data-chapter]")].at(-1).ariaCurrent === "true", patience);

  // A still of the moment.
  await page.click("#take");
  await page.waitForSelector("#still-figure:not([hidden])", patience);
  assert.ok(await page.$eval("#still-picture", (picture) => picture.decode().then(() => picture.naturalWidth > 100)));

  // The link is copied, and opens for somebody without a cookie.
  await page.click("#share button");
  await page.waitForFunction(() => /cop/i.test(document.querySelector("#copied-note").textContent), patience);
  const link = await page.$eval("#link", (field) => field.value);
  await look(page, "render");
  const guest = await (await browser.createBrowserContext()).newPage();
  const guestWrong = watch(guest);
  await guest.goto(link);
  await guest.evaluate(() => document.querySelector("#video").play());
  await guest.waitForFunction(() => document.querySelector("#video").currentTime > 0.3, patience);
  await guest.evaluate(() => document.querySelector("#video").pause());
  await look(guest, "share");
  assert.deepEqual(guestWrong, []);

  // What is no recording says so, and can be tried again.
  await page.goto(base);
  await page.waitForSelector(".drop.live");
  await drop(page, broken);
  await Promise.all([page.waitForNavigation(patience), page.click("#order .primary")]);
  const failed = page.url();
  await page.waitForSelector(".trouble", patience);
  assert.ok((await page.$eval(".trouble .message", (message) => message.textContent)).length > 10);
  await look(page, "failed");
  await Promise.all([page.waitForNavigation(patience), page.click(".trouble .primary")]);
  assert.equal(page.url(), failed);
  await page.waitForSelector(".trouble", patience);

  // One is cancelled on its way.
  await page.goto(base);
  await page.waitForSelector(".drop.live");
  await drop(page, recording);
  await page.click("input[value=archive]");
  await Promise.all([page.waitForNavigation(patience), page.click("#order .primary")]);
  await Promise.all([page.waitForNavigation(patience), page.click(".going button")]);
  await page.waitForSelector("#render[data-state=cancelled]", patience);
  await look(page, "cancelled");

  // The list has all three; a link with no recording behind it is refused in place.
  await page.goto(base);
  assert.deepEqual(await page.$$eval(".row", (rows) => rows.map((row) => row.dataset.state)), ["cancelled", "failed", "succeeded"]);
  await page.type("#source", "/etc/passwd");
  await page.click("#order .primary");
  await page.waitForFunction(() => document.querySelector("#order-note").textContent.includes("posthog:ID"), patience);
  await look(page, "list");
  if (pictures) {
    await page.goto(`${render}/delete`);
    await look(page, "delete");
    await page.goto(`${base}/renders/rnd_nothing`);
    await look(page, "missing");
    await page.goto(`${base}/s/nothing`);
    await look(page, "missing-link");
  }
  assert.deepEqual(wrong.filter((line) => !/status of (404|422|400)/.test(line)), []);
  console.log(link);
} finally {
  await browser.close();
}

/** What the page complains of: scripts that fail, what its policy forbids. */
function watch(page) {
  const lines = [];
  page.on("pageerror", (error) => lines.push(String(error)));
  page.on("console", (message) => message.type() === "error" && lines.push(message.text()));
  return lines;
}

/** As a file manager drops it: the browser hands the page a file of its disk. */
async function drop(page, file) {
  const field = await page.$("#package");
  // Puppeteer drops no real files; the handler is given what the field was.
  await field.uploadFile(file);
  await page.evaluate(() => {
    const field = document.querySelector("#package");
    const data = new DataTransfer();
    data.items.add(field.files[0]);
    field.value = "";
    for (const type of ["dragenter", "dragover", "drop"]) {
      document.body.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
    }
  });
  await page.waitForSelector(".drop.full");
}

async function look(page, name) {
  if (!pictures) return;
  const views = [
    ["light", 1280, "light"],
    ["dark", 1280, "dark"],
    ["phone", 360, "light"],
  ];
  for (const [view, width, scheme] of views) {
    await page.setViewport({ width, height: width === 360 ? 740 : 900 });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    if (wide > width) console.error(`${name} ${view}: ${wide} px wide`);
    await page.screenshot({ path: join(pictures, `${name}-${view}.png`), fullPage: true });
  }
  await page.setViewport({ width: 1280, height: 900 });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: "light" }]);
}
