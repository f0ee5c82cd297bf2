/** The monitor page by itself in Chromium: what it shows, by keyboard, in three themes. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { names, openPage, ROWS, SCREENSHOTS, sent, tell, told, violations } from './open-page.ts';

test.each(['dark', 'light', 'high-contrast'] as const)(
  'a checker of accessibility finds nothing in the %s theme',
  async (theme) => {
    const page = await openPage(theme);
    await tell(page, told({ faults: ['The inventory could not be read.'] }));
    await page.screenshot({ path: join(SCREENSHOTS, `monitor-${theme}.png`) });
    expect(await violations(page)).toEqual([]);
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
