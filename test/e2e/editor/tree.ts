/** A tree view of the side bar. Rows out of sight are not in the page: the list scrolls to them. */
import type { Locator, Page } from 'playwright-core';
import { plain, exactly } from './quick-input.ts';
import { ContextMenu } from './context-menu.ts';

export type TreeRow = {
  readonly label: string;
  readonly description: string;
  /** 1 is a root. */
  readonly level: number;
  readonly expanded: boolean | undefined;
};

export class Tree {
  readonly #page: Page;
  readonly #pane: Locator;

  /** `name` as in the heading of the view. */
  constructor(page: Page, name: string) {
    this.#page = page;
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
    return (await readRow(await this.row(label))).row;
  }

  /** The rows that are in sight, from top to bottom. */
  async rows(): Promise<TreeRow[]> {
    const rows = await this.#pane.locator('.monaco-list-row').all();
    const read = await Promise.all(rows.map(readRow));
    return read.toSorted((a, b) => a.index - b.index).map(({ row }) => row);
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

  async select(label: string | RegExp): Promise<void> {
    await (await this.row(label)).click();
  }

  /** Selects one more. */
  async selectAlso(label: string | RegExp): Promise<void> {
    await (await this.row(label)).click({ modifiers: ['Control'] });
  }

  async contextMenu(label: string | RegExp): Promise<ContextMenu> {
    await (await this.row(label)).click({ button: 'right' });
    return ContextMenu.shown(this.#page);
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

  /** Drags a row onto another. */
  async drag(from: string | RegExp, onto: string | RegExp): Promise<void> {
    await (await this.row(from)).dragTo(await this.row(onto));
  }

  /** What the tooltip of a row says. */
  async tooltip(label: string | RegExp): Promise<string> {
    await (await this.row(label)).hover();
    const hover = this.#page.locator('.workbench-hover:visible').last();
    await hover.waitFor();
    return plain(await hover.innerText());
  }

  /** What an empty view says. */
  async welcome(): Promise<string> {
    const shown = this.#pane.locator('.welcome-view-content');
    await shown.waitFor();
    return plain(await shown.innerText());
  }

  /** Clicks a button of an empty view. */
  async welcomeButton(name: string): Promise<void> {
    await this.#pane.locator('.welcome-view-content').getByRole('button', { name }).click();
  }
}

async function readRow(row: Locator): Promise<{ index: number; row: TreeRow }> {
  // One that is scrolled away or redrawn meanwhile is none.
  const text = async (selector: string): Promise<string> => {
    const found = row.locator(selector).first();
    return (await found.count()) === 0 ? '' : plain(await found.innerText());
  };
  const attribute = (name: string): Promise<string | null> => row.getAttribute(name);
  const expanded = await attribute('aria-expanded');
  return {
    index: Number(await attribute('data-index')),
    row: {
      label: await text('.label-name'),
      description: await text('.label-description'),
      level: Number(await attribute('aria-level')),
      expanded: expanded === null ? undefined : expanded === 'true',
    },
  };
}
