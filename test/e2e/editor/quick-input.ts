/** The editor's quick input: palette, quick picks and input boxes are one widget. */
import type { Locator, Page } from 'playwright-core';

export class QuickInput {
  readonly #page: Page;
  readonly #widget: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.#widget = page.locator('.quick-input-widget:visible');
  }

  /** Opens it by a key; a workbench that is still starting loses keys, so it is pressed again. */
  async openBy(key: string): Promise<void> {
    for (let attempts = 0; attempts < 20; attempts += 1) {
      await this.#page.keyboard.press(key);
      const shown = await this.#input()
        .waitFor({ timeout: 1_500 })
        .then(() => true)
        .catch(() => false);
      if (shown) return;
    }
    throw new Error(`the quick input never opened by ${key}`);
  }

  /** Waits for a quick pick or an input box, by its title, its message or its placeholder. */
  async waitFor(text: string | RegExp): Promise<void> {
    const inText = this.#widget.filter({ hasText: text });
    const inPlaceholder = this.#widget.getByPlaceholder(text);
    await inText.or(inPlaceholder).first().waitFor();
  }

  async waitUntilClosed(): Promise<void> {
    await this.#widget.waitFor({ state: 'hidden' });
  }

  /** Replaces what is written in it. */
  async fill(text: string): Promise<void> {
    await this.#input().fill(text);
  }

  async accept(): Promise<void> {
    await this.#input().press('Enter');
  }

  async dismiss(): Promise<void> {
    await this.#page.keyboard.press('Escape');
    await this.waitUntilClosed();
  }

  /** What it says about what was typed: an input box that refuses shows why. */
  async message(): Promise<string> {
    return plain(await this.#widget.locator('.quick-input-message').innerText());
  }

  /** Whether a choice is there, or comes within a moment. */
  async offers(label: string | RegExp): Promise<boolean> {
    return this.#row(label)
      .waitFor({ timeout: 3_000 })
      .then(() => true)
      .catch(() => false);
  }

  /** Waits for the choice whose label is, or fits, the text, and clicks it. */
  async choose(label: string | RegExp): Promise<void> {
    await this.#row(label).click();
  }

  /** Of a quick pick that takes several, ticks these and no others, and accepts. */
  async chooseOnly(labels: readonly (string | RegExp)[]): Promise<void> {
    for (const label of labels) await this.#row(label).waitFor();
    const wanted = labels.map(exactly);
    for (const row of await this.#rows().all()) {
      const box = row.getByRole('checkbox').or(row.locator('input[type=checkbox]')).first();
      if ((await box.count()) === 0) continue; // a separator
      const label = plain(await row.locator('.label-name').first().innerText());
      const isWanted = wanted.some((pattern) => pattern.test(label));
      if ((await box.isChecked()) !== isWanted) await box.click();
    }
    await this.#widget.getByRole('button', { name: 'OK' }).click();
  }

  /** The labels of the choices that are in sight. */
  async choices(): Promise<string[]> {
    const rows = this.#rows();
    const nothing = this.#widget.getByText(/^No matching/);
    await rows.or(nothing).first().waitFor();
    const labels = await rows.locator('.quick-input-list-label .label-name').allInnerTexts();
    return labels.map(plain);
  }

  /** A password is typed where nobody reads it. */
  async isSecret(): Promise<boolean> {
    return (await this.#input().getAttribute('type')) === 'password';
  }

  #input(): Locator {
    return this.#widget.locator('.quick-input-filter input:not([type=checkbox])').first();
  }

  #rows(): Locator {
    return this.#widget.locator('.quick-input-list .monaco-list-row');
  }

  #row(label: string | RegExp): Locator {
    const name = this.#page.locator('.label-name').filter({ hasText: exactly(label) });
    return this.#rows().filter({ has: name }).first();
  }
}

/** A text stands for itself, whole. */
export function exactly(text: string | RegExp): RegExp {
  if (typeof text !== 'string') return text;
  const escaped = text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/\s+/g, '\\s+');
  return new RegExp(`^\\s*${escaped}\\s*$`);
}

/** The editor draws with non-breaking spaces. */
export function plain(text: string): string {
  return text.replaceAll('\u00a0', ' ').trim();
}
