/** The fleet as tiles, and the proposals above it. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openPage, post, row, SCREENSHOTS, sent, tell, told, violations } from './open-page.ts';

const PROPOSAL = {
  id: 'p-1',
  host: 'attic',
  what: 'reboot attic',
  evidence: ['nothing answers for 5 min', 'its switch port is up'],
  expires: new Date(Date.now() + 3_600_000).toISOString(),
};

test.each(['dark', 'light', 'high-contrast'] as const)(
  'tiles and a proposal in the %s theme: a checker of accessibility finds nothing',
  async (theme) => {
    const page = await openPage(theme);
    for (let round = 0; round < 40; round += 1) {
      const at = new Date(Date.now() + round * 10_000).toISOString();
      const rows = told().rows.map((each, index) => {
        const value = 50 + index * 10 + Math.sin(round / 4) * 4;
        const temperature = { value, text: `${value.toFixed(1)} °C` };
        return { ...each, measuredAt: at, readings: { ...each.readings, temperature } };
      });
      await post(page, told({ rows, proposals: [PROPOSAL] }));
    }
    await page.getByRole('button', { name: 'Tiles', exact: true }).click();
    await expect.poll(() => page.locator('.tile').count()).toBe(3);
    expect(await violations(page)).toEqual([]);
    await page.screenshot({ path: join(SCREENSHOTS, `monitor-tiles-${theme}.png`) });
    await page.close();
  },
);

test('a Pi of which nothing was measured says why in its tile', async () => {
  const page = await openPage('dark');
  const nothing = { value: undefined, text: '–' };
  const rows = told().rows.map((each) => ({
    ...each,
    readings: { ...each.readings, temperature: nothing, load: nothing, memory: nothing },
  }));
  await tell(page, told({ rows }));
  await page.getByRole('button', { name: 'Tiles', exact: true }).click();
  const tile = page.locator('.tile', { hasText: 'cellar' });
  await expect.poll(() => tile.innerText()).toContain('It refuses our key.');
  expect(await tile.innerText()).not.toContain('load');
  await page.close();
});

test('each answer to a proposal is sent, and the keyboard goes on when it is gone', async () => {
  const page = await openPage('dark');
  await tell(page, told({ proposals: [PROPOSAL] }));
  await page.getByText('nothing answers for 5 min; its switch port is up').waitFor();
  await page.getByRole('button', { name: 'Refuse: reboot attic' }).click();
  await page.getByRole('button', { name: 'Approve: reboot attic' }).focus();
  await page.keyboard.press('Enter');
  const answers = (await sent(page)).filter(({ type }) => type === 'answer');
  expect(answers).toEqual([
    { type: 'answer', proposal: 'p-1', answer: 'refuse' },
    { type: 'answer', proposal: 'p-1', answer: 'approve' },
  ]);
  await post(page, told());
  await expect.poll(() => page.locator('#proposals').isHidden()).toBe(true);
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('fleet-title');
  await page.close();
});

test('of 500 tiles only those that changed are written to, and the choice is kept', async () => {
  const page = await openPage('dark');
  const rows = Array.from({ length: 500 }, (_, index) => row(`pi-${index}`, { temperature: 50 }));
  await tell(page, told({ rows }));
  await page.getByRole('button', { name: 'Tiles', exact: true }).click();
  await expect.poll(() => page.locator('.tile').count()).toBe(500);
  await page.evaluate(() => {
    const touched = new Set<string>();
    Object.assign(window, { touched });
    new MutationObserver((changes) => {
      for (const { target } of changes) {
        const element = target instanceof Element ? target : target.parentElement;
        touched.add(element?.closest('.tile')?.querySelector('button')?.textContent ?? 'list');
      }
    }).observe(document.querySelector('#tiles') ?? document.body, {
      subtree: true,
      childList: true,
      attributes: true,
      characterData: true,
    });
  });
  const changed = rows.map((each) =>
    each.name === 'pi-7' ? { ...each, state: 'warning' as const } : each,
  );
  await post(page, told({ rows: changed }));
  await page.locator('.tile[data-state="warning"]').waitFor();
  const touched = await page.evaluate(() => [
    ...(window as unknown as { touched: Set<string> }).touched,
  ]);
  expect(touched).toEqual(['pi-7']);
  await page.reload();
  await post(page, told({ rows }));
  await expect.poll(() => page.locator('.tile').count()).toBe(500);
  await page.close();
});

test('a Pi is opened from its tile, and left to it', async () => {
  const page = await openPage('dark');
  await tell(page, told());
  await page.getByRole('button', { name: 'Tiles', exact: true }).click();
  await page.locator('.tile').getByRole('button', { name: 'Show cellar' }).click();
  await page.getByRole('heading', { name: 'cellar' }).waitFor();
  await page.keyboard.press('Escape');
  const inTile = await page.evaluate(() => document.activeElement?.closest('.tile') !== null);
  expect(inTile).toBe(true);
  await page.close();
});

test('the timeline is asked for when it is opened, and shows text as text', async () => {
  const page = await openPage('dark');
  await tell(page, told());
  await page.getByText('What happened in the last day').click();
  await expect.poll(() => sent(page)).toContainEqual({ type: 'timeline' });
  const event = {
    at: new Date().toISOString(),
    tone: 'bad' as const,
    text: 'attic: <b>failed</b>',
  };
  await post(page, { type: 'timeline', events: [event] });
  await page.getByText('attic: <b>failed</b>').waitFor();
  expect(await violations(page)).toEqual([]);
  await page.close();
});
