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
    await menu.waitFor();
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

  async choose(label: string | RegExp): Promise<void> {
    const name = this.#page.locator('.action-label').filter({ hasText: exactly(label) });
    await this.#menu.locator('.action-item').filter({ has: name }).first().click();
  }

  async dismiss(): Promise<void> {
    await this.#page.keyboard.press('Escape');
    await this.#menu.waitFor({ state: 'hidden' });
  }
}
