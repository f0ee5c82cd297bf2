/** installer-config.txt in the real editor: what is wrong is seen, mended, and previewed. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { hasEditor, startEditor, whyNoEditor, type Editor } from './editor/fixture.ts';
import type { Workbench } from './editor/workbench.ts';

const CONFIG = `# Greenhouse
hostname = greenhouse
release=
rootpw='correct horse'
wlan_psk=notverysecret

# Time
timezone=Europe/Berlin
`;

let editor: Editor | undefined;
let workbench: Workbench;

beforeAll(async () => {
  if (!hasEditor) return;
  // No rpi.yml: a person may only want to write this one file.
  editor = await startEditor({
    files: { 'installer-config.txt': CONFIG, 'post-install.txt': 'if true; then\n' },
    settings: {
      'editor.inlayHints.enabled': 'on',
      'editor.minimap.enabled': false,
      'files.autoSave': 'off',
    },
  });
  ({ workbench } = editor);
});

afterAll(async () => {
  await editor?.[Symbol.asyncDispose]();
});

describe.runIf(hasEditor)(`installer-config.txt in the editor${whyNoEditor}`, () => {
  const step = (name: string, run: () => Promise<void>): void => {
    it(name, async () => {
      onTestFailed(async () => {
        await workbench.screenshot(`failed-${name.replaceAll(/\W+/g, '-')}`);
        process.stderr.write((await editor?.logs()) ?? '');
      });
      await run();
    });
  };

  step('underlines what the shell would read otherwise', async () => {
    await workbench.openFile('installer-config.txt');
    await workbench.waitForSquiggle('error');
    await workbench.waitForSquiggle('warning');
    await workbench.page
      .locator('.codelens-decoration', { hasText: 'What will be installed' })
      .waitFor();
    await expect.poll(() => workbench.editorText()).toContain('release=bullseye');
    await workbench.screenshot('installer-config-squiggles');
    await workbench.waitForProblem(/No spaces may stand around/);
  });

  step('applies a quick fix', async () => {
    await workbench.openFile('installer-config.txt');
    await workbench.goTo(2, 3);
    await workbench.page.keyboard.press('Control+.');
    const action = workbench.page.locator('.action-widget .monaco-list-row.action', {
      hasText: 'without spaces',
    });
    await action.first().waitFor();
    await workbench.screenshot('installer-config-quick-fix');
    await action.first().click();
    await expect.poll(() => workbench.editorText()).toMatch(/^hostname=greenhouse$/m);
    await workbench.waitForNoProblem(/No spaces may stand around/);
  });

  step('offers names that are not set, and values', async () => {
    await workbench.openFile('installer-config.txt');
    await workbench.goTo(9, 1);
    await workbench.page.keyboard.type('keyboard_l');
    const widget = workbench.page.locator('.suggest-widget.visible');
    await widget.locator('.monaco-list-row', { hasText: 'keyboard_layout' }).first().waitFor();
    await workbench.page.keyboard.press('Tab');
    // The values follow by themselves.
    await widget.locator('.monaco-list-row', { hasText: 'Belgian' }).first().waitFor();
    await workbench.page.keyboard.type('gb');
    await workbench.screenshot('installer-config-completion');
    await workbench.page.keyboard.press('Escape');
    await expect.poll(() => workbench.editorText()).toContain('keyboard_layout=gb');
  });

  step('previews what will be installed, and goes along with what is typed', async () => {
    await workbench.openFile('installer-config.txt');
    await workbench.page.locator('.codelens-decoration a', { hasText: 'preview' }).click();
    await workbench.page.locator('.tab', { hasText: 'What will be installed' }).first().waitFor();
    const text = (): Promise<string> =>
      workbench.page
        .locator('.editor-group-container:not(.active) .view-lines')
        .innerText()
        .then((lines) => lines.replaceAll('\u00a0', ' '));
    await expect.poll(text).toMatch(/hostname=greenhouse\s+# line 2/);
    expect(await text()).not.toContain('notverysecret');
    await workbench.goTo(2, 20);
    await workbench.page.keyboard.type('2');
    await expect.poll(text).toMatch(/hostname=greenhouse2\s+# line 2/);
    await workbench.screenshot('installer-config-preview');
  });

  step('leads to the page that says why', async () => {
    await workbench.openFile('installer-config.txt');
    await workbench.page.getByText('notverysecret', { exact: true }).first().hover();
    const hover = workbench.page.locator('.monaco-hover:visible', { hasText: 'Clear passphrase' });
    await hover.first().waitFor();
    await workbench.screenshot('installer-config-hover');
    await workbench.run('Problems: Focus on Problems View');
    await workbench.page
      .locator('.markers-panel .monaco-list-row a', { hasText: 'clear-wifi-password' })
      .click();
    await workbench.waitForTab('clear-wifi-password.md');
    const frame = await workbench.webview('h3');
    await expect.poll(() => frame.locator('body').innerText()).toContain('wlan_psk_encrypted');
    await workbench.screenshot('installer-config-docs');
  });

  step('asks bash about post-install.txt', async () => {
    await workbench.openFile('post-install.txt');
    await workbench.waitForSquiggle('error');
  });

  step('has changed nothing on the disk', async () => {
    expect(await readFile(join(editor?.folder ?? '', 'installer-config.txt'), 'utf8')).toBe(CONFIG);
  });
});
