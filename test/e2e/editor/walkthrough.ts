/** A walkthrough that is open in the editor. */
import type { Page } from 'playwright-core';
import { plain } from './quick-input.ts';
import type { Workbench } from './workbench.ts';

export type WalkthroughStep = { readonly title: string; readonly done: boolean };

export class Walkthrough {
  readonly #page: Page;

  private constructor(page: Page) {
    this.#page = page;
  }

  /** Opens a walkthrough by its title. */
  static async open(workbench: Workbench, title: RegExp): Promise<Walkthrough> {
    await workbench.run('Welcome: Open Walkthrough...');
    await workbench.quickInput.choose(title);
    await workbench.page.locator('.getting-started-step').first().waitFor();
    return new Walkthrough(workbench.page);
  }

  async steps(): Promise<WalkthroughStep[]> {
    const steps = await this.#page.locator('button.getting-started-step').all();
    return Promise.all(
      steps.map(async (step) => ({
        title: plain(await step.locator('.step-title').innerText()),
        done: (await step.locator('[role="checkbox"]').getAttribute('aria-checked')) === 'true',
      })),
    );
  }

  /** Unfolds a step, and presses the button in its description. */
  async press(step: string, button: string): Promise<void> {
    const found = this.#page.locator('button.getting-started-step').filter({ hasText: step });
    if ((await found.getAttribute('aria-expanded')) !== 'true') {
      await found.locator('.step-title').click();
    }
    await found.getByRole('button', { name: button }).click();
  }
}
