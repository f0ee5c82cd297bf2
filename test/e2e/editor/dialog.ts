/** A modal dialog of the editor. */
import type { Locator, Page } from 'playwright-core';
import { plain } from './quick-input.ts';

export class Dialog {
  readonly #box: Locator;

  constructor(page: Page) {
    this.#box = page.locator('.monaco-dialog-box:visible');
  }

  /** Waits for it. Returns what it says, without its buttons. */
  async text(): Promise<string> {
    await this.#box.waitFor();
    return plain(await this.#box.locator('.dialog-message-row').innerText());
  }

  async buttons(): Promise<string[]> {
    const texts = await this.#box.locator('.dialog-buttons .monaco-button').allInnerTexts();
    return texts.map(plain);
  }

  async choose(button: string | RegExp): Promise<void> {
    await this.#box
      .locator('.dialog-buttons')
      .getByRole('button', { name: button })
      .first()
      .click();
    await this.#box.waitFor({ state: 'hidden' });
  }

  async fill(text: string): Promise<void> {
    await this.#box.locator('input').first().fill(text);
  }
}
