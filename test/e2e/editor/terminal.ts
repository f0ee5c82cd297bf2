/** The terminal in front, with all that has scrolled out of sight. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import * as z from 'zod';

/**
 * Lines of the emulator itself: what is drawn is only what is in sight. Runs in the page, where the
 * editor hangs the emulator on its element for tests of its own.
 */
const READ = `(() => {
  const element = document.querySelector('.terminal-wrapper.active');
  const xterm = element?.xterm ?? element?.querySelector('.xterm')?.xterm;
  if (xterm === undefined) return undefined;
  const lines = [];
  for (let row = 0; row < xterm.buffer.active.length; row += 1) {
    const line = xterm.buffer.active.getLine(row);
    const text = line?.translateToString(true) ?? '';
    if (line?.isWrapped && lines.length > 0) lines[lines.length - 1] += text;
    else lines.push(text);
  }
  return lines.join('\\n');
})()`;

export class Terminal {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** Everything since its beginning; lines that were too long for it are whole. */
  async text(): Promise<string> {
    const read = z
      .string()
      .optional()
      .parse(await this.#page.evaluate(READ));
    return (read ?? '').replaceAll('\u00a0', ' ').trimEnd();
  }

  /** Waits until a text is there. Returns everything. */
  async waitFor(pattern: RegExp, timeout = 60_000): Promise<string> {
    const deadline = Date.now() + timeout;
    for (;;) {
      const text = await this.text();
      if (pattern.test(text)) return text;
      if (Date.now() > deadline) throw new Error(`${String(pattern)} never showed:\n${text}`);
      await pause(100);
    }
  }

  async type(text: string): Promise<void> {
    await this.#page.locator('.terminal-wrapper.active').click();
    await this.#page.keyboard.type(text);
    await this.#page.keyboard.press('Enter');
  }

  /** Ctrl-C, as a person presses it. */
  async interrupt(): Promise<void> {
    await this.#page.locator('.terminal-wrapper.active').click();
    await this.#page.keyboard.press('Control+c');
  }
}
