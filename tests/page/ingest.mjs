// A page of another origin is recorded into the service, reloaded, and left: as a visitor does it.
//
//   node ingest.mjs ENDPOINT KEY [PICTURES]
//
// Prints the session.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import puppeteer from "puppeteer-core";
import { pages } from "./recorder-server.mjs";

const [endpoint, key] = process.argv.slice(2);
const recorder = readFileSync(new URL("../../player-assets/dist/recorder.js", import.meta.url), "utf8");
const tag = `<script src="/recorder.js" data-endpoint="${endpoint}" data-key="${key}"></script>`;
const body = `<h1 style="color:#0a0">Orders</h1><input id="name"><button onclick="document.body.style.background='#fc0'">Pay</button>`;
const site = await pages((path) => (path === "/recorder.js" ? recorder : `<!doctype html><title>Shop</title>${tag}<body style="font:30px sans-serif">${body}`));
const executablePath = process.env.REPLAYREEL_CHROMIUM ?? "/usr/lib/chromium/chromium-headless-shell";
const browser = await puppeteer.launch({ executablePath, headless: "shell", args: process.getuid() === 0 ? ["--no-sandbox"] : [] });
try {
  const page = await browser.newPage();
  await page.setViewport({ width: 640, height: 360 });
  const asked = [];
  page.on("request", (request) => request.url().startsWith(endpoint) && asked.push(request.method()));
  await page.goto(`${site.url}/orders`);
  await page.evaluate(() => (window.told = [], addEventListener("replayreel", ({ detail }) => window.told.push(detail))));
  const sent = (count) => page.waitForFunction((count) => window.told.filter(({ type }) => type === "sent").length >= count, {}, count);
  await page.evaluate(() => replayreel.identify("ada"));
  await page.type("#name", "Ada Lovelace");
  await page.evaluate(() => replayreel.flush());
  await sent(1);
  await page.reload();
  await page.evaluate(() => (window.told = [], addEventListener("replayreel", ({ detail }) => window.told.push(detail))));
  await page.click("button");
  await page.evaluate(() => (replayreel.mark("paid"), replayreel.flush()));
  await sent(1);
  const { session, refused } = await page.evaluate(() => ({ session: replayreel.session, refused: window.told.filter(({ type }) => type === "refused") }));
  assert.deepEqual(refused, []);
  assert.ok(asked.includes("POST"));
  console.log(session);
} finally {
  await browser.close();
  site.close();
}
