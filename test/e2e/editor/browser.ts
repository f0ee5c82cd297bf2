/** The browser of the walks: Debian's Chromium, driven over its own protocol. */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { TIED } from '../../../scripts/ide/processes.ts';

const CHROMIUM = '/usr/bin/chromium';

export const hasBrowser = existsSync(CHROMIUM);

type Command = { readonly command: string; readonly args: readonly string[] };

/**
 * Starts it without a window, quiet, without a way to the internet that it would use by itself.
 * `home`: a folder that outlives it. `enter` turns its command into one that stands in another
 * network. Where root starts it, it also ends when this process is killed.
 */
export async function startBrowser(
  home: string,
  enter?: (command: string, args: readonly string[]) => Promise<Command>,
): Promise<Browser> {
  const tied = process.getuid?.() === 0 ? [...TIED] : [];
  const [command, ...args] = [...tied, CHROMIUM];
  const entered = (await enter?.(command, args)) ?? { command, args };
  // It is driven over pipes, which every program of this line hands on.
  const launcher = join(home, 'chromium.sh');
  const words = [entered.command, ...entered.args].map(quoted).join(' ');
  await writeFile(launcher, `#!/bin/sh\nexec ${words} "$@"\n`, { mode: 0o755 });
  return chromium.launch({
    executablePath: launcher,
    env: { ...process.env, TMPDIR: home },
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** A page of its own: no cookies, storage or permissions of another. */
export async function newPage(browser: Browser): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1400, height: 1000 },
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  return page;
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
