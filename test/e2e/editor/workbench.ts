/** The editor's window, by the words of its own documentation. Everything waits for what it needs. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Frame, Locator, Page } from 'playwright-core';
import { ContextMenu } from './context-menu.ts';
import { Dialog } from './dialog.ts';
import { plain, QuickInput } from './quick-input.ts';
import { Terminal } from './terminal.ts';
import { Tree } from './tree.ts';

export const SCREENSHOTS = join(import.meta.dirname, '..', 'screenshots');

export type Problem = { readonly text: string; readonly file: string };

export class Workbench {
  readonly page: Page;
  readonly quickInput: QuickInput;
  readonly terminal: Terminal;
  readonly dialog: Dialog;

  private constructor(page: Page) {
    this.page = page;
    this.quickInput = new QuickInput(page);
    this.terminal = new Terminal(page);
    this.dialog = new Dialog(page);
  }

  /** Opens the window and waits until it can be used. */
  static async open(page: Page, url: string): Promise<Workbench> {
    await page.goto(url);
    const workbench = new Workbench(page);
    await workbench.#ready();
    return workbench;
  }

  /** Loads the window anew, as “Developer: Reload Window” does. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.#ready();
  }

  /**
   * Runs a command of the palette by its whole title, with its category. The palette does not follow
   * what commands become possible while it is open, so it is opened again.
   */
  async run(title: string): Promise<void> {
    for (let attempts = 0; attempts < 10; attempts += 1) {
      await this.quickInput.openBy('F1');
      await this.quickInput.fill(`>${title}`);
      if (await this.quickInput.offers(title)) return this.quickInput.choose(title);
      await this.quickInput.dismiss();
    }
    throw new Error(`the palette never offered ${title}`);
  }

  /** The titles that the palette offers for what is typed. */
  async offered(text: string): Promise<string[]> {
    await this.quickInput.openBy('F1');
    await this.quickInput.fill(`>${text}`);
    const titles = await this.quickInput.choices();
    await this.quickInput.dismiss();
    return titles;
  }

  /** Opens a file of the folder by its path in it, and waits until it is shown. */
  async openFile(path: string): Promise<void> {
    await this.quickInput.openBy('Control+p');
    await this.quickInput.fill(path);
    const name = path.split('/').at(-1) ?? path;
    await this.quickInput.choose(name);
    await this.page.locator('.tab.active', { hasText: name }).waitFor();
    await this.page.locator('.editor-instance .view-line').first().waitFor();
  }

  /** The lines of the text editor that are in sight. */
  async editorText(): Promise<string> {
    const lines = await this.page.locator('.editor-group-container.active .view-line').all();
    const placed = await Promise.all(
      lines.map(async (line) => ({
        top: (await line.boundingBox())?.y ?? 0,
        text: plainLine(await line.innerText()),
      })),
    );
    return placed
      .toSorted((a, b) => a.top - b.top)
      .map(({ text }) => text)
      .join('\n');
  }

  /** The names of the editors’ tabs. */
  async tabs(): Promise<string[]> {
    const names = await this.page.locator('.tabs-container .tab .label-name').allInnerTexts();
    return names.map(plain);
  }

  /** Waits until a file, or another editor, is in front. */
  async waitForTab(name: string | RegExp): Promise<void> {
    await this.page.locator('.tab.active', { hasText: name }).first().waitFor();
  }

  /** Waits for a squiggle in the editor in front. */
  async waitForSquiggle(kind: 'error' | 'warning' | 'info' | 'hint'): Promise<void> {
    await this.page.locator(`.editor-instance .squiggly-${kind}`).first().waitFor();
  }

  /** Puts the cursor at a place of the file in front; both count from 1. */
  async goTo(line: number, column = 1): Promise<void> {
    await this.quickInput.openBy('Control+g');
    await this.quickInput.fill(`:${line}:${column}`);
    await this.quickInput.accept();
    await this.quickInput.waitUntilClosed();
  }

  /** Where the cursor is, as the status bar tells. */
  async cursor(): Promise<{ line: number; column: number }> {
    const text = await this.page.locator('#status\\.editor\\.selection').innerText();
    const [, line = '0', column = '0'] = /(\d+)\D+(\d+)/.exec(text) ?? [];
    return { line: Number(line), column: Number(column) };
  }

  /** Shows a view container of the activity bar; one that is shown stays. */
  async show(container: string): Promise<void> {
    const tab = this.page
      .locator('.activitybar')
      .getByRole('tab', { name: new RegExp(`^${container}`) });
    await tab.waitFor();
    if ((await tab.getAttribute('aria-selected')) !== 'true') await tab.click();
    await this.page
      .locator('.sidebar .composite.title', { hasText: new RegExp(container, 'i') })
      .waitFor();
  }

  /** The number on a view container’s icon, as it is read out. */
  async badge(container: string): Promise<string> {
    const tab = this.page
      .locator('.activitybar .action-item')
      .filter({ has: this.page.locator(`a[aria-label^="${container}"]`) });
    return plain(await tab.locator('.badge-content').innerText());
  }

  /** A tree view by the name in its heading. */
  tree(name: string): Tree {
    return new Tree(this.page, name);
  }

  async contextMenuOf(target: Locator): Promise<ContextMenu> {
    await target.click({ button: 'right' });
    return ContextMenu.shown(this.page);
  }

  /** Runs a task that is offered for the folder, by its name in the list of tasks. */
  async runTask(type: string, name: string): Promise<void> {
    await this.run('Tasks: Run Task');
    await this.quickInput.choose(type);
    // Tasks come into the list while it is shown: one that stands alone in it stays where it is.
    if (await this.quickInput.offers(name)) await this.quickInput.fill(name);
    await this.quickInput.choose(name);
    // A task without matchers that was never run asks how its output is to be read.
    const asked = 'Continue without scanning the task output';
    if (await this.quickInput.offers(asked)) await this.quickInput.choose(asked);
  }

  /** Runs a task of the test group, by its name in the list of them. */
  async runTestTask(name: string): Promise<void> {
    await this.run('Tasks: Run Test Task');
    await this.quickInput.choose(name);
  }

  /** What is opened in the browser, beside the editor, by something that is done. */
  async opened(act: () => Promise<void>): Promise<Page> {
    const [page] = await Promise.all([this.page.context().waitForEvent('page'), act()]);
    return page;
  }

  /** What the Problems view lists, once it lists something. */
  async problems(): Promise<Problem[]> {
    await this.run('Problems: Focus on Problems View');
    const rows = this.page.locator('.markers-panel .monaco-list-row');
    await rows.first().waitFor();
    const labels = await Promise.all(
      (await rows.all()).map(async (row) => ({
        level: await row.getAttribute('aria-level'),
        text: plain(await row.innerText()).replace(/\s*\n\s*/g, ' '),
      })),
    );
    let file = '';
    const problems: Problem[] = [];
    for (const { level, text } of labels) {
      if (level === '1') file = text;
      else problems.push({ text, file });
    }
    return problems;
  }

  async waitForProblem(pattern: RegExp): Promise<void> {
    await this.run('Problems: Focus on Problems View');
    await this.#problem(pattern).waitFor();
  }

  async waitForNoProblem(pattern: RegExp): Promise<void> {
    await this.run('Problems: Focus on Problems View');
    await this.#problem(pattern).waitFor({ state: 'detached' });
  }

  /** Waits for a Problem that fits, and goes to it. */
  async openProblem(pattern: RegExp): Promise<void> {
    await this.run('Problems: Focus on Problems View');
    await this.#problem(pattern).dblclick();
  }

  /** Waits for a notification that fits. Returns its whole text. */
  async notification(text: string | RegExp): Promise<string> {
    const toast = this.#toast(text);
    await toast.waitFor();
    return plain(await toast.innerText());
  }

  async answerNotification(text: string | RegExp, button: string): Promise<void> {
    await this.#toast(text).getByRole('button', { name: button }).click();
  }

  /** The texts of the notifications that are shown now. */
  async notifications(): Promise<string[]> {
    const texts = await this.page.locator('.notification-toast:visible').allInnerTexts();
    return texts.map(plain);
  }

  /** An entry of the status bar. */
  statusBarItem(text: string | RegExp): Locator {
    return this.page.locator('.statusbar-item').filter({ hasText: text });
  }

  /** The innermost frame of a webview, found by something that is in it. */
  async webview(selector: string, timeout = 30_000): Promise<Frame> {
    const deadline = Date.now() + timeout;
    for (;;) {
      for (const frame of this.page.frames()) {
        if (frame === this.page.mainFrame()) continue;
        // A frame that is just going away has none of it.
        const count = await frame
          .locator(selector)
          .count()
          .catch(() => 0);
        if (count > 0) return frame;
      }
      if (Date.now() > deadline) throw new Error(`no webview has ${selector}`);
      await pause(100);
    }
  }

  /** Trusts the folder that is open, as “Manage Workspace Trust” does. */
  async trustFolder(): Promise<void> {
    await this.run('Workspaces: Manage Workspace Trust');
    await this.page.getByRole('button', { name: 'Trust', exact: true }).first().click();
    await this.statusBarItem('Restricted Mode').waitFor({ state: 'detached' });
    // It lies above everything else. Escape is not enough: the keyboard may be in what lies below.
    await this.page.locator('.monaco-modal-editor-block .codicon-close').last().click();
    await this.page.getByText('You trust this folder').waitFor({ state: 'hidden' });
  }

  /** Gives the panel, or the editors, all the room for a picture. */
  async maximizePanel(): Promise<void> {
    await this.run('View: Toggle Maximized Panel');
  }

  async screenshot(name: string): Promise<void> {
    await mkdir(SCREENSHOTS, { recursive: true });
    await this.page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
  }

  async #ready(): Promise<void> {
    await this.page.locator('.monaco-workbench .statusbar').waitFor({ timeout: 90_000 });
    await this.page.locator('.activitybar .action-item').first().waitFor();
    // The editor's own marks: before the last of them it takes the focus away from what is opened.
    await this.page.waitForFunction(
      `['code/didLoadExtensions', 'code/didCreateWorkbenchContributions/4'].every(
        (mark) => performance.getEntriesByName(mark).length > 0)`,
      undefined,
      { timeout: 90_000 },
    );
  }

  #problem(pattern: RegExp): Locator {
    return this.page
      .locator('.markers-panel .monaco-list-row[aria-level="2"]')
      .filter({ hasText: pattern })
      .first();
  }

  #toast(text: string | RegExp): Locator {
    return this.page.locator('.notification-toast:visible').filter({ hasText: text }).first();
  }
}

function plainLine(text: string): string {
  return text.replaceAll('\u00a0', ' ').trimEnd();
}
