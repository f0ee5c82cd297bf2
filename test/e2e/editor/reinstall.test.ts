/**
 * A Pi is reinstalled from the editor, to the end: the lenses of installer-config.txt, the checks, a
 * remedy that is followed, the plan as differences, the typed name, a window that is closed in the
 * middle, and the new system. The steps build on each other.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { hostsLab, startTestLab, whyNoLab, type TestLab } from '../../integration/lab-fixture.ts';
import { hasEditor, startEditor, whyNoEditor, type Editor } from './fixture.ts';
import { INSTALLER_FILES, MIRROR, serveMirror } from './mirror.ts';
import type { Frame } from 'playwright-core';
import type { Tree } from './tree.ts';
import type { Workbench } from './workbench.ts';

const CONFIG = `preset=server
mirror=${MIRROR}
release=bookworm
packages=acl
timezone=Europe/Berlin
root_ssh_pwlogin=0
`;

let lab: TestLab;
let editor: Editor;
const stack = new AsyncDisposableStack();
let workbench: Workbench;
let fleet: Tree;
let runs: Tree;
/** Of the old system. */
let machineId: string;
let hostKey: string;
/** As enrolling left it: an installation changes nothing of what it says. */
let inventory: string;

beforeAll(async () => {
  if (!hostsLab || !hasEditor) return;
  lab = stack.use(await startTestLab([{ name: 'kitchen', login: 'key', installSeconds: 12 }]));
  editor = stack.use(
    await startEditor({
      lab: lab.lab.dir,
      files: {
        'rpi.yml': `version: 1\nid: reinstall-test\naccess: {identity: ${lab.lab.identity}}\n`,
        'inventory/hosts.yml': `all:\n  hosts:\n    kitchen:\n      ansible_host: ${lab.address('kitchen')}\n      ansible_user: pi\n`,
        'create/installer-config.txt': CONFIG,
        // There is no way out of the lab.
        'create/apt/raspberrypi.org.list': '# none\n',
      },
    }),
  );
  stack.use(await serveMirror(join(editor.home, 'mirror'), lab.lab.dir, ['acl']));
  use(editor.workbench);
});

afterAll(() => stack.disposeAsync());

/** The window that the steps are about. */
function use(window: Workbench): void {
  workbench = window;
  fleet = window.tree('Fleet');
  runs = window.tree('Runs');
}

let lost = false;

/** Nothing can be said of the steps after one that failed. */
function step(title: string, run: () => Promise<void>): void {
  it(title, { timeout: 120_000 }, async ({ skip }) => {
    skip(lost, 'a step before this one failed');
    onTestFailed(async () => {
      lost = true;
      await workbench.screenshot(`failed-${title.replaceAll(/[^a-z]+/gi, '-')}`);
      process.stderr.write(`${await editor.logs()}\n`);
    });
    await run();
  });
}

const onPi = (script: string): Promise<string> => lab.on('kitchen', script);
/** The checks and the plan. */
const document = async (): Promise<Frame> => {
  await workbench.waitForTab(/Reinstall kitchen/);
  return workbench.webview('h1:has-text("Reinstall kitchen")');
};
const lens = (title: string): Promise<void> =>
  workbench.page.locator('.codelens-decoration a', { hasText: title }).click();

