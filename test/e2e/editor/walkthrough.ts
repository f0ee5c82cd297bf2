/** A walkthrough of the editor's welcome page. */
import type { Page } from 'playwright-core';
import { z } from 'zod';
import type { Workbench } from './workbench.ts';

export class Walkthrough {
  readonly #page: Page;

  private constructor(page: Page) {
    this.#page = page;
  }

  /** Opens it by its title. */
  static async open(workbench: Workbench, title: RegExp): Promise<Walkthrough> {
    await workbench.run('Welcome: Open Walkthrough...');
    await workbench.quickInput.choose(title);
    await workbench.page.locator('[data-done-step-id]').first().waitFor();
    return new Walkthrough(workbench.page);
  }

  /** The last words of the ids of the steps that are done, in their order. */
  async stepsDone(): Promise<string[]> {
    const ids = await this.#page.evaluate(`
      [...document.querySelectorAll('[data-done-step-id][aria-checked=true]')]
        .map((mark) => mark.getAttribute('data-done-step-id'))`);
    return z
      .array(z.string())
      .parse(ids)
      .map((id) => id.split('.').at(-1) ?? id);
  }
}
