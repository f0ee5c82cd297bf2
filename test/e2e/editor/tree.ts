/** A tree view of the side bar. Rows out of sight are not in the page: the list scrolls to them. */
import type { Locator, Page } from 'playwright-core';
import * as z from 'zod';
import { plain, exactly } from './quick-input.ts';
import { ContextMenu } from './context-menu.ts';

export type TreeRow = {
  readonly label: string;
  readonly description: string;
  /** 1 is a root. */
  readonly level: number;
  readonly expanded: boolean | undefined;
  readonly isSelected: boolean;
};

export class Tree {
  readonly #page: Page;
  readonly #name: string;
  readonly #pane: Locator;

  /** `name` as in the heading of the view. */
  constructor(page: Page, name: string) {
    this.#page = page;
    this.#name = name;
    this.#pane = page.locator('.pane').filter({
      has: page.locator(`.pane-header[aria-label^="${name}"]`),
    });
  }

  /** Opens the pane when it is collapsed. */
  async expand(): Promise<void> {
    const header = this.#pane.locator('.pane-header');
    await header.waitFor();
    if ((await header.getAttribute('aria-expanded')) === 'false') await header.click();
  }

  async collapse(): Promise<void> {
    const header = this.#pane.locator('.pane-header');
    await header.waitFor();
    if ((await header.getAttribute('aria-expanded')) === 'true') await header.click();
  }

  /** Waits for a row and brings it into sight. */
  async row(label: string | RegExp): Promise<Locator> {
    const name = this.#page.locator('.label-name').filter({ hasText: exactly(label) });
    const found = this.#pane.locator('.monaco-list-row').filter({ has: name }).first();
    await found.waitFor();
    await found.scrollIntoViewIfNeeded();
    return found;
  }

  async waitUntilGone(label: string | RegExp): Promise<void> {
    const name = this.#page.locator('.label-name').filter({ hasText: exactly(label) });
    const rows = this.#pane.locator('.monaco-list-row').filter({ has: name });
    await rows.first().waitFor({ state: 'detached' });
  }

  /** What a row says. */
  async read(label: string | RegExp): Promise<TreeRow> {
    await this.row(label);
    const row = (await this.rows()).find((each) => exactly(label).test(each.label));
    if (row === undefined) throw new Error(`${String(label)} has gone`);
    return row;
  }

  /** The rows that are in sight, from top to bottom. */
  async rows(): Promise<TreeRow[]> {
    return readRows(this.#page, this.#name);
  }

  /** The labels of the rows in sight that stand right below one. Opens it first. */
  async childrenOf(label: string | RegExp): Promise<string[]> {
    await this.open(label);
    const rows = await this.rows();
    const wanted = exactly(label);
    const from = rows.findIndex((row) => wanted.test(row.label));
    const level = rows[from]?.level ?? 0;
    const rest = rows.slice(from + 1);
    const end = rest.findIndex((row) => row.level <= level);
    const below = end === -1 ? rest : rest.slice(0, end);
    return below.filter((row) => row.level === level + 1).map((row) => row.label);
  }

  /** Opens a row that has others below it. */
  async open(label: string | RegExp): Promise<void> {
    const row = await this.row(label);
    if ((await row.getAttribute('aria-expanded')) !== 'false') return;
    await row.locator('.monaco-tl-twistie').click();
    await this.#pane
      .locator('.monaco-list-row[aria-expanded=true]')
      .filter({
        has: this.#page.locator('.label-name').filter({ hasText: exactly(label) }),
      })
      .first()
      .waitFor();
  }

  /** Selects these rows and no others. What the editor selects meanwhile by itself is undone. */
  async select(...labels: readonly [string, ...string[]]): Promise<void> {
    const [first, ...others] = labels;
    for (let attempts = 0; attempts < 5; attempts += 1) {
      await (await this.row(first)).click();
      for (const label of others) {
        await (await this.row(label)).click({ modifiers: ['Control'] });
      }
      const selected = await this.selected();
      if (selected.toSorted().join('\n') === labels.toSorted().join('\n')) return;
    }
    throw new Error(`could not select ${labels.join(', ')}`);
  }

  /** The labels of the rows in sight that are selected. */
  async selected(): Promise<string[]> {
    return (await this.rows()).filter(({ isSelected }) => isSelected).map(({ label }) => label);
  }

  /** A right click on a row that is drawn anew in that moment, as that of a live run, opens none. */
  async contextMenu(label: string | RegExp): Promise<ContextMenu> {
    for (let attempts = 0; attempts < 5; attempts += 1) {
      await (await this.row(label)).click({ button: 'right' });
      const menu = await ContextMenu.shown(this.#page).catch(() => undefined);
      if (menu !== undefined) return menu;
    }
    throw new Error(`no menu of ${String(label)} ever showed`);
  }

  /** Clicks one of the icons that a row shows under the pointer. */
  async act(label: string | RegExp, action: string): Promise<void> {
    const row = await this.row(label);
    await row.hover();
    await row.getByRole('button', { name: action }).click();
  }

  /** Clicks one of the icons in the heading of the view. */
  async actOnView(action: string): Promise<void> {
    await this.#pane.locator('.pane-header').hover();
    await this.#pane.locator('.pane-header').getByRole('button', { name: action }).click();
  }

  /** Drags a row onto another, as a hand does: not before both stand still, and not in one leap. */
  async drag(from: string | RegExp, onto: string | RegExp): Promise<void> {
    const start = await middle(await this.row(from));
    const end = await middle(await this.row(onto));
    const { mouse } = this.#page;
    await mouse.move(start.x, start.y);
    await mouse.down();
    await mouse.move(start.x + 4, start.y + 4, { steps: 4 });
    await mouse.move(end.x, end.y, { steps: 12 });
    await this.#pane.locator('.monaco-list-row.drop-target').first().waitFor();
    await mouse.up();
  }

  /** What the tooltip of a row says. A view that is drawn anew takes it away, so it is asked again. */
  async tooltip(label: string | RegExp): Promise<string> {
    const hover = this.#page.locator('.workbench-hover:visible').last();
    for (let attempts = 0; attempts < 5; attempts += 1) {
      await this.#pane.locator('.pane-header').hover();
      await (await this.row(label)).hover();
      const said = await hover.innerText({ timeout: 5_000 }).catch(() => '');
      if (said !== '') return plain(said);
    }
    throw new Error(`no tooltip of ${String(label)} ever showed`);
  }

  /** What an empty view says. */
  async welcome(): Promise<string> {
    const shown = this.#pane.locator('.welcome-view-content');
    await shown.waitFor();
    return plain(await shown.innerText());
  }

  /** Waits until the view says something beside its rows: its message, or its welcome. */
  async waitForWords(text: string | RegExp): Promise<void> {
    await this.#pane.locator('.pane-body').filter({ hasText: text }).waitFor();
  }

  /** Clicks a button of an empty view. */
  async welcomeButton(name: string): Promise<void> {
    await this.#pane.locator('.welcome-view-content').getByRole('button', { name }).click();
  }
}

/** Where a row stands, once it has stood there for two frames of the page. */
async function middle(row: Locator): Promise<{ x: number; y: number }> {
  await row.hover(); // waits until it is stable
  const box = await row.boundingBox();
  if (box === null) throw new Error('the row has gone');
  return { x: box.x + Math.min(80, box.width / 2), y: box.y + box.height / 2 };
}

const rowsOfPage = z.array(
  z.object({
    index: z.number(),
    label: z.string(),
    description: z.string(),
    level: z.number(),
    expanded: z.string().nullable(),
    isSelected: z.boolean(),
  }),
);

/** All of them in one moment: a view may be drawn anew at any time. */
async function readRows(page: Page, view: string): Promise<TreeRow[]> {
  const read = await page.evaluate(`
    [...document.querySelectorAll('.pane')]
      .filter((pane) => pane.querySelector('.pane-header')
        ?.getAttribute('aria-label')?.startsWith(${JSON.stringify(view)}))
      .flatMap((pane) => [...pane.querySelectorAll('.monaco-list-row')])
      .map((row) => ({
        index: Number(row.getAttribute('data-index')),
        label: row.querySelector('.label-name')?.innerText ?? '',
        description: row.querySelector('.label-description')?.innerText ?? '',
        level: Number(row.getAttribute('aria-level')),
        expanded: row.getAttribute('aria-expanded'),
        isSelected: row.classList.contains('selected'),
      }))`);
  return rowsOfPage
    .parse(read)
    .toSorted((a, b) => a.index - b.index)
    .map(({ label, description, level, expanded, isSelected }) => ({
      label: plain(label),
      description: plain(description),
      level,
      isSelected,
      expanded: expanded === null ? undefined : expanded === 'true',
    }));
}
