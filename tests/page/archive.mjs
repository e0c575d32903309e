// Goes through an archive's page as a person does, from the disk, in a real browser without a network.
//
//   node archive.mjs INDEX [PICTURES]
//
// INDEX is the page of an archive of seven recordings, of which 0005 is broken and 0003 has an error. PICTURES is a folder for screenshots.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import puppeteer from "puppeteer-core";

const [index, pictures] = process.argv.slice(2);
const executablePath = process.env.REPLAYREEL_CHROMIUM ?? "/usr/lib/chromium/chromium-headless-shell";
const args = ["--allow-file-access-from-files=false", ...(process.getuid() === 0 ? ["--no-sandbox"] : [])];
const browser = await puppeteer.launch({ executablePath, headless: "shell", args });
if (pictures) mkdirSync(pictures, { recursive: true });

try {
  const page = await browser.newPage();
  await page.setViewport({ width: 1280, height: 800 });
  await page.setOfflineMode(true);
  const wrong = [];
  page.on("pageerror", (error) => wrong.push(String(error)));
  page.on("console", (message) => message.type() === "error" && wrong.push(message.text()));
  page.on("request", (request) => /^(file|data|blob):/.test(request.url()) || wrong.push(request.url()));
  const look = async (name) => {
    if (!pictures) return;
    for (const scheme of ["light", "dark"]) {
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
      await page.screenshot({ path: join(pictures, `archive-${name}-${scheme}.png`) });
    }
  };
  const shown = () => page.$$eval("#list > li", (cards) => cards.filter((card) => !card.hidden).map((card) => card.querySelector("b").textContent));

  await page.goto(pathToFileURL(index).href);
  assert.equal((await shown()).length, 7);
  assert.ok((await shown()).some((name) => name.includes("évil")), "a strange name is not there");
  await page.waitForFunction(() => [...document.querySelectorAll(".picture img")].every((picture) => picture.complete && picture.naturalWidth > 0));
  await look("list");

  // Searched, by words that stand in different places.
  await page.type("#search", "0003 boom".split(" ")[0]);
  assert.deepEqual(await shown(), ["0003"]);
  assert.match(await page.$eval("#count", (count) => count.textContent), /1 of 7/);
  await page.$eval("#search", (search) => ((search.value = ""), search.dispatchEvent(new Event("input"))));
  await page.select("#show", "failed");
  assert.deepEqual(await shown(), ["0005"]);
  assert.ok((await page.$eval("li[data-failed] .reason", (reason) => reason.textContent)).length > 10);
  await page.select("#show", "trouble");
  assert.deepEqual(await shown(), ["0003"]);
  await look("trouble");

  // Played, and sought to the moment of the error.
  await page.click("#list > li:not([hidden]) .open");
  await page.waitForFunction(() => document.querySelector("#video").currentTime > 0.1);
  const marks = await page.$$("#moments button");
  assert.ok(marks.length > 0, "no moments");
  await look("player");
  await marks.at(-1).click();
  await page.waitForFunction(() => document.querySelector("#video").readyState >= 2);
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => !document.querySelector("#player").open);

  // What was chosen is in the address.
  await page.reload();
  assert.deepEqual(await shown(), ["0003"]);
  await page.setViewport({ width: 360, height: 740, isMobile: true, deviceScaleFactor: 2 });
  await page.select("#show", "all");
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= 360), "wider than a phone");
  await look("phone");
  assert.deepEqual(wrong, []);
} finally {
  await browser.close();
}
