/** The monitor page by itself in Chromium, as the editor would open it, and what it is told. */
import { createRequire } from 'node:module';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import type { AxeResults } from 'axe-core';
import type { FleetMessage, MonitorRow, PiMessage, ToPage } from '../../../webview/messages.ts';
import { CHROMIUM, DIST, isReady, pageHtml, SCREENSHOTS, standIn } from './stand-in.ts';
import type { THEMES } from './themes.ts';

export { SCREENSHOTS } from './stand-in.ts';

const ORIGIN = 'http://page.test';

let browser: Browser;

beforeAll(async () => {
  await mkdir(SCREENSHOTS, { recursive: true });
  browser = await chromium.launch(CHROMIUM);
});
afterAll(() => browser.close());

const reading = (value: number | undefined, unit: string): { value?: number; text: string } =>
  value === undefined ? { text: '–' } : { value, text: `${value}${unit}` };

export function row(
  name: string,
  more: Partial<MonitorRow> & { temperature?: number } = {},
): MonitorRow {
  const { temperature, ...rest } = more;
  return {
    name,
    address: '10.77.0.11',
    groups: ['sensors'],
    state: 'healthy',
    notes: [],
    model: 'Raspberry Pi 4 Model B Rev 1.4',
    readings: {
      temperature: reading(temperature, ' °C'),
      load: reading(0.12, ''),
      memory: reading(31, ' %'),
      disk: reading(48, ' %'),
      power: { value: 1, text: 'ok' },
      uptime: { value: 18_600, text: '5h 10m' },
    },
    measuredAt: new Date().toISOString(),
    ...rest,
  };
}

export const ROWS: readonly MonitorRow[] = [
  row('kitchen', { temperature: 48.3 }),
  row('attic', {
    temperature: 81,
    updates: '12 updates pending, 3 of them for security',
    state: 'warning',
    notes: ['hot: 81 °C'],
    readings: {
      ...row('').readings,
      temperature: reading(81, ' °C'),
      power: { value: 3, text: 'now: under-voltage' },
    },
  }),
  row('cellar', { state: 'locked', notes: ['It refuses our key.'], groups: ['displays'] }),
];

export const told = (more: Partial<FleetMessage> = {}): FleetMessage => ({
  type: 'fleet',
  project: 'home',
  projects: ['home'],
  rows: ROWS,
  measuring: { state: 'waiting', every: 10 },
  faults: [],
  proposals: [],
  ...more,
});

/** A day of numbers with an hour missing, ten minutes apart. */
export function charts(): NonNullable<PiMessage['charts']> {
  const to = Math.floor(Date.now() / 1000);
  const from = to - 86_400;
  const points = (
    middle: number,
    swing: number,
  ): { at: number; mean: number; low: number; high: number }[] =>
    Array.from({ length: 240 }, (_, index) => {
      const mean = middle + swing * Math.sin(index / 20);
      return { at: from + index * 360, mean, low: mean - swing / 3, high: mean + swing / 2 };
    }).filter((_, index) => index < 100 || index > 120);
  const all = {
    temperature: points(52, 6),
    load: points(0.6, 0.4),
    memory: points(40, 8),
    disk: points(61, 0.5),
  };
  return { from, to, step: 360, points: all };
}

export const toldOf = (host: string, more: Partial<PiMessage> = {}): PiMessage => ({
  type: 'pi',
  host,
  range: 'day',
  charts: charts(),
  checks: [
    { name: 'app is ready', ok: true, detail: '' },
    { name: 'port 1883', ok: false, detail: 'refused' },
  ],
  events: [
    { at: new Date(Date.now() - 3_600_000).toISOString(), tone: 'good', text: 'It is healthy.' },
    {
      at: new Date(Date.now() - 36_000_000).toISOString(),
      tone: 'bad',
      text: 'It has failed: nothing answers.',
    },
  ],
  runs: [{ id: '1', title: 'provision', words: 'done', startedAt: new Date().toISOString() }],
  ...more,
});

export const post = (page: Page, message: ToPage): Promise<void> =>
  page.evaluate((data) => window.postMessage(data, '*'), message);

/** What a checker of accessibility finds on the page as it stands. */
export async function violations(page: Page): Promise<unknown[]> {
  const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
  // By evaluation: a script tag of ours would be against the page's own policy.
  await page.evaluate(await readFile(axe, 'utf8'));
  const found = await page.evaluate(() =>
    (window as unknown as { axe: { run: () => Promise<AxeResults> } }).axe.run(),
  );
  return found.violations.map(({ id, nodes }) => [id, nodes.map((n) => n.html)]);
}

export type Sent = { readonly type: string; readonly host?: string };

/** Opens the built page as the editor would: same policy, same variables, a stand-in for its API. */
export async function openPage(theme: keyof typeof THEMES): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1100, height: 520 } });
  const html = await pageHtml(ORIGIN);
  await page.route(`${ORIGIN}/**`, async (route) => {
    const name = new URL(route.request().url()).pathname.slice(1);
    if (name === '') return route.fulfill({ contentType: 'text/html', body: html });
    return route.fulfill({ path: join(DIST, name) });
  });
  await standIn(page, theme);
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text());
  });
  await page.goto(`${ORIGIN}/`);
  await isReady(page);
  expect(faults).toEqual([]);
  return page;
}

export async function tell(page: Page, message: FleetMessage): Promise<void> {
  await page.evaluate((data) => window.postMessage(data, '*'), message);
  await page.waitForFunction(
    (count) => document.querySelectorAll('tbody tr').length === count,
    message.rows.length,
  );
}

export const sent = (page: Page): Promise<Sent[]> =>
  page.evaluate(() => (window as unknown as { sent: Sent[] }).sent);

export const names = (page: Page): Promise<string[]> =>
  page.locator('tbody th button.link:not(.quiet)').allTextContents();
