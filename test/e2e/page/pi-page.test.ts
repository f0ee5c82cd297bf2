/** A Pi's own page within the monitor page: charts, keyboard, three themes. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openPage, post, SCREENSHOTS, sent, tell, told, toldOf, violations } from './open-page.ts';

test.each(['dark', 'light', 'high-contrast'] as const)(
  "a Pi's own page in the %s theme: charts, and nothing that a checker of accessibility finds",
  async (theme) => {
    const page = await openPage(theme);
    await tell(page, told());
    await page.getByRole('button', { name: 'Show attic' }).click();
    await post(page, toldOf('attic'));
    await page.getByText(/^last \d\d\.\d °C, lowest/).waitFor();
    await page.getByText('12 updates pending').waitFor();
    expect(await page.locator('#pi-charts canvas').count()).toBe(4);
    expect(await violations(page)).toEqual([]);
    await page.screenshot({ path: join(SCREENSHOTS, `monitor-pi-${theme}.png`), fullPage: true });
    await page.close();
  },
);

test('a chart has its numbers as a table, on demand', async () => {
  const page = await openPage('dark');
  await tell(page, told());
  await page.getByRole('button', { name: 'Show attic' }).click();
  await post(page, toldOf('attic'));
  const numbers = page.locator('#pi-charts details').first();
  expect(await numbers.locator('tr').count()).toBe(0);
  await numbers.locator('summary').focus();
  await page.keyboard.press('Enter');
  await expect.poll(() => numbers.locator('tbody tr').count()).toBeGreaterThan(30);
  await page.close();
});

test('Escape leaves a Pi, and the keyboard is where it was', async () => {
  const page = await openPage('dark');
  await tell(page, told());
  const focused = (): Promise<string | null | undefined> =>
    page.evaluate(() => document.activeElement?.textContent);
  await page.getByRole('button', { name: 'Show kitchen' }).focus();
  await page.keyboard.press('Enter');
  expect(await focused()).toBe('kitchen');
  expect(await page.locator('#fleet').isHidden()).toBe(true);
  await page.keyboard.press('Escape');
  expect(await page.locator('#pi').isHidden()).toBe(true);
  expect(await page.evaluate(() => document.activeElement?.ariaLabel)).toBe('Show kitchen');
  expect(await sent(page)).toContainEqual({ type: 'pi', range: 'day' });
  await page.close();
});

test('which time is shown is kept over a reload', async () => {
  const page = await openPage('dark');
  await tell(page, told());
  await page.getByRole('button', { name: 'Show kitchen' }).click();
  await post(page, toldOf('kitchen'));
  await page.getByRole('button', { name: 'Last week' }).click();
  await page.reload();
  await expect
    .poll(() => sent(page))
    .toContainEqual({ type: 'pi', host: 'kitchen', range: 'week' });
  await page.close();
});

test('without a monitor a Pi says so, offers to start one and no times to choose from', async () => {
  const page = await openPage('dark');
  await tell(page, told());
  await page.getByRole('button', { name: 'Show kitchen' }).click();
  await post(page, toldOf('kitchen', { charts: undefined }));
  await page.getByRole('button', { name: 'Start the Monitor' }).click();
  await expect.poll(() => sent(page)).toContainEqual({ type: 'watch' });
  expect(await page.getByRole('button', { name: 'Last week' }).isVisible()).toBe(false);
  await page.close();
});
