#!/usr/bin/env node
// Plays a recording with rrweb's own player in headless Chromium and captures it with puppeteer-capture, the way its README says.
//
//   node puppeteer-capture.mjs RECORDING OUT.mp4 [--size 1280x720] [--fps 30] [--seconds N]
//
// Prints one line of JSON: {"wall_s", "frames", "video_s", "out_bytes", "play_s"}.
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, stat, symlink, access } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { capture, launch } from 'puppeteer-capture';
import { readRecording } from './recording.mjs';

const started = performance.now();
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    size: { type: 'string', default: '1280x720' },
    fps: { type: 'string', default: '30' },
    seconds: { type: 'string' },
  },
});
const [input, output] = positionals;
if (!input || !output) {
  console.error('usage: puppeteer-capture.mjs RECORDING OUT.mp4 [--size WxH] [--fps N] [--seconds N]');
  process.exit(2);
}
const [width, height] = options.size.split('x').map(Number);

const events = await readRecording(input);
const wholeSession = events.at(-1).timestamp - events[0].timestamp;
const milliseconds = Math.min(wholeSession, (Number(options.seconds) || Infinity) * 1000);

const scratch = await mkdtemp(join(tmpdir(), 'puppeteer-capture-'));
const server = await serve(events);
let browser;
try {
  browser = await launch({
    executablePath: await headlessShell(scratch),
    userDataDir: join(scratch, 'profile'),
    // A viewport set before the first frame freezes rendering under begin-frame control (puppeteer-capture's known issues).
    defaultViewport: null,
    args: [
      `--window-size=${width},${height}`,
      '--hide-scrollbars',
      '--mute-audio',
      // Recorded pages point at images that are long gone. Both sides of the comparison are offline, and find out at once.
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
      ...(process.getuid() === 0 ? ['--no-sandbox'] : []),
    ],
  });
  const page = await browser.newPage();
  const recorder = await capture(page, { fps: Number(options.fps) });
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  await page.waitForSelector('.replayer-wrapper iframe');

  const playing = performance.now();
  await recorder.start(output);
  await page.evaluate('replayer.play()');
  await recorder.waitForTimeout(milliseconds);
  await recorder.stop();
  const played = performance.now();

  const frames = recorder.recordedFrames;
  await recorder.detach();
  const seconds = (from, to) => Number(((to - from) / 1000).toFixed(3));
  console.log(
    JSON.stringify({
      wall_s: seconds(started, performance.now()),
      play_s: seconds(playing, played),
      frames,
      video_s: Number((frames / Number(options.fps)).toFixed(3)),
      out_bytes: (await stat(output)).size,
    }),
  );
} finally {
  await browser?.close();
  server.closeAllConnections();
  server.close();
  await rm(scratch, { recursive: true, force: true });
}

/**
 * puppeteer-capture refuses a browser whose path lacks "chrome-headless-shell". Debian names the same program chromium-headless-shell, and the
 * one in /usr/bin is a shell script around it, so the program itself is given the expected name.
 */
async function headlessShell(folder) {
  for (const program of [process.env.REPLAYREEL_CHROMIUM, '/usr/lib/chromium/chromium-headless-shell']) {
    if (!program || !(await access(program).then(() => true, () => false))) continue;
    const link = join(folder, 'chrome-headless-shell');
    await symlink(program, link);
    return link;
  }
  throw new Error('no chromium-headless-shell: apt-get install chromium-headless-shell');
}

/** The page, the player and the events, from this machine: what a person would put into a folder. */
async function serve(events) {
  const dist = dirname(createRequire(import.meta.url).resolve('rrweb'));
  const files = { '/rrweb.js': ['rrweb.umd.cjs', 'text/javascript'], '/style.css': ['style.css', 'text/css'] };
  const server = createServer((request, response) => {
    if (files[request.url]) {
      const [file, type] = files[request.url];
      response.writeHead(200, { 'content-type': type });
      createReadStream(join(dist, file)).pipe(response);
    } else if (request.url === '/events.json') {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(events));
    } else if (request.url === '/') {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page(width, height));
    } else {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

function page(width, height) {
  return `<!doctype html>
<link rel="stylesheet" href="/style.css">
<style>
  html, body { margin: 0; overflow: hidden; background: #fff; }
  #stage { position: relative; width: ${width}px; height: ${height}px; overflow: hidden; }
  .replayer-wrapper { position: absolute; transform-origin: 0 0; }
  iframe { border: 0; }
</style>
<div id="stage"></div>
<script src="/rrweb.js"></script>
<script>
  (async () => {
    const events = await (await fetch('/events.json')).json();
    const replayer = new rrweb.Replayer(events, {
      root: document.getElementById('stage'), mouseTail: false, showWarning: false,
    });
    // The session's viewport is scaled to fit and centred, as rrweb's own player component does.
    const fit = ({ width, height }) => {
      const scale = Math.min(${width} / width, ${height} / height, 1);
      replayer.wrapper.style.transform = \`translate(\${(${width} - width * scale) / 2}px, \${(${height} - height * scale) / 2}px) scale(\${scale})\`;
    };
    replayer.on('resize', fit);
    const meta = events.find((event) => event.type === 4);
    if (meta) fit(meta.data);
    window.replayer = replayer;
  })();
</script>
`;
}
