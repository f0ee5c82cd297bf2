/** What the monitor page costs, by itself in Chromium: its first paint, and its updates by trace. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import type { FleetMessage, MonitorRow } from '../../../webview/messages.ts';
import { CHROMIUM, DIST, isReady, pageHtml, standIn } from './stand-in.ts';
import { mainThread, type MainThread } from './trace.ts';

export type PageCost = {
  /** Milliseconds from the beginning of the document to its first paint; one a start. */
  readonly firstPaints: readonly number[];
  readonly tiles: MainThread;
  readonly table: MainThread;
};

const STARTS = 9;
const ROUNDS = 20;
const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
};

/** `pis` Pis, each with new numbers every second. Needs dist/ and Chromium. */
export async function measurePage(pis: number): Promise<PageCost> {
  await using site = await serve();
  const browser = await chromium.launch(CHROMIUM);
  try {
    const firstPaints: number[] = [];
    for (let n = 0; n < STARTS; n += 1) firstPaints.push(await firstPaint(browser, site.origin));
    const tiles = await updates(browser, site.origin, pis, 'tiles');
    return { firstPaints, tiles, table: await updates(browser, site.origin, pis, 'table') };
  } finally {
    await browser.close();
  }
}

/** A real server: one that the test's process answers for would add its own time. */
async function serve(): Promise<AsyncDisposable & { readonly origin: string }> {
  const files = new Map<string, Buffer>();
  for (const name of ['monitor.js', 'monitor.css']) {
    files.set(`/${name}`, await readFile(join(DIST, name)));
  }
  const server = createServer(({ url = '/' }, response) => {
    const file = files.get(url);
    if (file === undefined && url !== '/') response.writeHead(404).end();
    else response.setHeader('content-type', TYPES[extname(url)] ?? 'text/html').end(file);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  files.set('/', Buffer.from(await pageHtml(origin)));
  return {
    origin,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Nothing is cached: each has a profile of its own. */
async function open(browser: Browser, origin: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1600, height: 900 } });
  const page = await context.newPage();
  await standIn(page, 'dark');
  await page.goto(origin);
  await isReady(page);
  return page;
}

async function firstPaint(browser: Browser, origin: string): Promise<number> {
  const page = await open(browser, origin);
  const painted = await page.waitForFunction(
    () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime,
  );
  const at = await painted.jsonValue();
  await page.context().close();
  if (at === undefined) throw new Error('The page was not painted.');
  return at;
}

async function updates(
  browser: Browser,
  origin: string,
  pis: number,
  layout: 'table' | 'tiles',
): Promise<MainThread> {
  const page = await open(browser, origin);
  const rounds = Array.from({ length: ROUNDS }, (_, round) => fleet(pis, round));
  await page.evaluate((messages) => {
    Object.assign(window, { rounds: messages });
    window.postMessage(messages[0], '*');
  }, rounds);
  await page.locator(`#as-${layout}`).click();
  await page.waitForFunction(
    ([selector, count]) => document.querySelectorAll(selector).length === count,
    [layout === 'tiles' ? '.tile' : 'tbody tr', pis] as const,
  );
  await page.waitForTimeout(1000);
  await browser.startTracing(page, {
    categories: ['devtools.timeline', 'disabled-by-default-devtools.timeline', 'toplevel', 'v8'],
  });
  const seconds = await page.evaluate(
    (rest) =>
      new Promise<number>((resolve) => {
        const began = performance.now();
        const timer = setInterval(() => {
          const message = rest.shift();
          if (message !== undefined) {
            window.postMessage(message, '*');
            return;
          }
          clearInterval(timer);
          resolve((performance.now() - began) / 1000);
        }, 1000);
      }),
    rounds.slice(1),
  );
  const trace = await browser.stopTracing();
  await page.context().close();
  return mainThread(JSON.parse(trace.toString()), seconds);
}

/** Every number of every Pi differs from that of the round before; some states change, too. */
function fleet(pis: number, round: number): FleetMessage {
  return {
    type: 'fleet',
    project: 'home',
    projects: ['home'],
    rows: Array.from({ length: pis }, (_, n) => row(n, round)),
    measuring: { state: 'waiting', every: 1 },
    faults: [],
    proposals: [],
  };
}

function row(n: number, round: number): MonitorRow {
  const wave = Math.sin(n + round / 3);
  const reading = (
    value: number,
    digits: number,
    unit: string,
  ): MonitorRow['readings']['load'] => ({
    value,
    text: `${value.toFixed(digits)}${unit}`,
  });
  const isHot = (n + round) % 100 === 0;
  return {
    name: `pi-${String(n).padStart(3, '0')}`,
    address: `10.77.${Math.floor(n / 250)}.${(n % 250) + 1}`,
    groups: [`floor_${n % 10}`],
    state: isHot ? 'warning' : 'healthy',
    notes: isHot ? ['hot: 81 °C'] : [],
    model: 'Raspberry Pi 4 Model B Rev 1.4',
    os: 'Debian GNU/Linux 12 (bookworm)',
    readings: {
      temperature: reading(55 + wave * 8, 1, ' °C'),
      load: reading(1 + wave * 0.9, 2, ''),
      memory: reading(50 + wave * 20 + (round % 3), 1, ' %'),
      disk: reading(40 + wave + (round % 2), 1, ' %'),
      power: { value: 1, text: 'ok' },
      uptime: { value: 18_600 + round, text: `5h 10m ${round}s` },
    },
    measuredAt: new Date(Date.UTC(2026, 0, 1) + round * 1000).toISOString(),
  };
}
