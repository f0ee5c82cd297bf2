/** What the editor is to the page: its policy, its variables, its API. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LaunchOptions, Page } from 'playwright-core';
import { THEMES } from './themes.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
export const DIST = join(ROOT, 'dist');
export const SCREENSHOTS = join(ROOT, 'test', 'e2e', 'screenshots');

export const CHROMIUM: LaunchOptions = {
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'],
};

/** The built page as the editor fills it in, its files at `origin`. */
export async function pageHtml(origin: string): Promise<string> {
  return (await readFile(join(DIST, 'monitor.html'), 'utf8'))
    .replaceAll('{{source}}', origin)
    .replaceAll('{{nonce}}', 'n0nce')
    .replaceAll('{{style}}', `${origin}/monitor.css`)
    .replaceAll('{{script}}', `${origin}/monitor.js`);
}

/** Before the page's own code: what it posts is in `window.sent`, its state outlives a reload. */
export async function standIn(page: Page, theme: keyof typeof THEMES): Promise<void> {
  await page.addInitScript((variables) => {
    const sent: unknown[] = [];
    Object.assign(window, {
      sent,
      acquireVsCodeApi: () => ({
        postMessage: (message: unknown) => sent.push(message),
        getState: () => JSON.parse(sessionStorage.getItem('state') ?? 'null') as unknown,
        setState: (state: unknown) => sessionStorage.setItem('state', JSON.stringify(state)),
      }),
    });
    document.addEventListener('DOMContentLoaded', () => {
      for (const [name, value] of Object.entries(variables)) {
        document.documentElement.style.setProperty(name, value);
      }
      document.documentElement.style.setProperty('--vscode-font-family', 'sans-serif');
      document.documentElement.style.setProperty('--vscode-font-size', '13px');
    });
  }, THEMES[theme]);
}

/** Resolves once the page's own code has run. */
export async function isReady(page: Page): Promise<void> {
  await page.waitForFunction(() => 'sent' in window && (window.sent as unknown[]).length > 0);
}
