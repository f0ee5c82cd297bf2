/** The monitor page by itself in Chromium: what it shows, by keyboard, in three themes. */
import { createRequire } from 'node:module';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AxeResults } from 'axe-core';
import type { FleetMessage, MonitorRow } from '../../../webview/messages.ts';
import { THEMES } from './themes.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const DIST = join(ROOT, 'dist');
const SCREENSHOTS = join(ROOT, 'test', 'e2e', 'screenshots');
const ORIGIN = 'http://page.test';

let browser: Browser;

beforeAll(async () => {
  await mkdir(SCREENSHOTS, { recursive: true });
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'],
  });
});
afterAll(() => browser.close());

const reading = (value: number | undefined, unit: string): { value?: number; text: string } =>
  value === undefined ? { text: '–' } : { value, text: `${value}${unit}` };

function row(name: string, more: Partial<MonitorRow> & { temperature?: number } = {}): MonitorRow {
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

const ROWS: readonly MonitorRow[] = [
  row('kitchen', { temperature: 48.3 }),
  row('attic', {
    temperature: 81,
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

const told = (more: Partial<FleetMessage> = {}): FleetMessage => ({
  type: 'fleet',
  project: 'home',
  projects: ['home'],
  rows: ROWS,
  measuring: { state: 'waiting', every: 10 },
  faults: [],
  proposals: [],
  ...more,
});

type Sent = { readonly type: string; readonly host?: string };

/** Opens the built page as the editor would: same policy, same variables, a stand-in for its API. */
async function openPage(theme: keyof typeof THEMES): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1100, height: 520 } });
  const html = (await readFile(join(DIST, 'monitor.html'), 'utf8'))
    .replaceAll('{{source}}', ORIGIN)
    .replaceAll('{{nonce}}', 'n0nce')
    .replaceAll('{{style}}', `${ORIGIN}/monitor.css`)
    .replaceAll('{{script}}', `${ORIGIN}/monitor.js`);
  await page.route(`${ORIGIN}/**`, async (route) => {
    const name = new URL(route.request().url()).pathname.slice(1);
    if (name === '') return route.fulfill({ contentType: 'text/html', body: html });
    return route.fulfill({ path: join(DIST, name) });
  });
  await page.addInitScript((variables) => {
    const sent: unknown[] = [];
    Object.assign(window, {
      sent,
      acquireVsCodeApi: () => ({
        postMessage: (message: unknown) => sent.push(message),
        getState: () => JSON.parse(sessionStorage.getItem('state') ?? 'null') as unknown,
        setState: (state: unknown) => sessionStorage.setItem('state', JSON.stringify(state)),
      }),
    });
    document.addEventListener('DOMContentLoaded', () => {
      for (const [name, value] of Object.entries(variables)) {
        document.documentElement.style.setProperty(name, value);
      }
      document.documentElement.style.setProperty('--vscode-font-family', 'sans-serif');
      document.documentElement.style.setProperty('--vscode-font-size', '13px');
    });
  }, THEMES[theme]);
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text());
  });
  await page.goto(`${ORIGIN}/`);
  await page.waitForFunction(() => 'sent' in window && (window.sent as unknown[]).length > 0);
  expect(faults).toEqual([]);
  return page;
}

async function tell(page: Page, message: FleetMessage): Promise<void> {
  await page.evaluate((data) => window.postMessage(data, '*'), message);
  await page.waitForFunction(
    (count) => document.querySelectorAll('tbody tr').length === count,
    message.rows.length,
  );
}

const sent = (page: Page): Promise<Sent[]> =>
  page.evaluate(() => (window as unknown as { sent: Sent[] }).sent);

const names = (page: Page): Promise<string[]> =>
  page.locator('tbody th button.link:not(.quiet)').allTextContents();

test.each(['dark', 'light', 'high-contrast'] as const)(
  'a checker of accessibility finds nothing in the %s theme',
  async (theme) => {
    const page = await openPage(theme);
    await tell(page, told({ faults: ['The inventory could not be read.'] }));
    const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
    // By evaluation: a script tag of ours would be against the page's own policy.
    await page.evaluate(await readFile(axe, 'utf8'));
    const found = await page.evaluate(() =>
      (window as unknown as { axe: { run: () => Promise<AxeResults> } }).axe.run(),
    );
    await page.screenshot({ path: join(SCREENSHOTS, `monitor-${theme}.png`) });
    expect(found.violations.map(({ id, nodes }) => [id, nodes.map((n) => n.html)])).toEqual([]);
    await page.close();
  },
);

test('a title is a button: sorts by keyboard and says so', async () => {
  const page = await openPage('dark');
  await tell(page, told());
  expect(await names(page)).toEqual(['attic', 'cellar', 'kitchen']);
  await page.getByRole('button', { name: 'Temp' }).focus();
  await page.keyboard.press('Enter');
  expect(await names(page)).toEqual(['kitchen', 'attic', 'cellar']);
  await page.keyboard.press('Enter');
  expect(await names(page)).toEqual(['attic', 'kitchen', 'cellar']);
  expect(await page.locator('th', { hasText: 'Temp' }).getAttribute('aria-sort')).toBe(
    'descending',
  );
  await page.close();
});

test('focus stays on a Pi while its numbers change', async () => {
  const page = await openPage('dark');
  await tell(page, told());
  await page.getByRole('button', { name: 'Show kitchen' }).focus();
  await tell(page, told({ rows: ROWS.map((each) => ({ ...each, state: 'warning' as const })) }));
  const focused = await page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
  expect(focused).toBe('Show kitchen');
  await page.keyboard.press('Enter');
  expect(await sent(page)).toContainEqual({ type: 'pi', host: 'kitchen', range: 'day' });
  await page.close();
});

test('the filter narrows the rows, is kept while hidden, and can be cleared', async () => {
  const page = await openPage('dark');
  await tell(page, told());
  await page.locator('#filter').getByRole('textbox').fill('displays');
  await expect.poll(() => names(page)).toEqual(['cellar']);
  await page.reload();
  await page.evaluate((data) => window.postMessage(data, '*'), told());
  await expect.poll(() => names(page)).toEqual(['cellar']);
  await page.locator('#filter').getByRole('textbox').fill('nothing has this');
  await page.getByText('No Pi fits the filters.').waitFor();
  await page.locator('#clear').click();
  await expect.poll(() => names(page)).toEqual(['attic', 'cellar', 'kitchen']);
  await page.close();
});

test('an empty inventory says what to do next, and what stopped measuring is said', async () => {
  const page = await openPage('dark');
  await page.evaluate(
    (data) => window.postMessage(data, '*'),
    told({ rows: [], measuring: { state: 'stopped', why: 'this folder is not trusted' } }),
  );
  await page.getByText('No Pi is in the inventory yet.').waitFor();
  await page.getByText('this folder is not trusted').waitFor();
  await page.close();
});
