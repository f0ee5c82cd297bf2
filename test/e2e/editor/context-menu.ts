/** The menu of a right click. */
import type { Locator, Page } from 'playwright-core';
import { exactly, plain } from './quick-input.ts';

export class ContextMenu {
  readonly #page: Page;
  readonly #menu: Locator;

  private constructor(page: Page, menu: Locator) {
    this.#page = page;
    this.#menu = menu;
  }

  static async shown(page: Page): Promise<ContextMenu> {
    const menu = page.locator('.monaco-menu:visible').last();
    await menu.waitFor({ timeout: 5_000 });
    return new ContextMenu(page, menu);
  }

  /** The entries from top to bottom; '---' stands between groups. */
  async entries(): Promise<string[]> {
    const items = await this.#menu.locator('.action-item .action-label').all();
    return Promise.all(
      items.map(async (item) => {
        const separator = (await item.getAttribute('class'))?.includes('separator') === true;
        return separator ? '---' : plain((await item.getAttribute('aria-label')) ?? '');
      }),
    );
  }

  /** The entries that can be chosen. */
  async enabled(): Promise<string[]> {
    const items = this.#menu.locator('.action-item:not(.disabled) .action-label:not(.separator)');
    return (await items.allInnerTexts()).map(plain);
  }

  /** Clicks an entry until it is taken: a menu that has just opened ignores clicks for a moment. */
  async choose(label: string | RegExp): Promise<void> {
    const name = this.#page.locator('.action-label').filter({ hasText: exactly(label) });
    const entry = this.#menu.locator('.action-item').filter({ has: name }).first();
    await entry.waitFor();
    for (let attempts = 0; attempts < 20; attempts += 1) {
      // One that was taken is gone before it can be clicked again.
      await entry.click({ timeout: 1_000 }).catch(() => undefined);
      const isGone = await entry
        .waitFor({ state: 'hidden', timeout: 500 })
        .then(() => true)
        .catch(() => false);
      if (isGone) return;
    }
    throw new Error(`the menu did not take ${String(label)}`);
  }

  async dismiss(): Promise<void> {
    await this.#page.keyboard.press('Escape');
    await this.#menu.waitFor({ state: 'hidden' });
  }
}