describe.runIf(hostsLab && hasEditor)(`reinstalling in the editor${whyNoLab}${whyNoEditor}`, () => {
  step('a Pi that lets nobody in is refused, and the remedy is a link that enrols it', async () => {
    await workbench.show('Raspberry Pi');
    await (await fleet.contextMenu('kitchen')).choose('Reinstall Pi…');
    await document().then((shown) => shown.locator('a', { hasText: 'rpi access enroll' }).click());
    await workbench.terminal.waitFor(/\[yes\/no/);
    await workbench.screenshot('reinstall-0-locked');
    await workbench.terminal.type('yes');
    await workbench.terminal.waitFor(/✓ 1 of 1 let/);
    machineId = await onPi('cat /etc/machine-id');
    inventory = await readFile(join(editor.folder, 'inventory/hosts.yml'), 'utf8');
    expect(inventory).toContain('rpi_serial');
    hostKey = await onPi('cat /etc/ssh/ssh_host_ed25519_key.pub');
    await workbench.screenshot('reinstall-1-enrolled');
  });

  step('the lenses of installer-config.txt preview it and verify its repository', async () => {
    await workbench.openFile('create/installer-config.txt');
    await lens('What will be installed');
    await workbench.page.locator('.tab', { hasText: 'What will be installed' }).first().waitFor();
    await workbench.screenshot('reinstall-2-preview');
    await lens('Verify repository');
    await workbench.terminal.waitFor(/Everything that 1 host would download is there/);
    await workbench.screenshot('reinstall-3-verified');
  });

  step('the lens “Reinstall with this” tells what refuses, and a remedy is followed', async () => {
    await lens('Reinstall with this');
    const shown = await document();
    expect(await shown.locator('body').innerText()).toContain('can’t be reinstalled now');
    await workbench.screenshot('reinstall-4-refused');
    await shown
      .locator('h3:has-text("installer files") ~ p a:text-is("About this check")')
      .first()
      .click();
    await workbench.waitForTab('installer files.md');
    await workbench.webview('p:has-text("The installer\'s own kernel and RAM disk")');
    await workbench.screenshot('reinstall-4-why');
    await workbench.run('View: Close Editor');
    await onPi(INSTALLER_FILES);
    await (await document()).locator('a', { hasText: 'Look again' }).click();
    await workbench.quickInput.waitFor(/Reinstall kitchen/);
    await workbench.quickInput.fill('garden');
    await expect.poll(() => workbench.quickInput.message()).toContain('is not kitchen');
    await workbench.screenshot('reinstall-4-wrong-name');
    await workbench.quickInput.dismiss();
  });

  step('right click, checks, plan, typed name: the installation runs', async () => {
    await workbench.run('View: Close All Editors');
    await (await fleet.contextMenu('kitchen')).choose('Reinstall Pi…');
    await workbench.quickInput.waitFor(/Reinstall kitchen/);
    const shown = await document();
    expect(await shown.locator('body').innerText()).toContain('/dev/mmcblk0');
    await workbench.screenshot('reinstall-5-plan');
    await shown.locator('a', { hasText: 'Show how they differ' }).click();
    await workbench.waitForTab(/^Plan: kitchen/);
    await workbench.page
      .locator('.multiDiffEntry', { hasText: 'post-install.txt' })
      .first()
      .waitFor();
    await workbench.screenshot('reinstall-5-differences');
    await workbench.quickInput.fill('kitchen');
    await workbench.quickInput.accept();
    await runs.expand();
    await runs.row(/^install kitchen/);
    await workbench.terminal.waitFor(/install/);
    await expect
      .poll(async () => (await runs.read(/^install kitchen/)).description, {
        timeout: 60_000,
        interval: 100,
      })
      .toMatch(/running · \d+ %/);
    await workbench.screenshot('reinstall-6-running');
  });

  step('a window that is closed stops nothing; the next one shows how far it is', async () => {
    await workbench.page.close();
    use(await editor.newWindow(editor.folder));
    await workbench.show('Raspberry Pi');
    await runs.expand();
    expect((await runs.read(/^install kitchen/)).description).toMatch(/running|%/);
    await workbench.screenshot('reinstall-7-reopened');
    await (await runs.contextMenu(/^install kitchen/)).choose('Follow in Terminal');
    await workbench.terminal.waitFor(/kitchen: \d+ %/);
    await workbench.screenshot('reinstall-7-followed');
    await workbench.terminal.waitFor(/✓ 1 of 1 Pi installed and proved/, 90_000);
    await expect
      .poll(async () => (await runs.read(/^install kitchen/)).description)
      .toMatch(/^\d+ s · just now/);
    await runs.open(/^install kitchen/);
    await runs.row('kitchen');
    await workbench.screenshot('reinstall-8-done');
  });

  step('the Pi is another system, which is known and healthy', async () => {
    expect(await onPi('cat /etc/machine-id')).not.toBe(machineId);
    const key = (await onPi('cat /etc/ssh/ssh_host_ed25519_key.pub')).split(' ')[1] ?? '';
    expect(hostKey).not.toContain(key);
    const known = await readFile(join(editor.home, 'd/rpi/reinstall-test/known_hosts'), 'utf8');
    expect(known).toContain(key);
    expect(known).not.toContain(hostKey.split(' ')[1]);
    await (await fleet.contextMenu('kitchen')).choose('Check Access');
    await expect
      .poll(async () => (await runs.read(/^access check/)).description)
      .toMatch(/just now/);
    expect(await fleet.tooltip('kitchen')).toMatch(/Reachable/);
    expect(await readFile(join(editor.folder, 'inventory/hosts.yml'), 'utf8')).toBe(inventory);
    await workbench.screenshot('reinstall-9-healthy');
  });

  step('the plan of the next one shows what would be another, and no more', async () => {
    const changed = CONFIG.replace('Europe/Berlin', 'Europe/Paris');
    await writeFile(join(editor.folder, 'create/installer-config.txt'), changed);
    await (await fleet.contextMenu('kitchen')).choose('Reinstall Pi…');
    await workbench.quickInput.waitFor(/Reinstall kitchen/);
    await (await document()).locator('a', { hasText: 'Show how they differ' }).click();
    // Beside the settings the count of its tries, and what starts it.
    await workbench.waitForTab(/^Plan: kitchen.*\(3 files\)/);
    await workbench.quickInput.dismiss();
    await expect
      .poll(() => workbench.page.locator('.multiDiffEntry').first().innerText())
      .toContain('Europe/Paris');
    await workbench.screenshot('reinstall-next');
  });
});
