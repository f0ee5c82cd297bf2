/** A playbook in the real editor, on a machine without Ansible: seen, mended, completed, explained. */
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFailed, onTestFinished } from 'vitest';
import { packAnsibleExtension } from './editor/ansible-extension.ts';
import { hasEditor, startEditor, whyNoEditor, type Editor } from './editor/fixture.ts';
import type { Workbench } from './editor/workbench.ts';

const SITE = `- name: Greenhouse
  hosts: sensors
  become: true
  tasks:
    - name: Write the configuration
      ansible.builtin.template:
        src: app.conf.j2
        destination: /etc/app.conf
        mode: '0644'
      notify: Restart ap
    - name: Say the port
      ansible.builtin.debug:
        msg: "{{ app_port }}"
  handlers:
    - name: Restart app
      ansible.builtin.service:
        name: app
        state: restarted
`;

let editor: Editor | undefined;
let workbench: Workbench;
let path: string | undefined;

/** What an editor needs, and nothing else: no Ansible and no Python. */
const PROGRAMS = ['sh', 'env', 'ps', 'cat', 'ls', 'git', 'unshare', 'mount', 'setpriv', 'which'];

/** Above a play. */
const lens = ({ page }: Workbench, title: string): Locator =>
  page.locator('.codelens-decoration a', { hasText: title }).first();

beforeAll(async () => {
  if (!hasEditor) return;
  path = await mkdtemp(join(tmpdir(), 'rpi-path-'));
  for (const name of PROGRAMS) {
    await symlink(`/usr/bin/${name}`, join(path, name));
  }
  // The editor asks a login shell for the environment, whose profile would set another PATH.
  const shell = join(path, 'bash');
  await writeFile(shell, '#!/bin/bash\nexec /bin/bash --noprofile --norc "$@"\n', { mode: 0o755 });
  editor = await startEditor({
    files: {
      'rpi.yml': 'version: 1\nid: greenhouse\nansible:\n  provision: site.yml\n',
      'site.yml': SITE,
      'inventory/hosts.yml': 'all:\n  children:\n    sensors:\n      hosts:\n        pi[1:3]:\n',
      'group_vars/sensors.yml': 'app_port: 80\n',
      'templates/app.conf.j2': 'listen {{ app_port }}\n',
    },
    settings: {
      'editor.inlayHints.enabled': 'on',
      'editor.minimap.enabled': false,
      'files.autoSave': 'off',
    },
    env: { PATH: path, SHELL: shell },
  });
  ({ workbench } = editor);
});

afterAll(async () => {
  await editor?.[Symbol.asyncDispose]();
  if (path !== undefined) await rm(path, { recursive: true, force: true });
});

describe.runIf(hasEditor)(`a playbook in the editor${whyNoEditor}`, () => {
  const step = (name: string, run: () => Promise<void>): void => {
    it(name, async () => {
      onTestFailed(async () => {
        await workbench.screenshot(`failed-${name.replaceAll(/\W+/g, '-')}`);
        process.stderr.write((await editor?.logs()) ?? '');
      });
      await run();
    });
  };

  step('underlines faults where they are, and says how many hosts there are', async () => {
    await workbench.openFile('site.yml');
    // The panel takes the keyboard away at once: lenses are there nonetheless.
    await workbench.waitForProblem(/Restart ap/);
    await workbench.waitForProblem(/destination/);
    await workbench.waitForSquiggle('error');
    await lens(workbench, 'Check').waitFor();
    const problems = await workbench.problems();
    const texts = problems.map(({ text }) => text);
    expect(texts).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/destination.*Ln 8, Col 9/),
        expect.stringMatching(/Restart ap.*Ln 10, Col 15/),
      ]),
    );
    await expect.poll(() => workbench.editorText()).toMatch(/hosts: sensors\s*3 hosts/);
    await workbench.screenshot('playbook-squiggles');
  });

  step('starts what a lens says, which tells that there is no Ansible', async () => {
    await lens(workbench, 'Run').click();
    await workbench.terminal.waitFor(/Ansible is not installed/);
  });

  step('applies a quick fix', async () => {
    await workbench.openFile('site.yml');
    const action = workbench.page.locator('.action-widget .monaco-list-row.action', {
      hasText: 'Restart app',
    });
    const isOffered = async (): Promise<boolean> => {
      await workbench.goTo(10, 20);
      await workbench.page.keyboard.press('Control+.');
      const shown = action.first().waitFor({ timeout: 5000 });
      return shown.then(
        () => true,
        () => false,
      );
    };
    // The task that has just ended may take the keyboard to its terminal meanwhile.
    await expect.poll(isOffered, { timeout: 30_000 }).toBe(true);
    await workbench.screenshot('playbook-quick-fix');
    await action.first().click();
    await expect.poll(() => workbench.editorText()).toMatch(/notify: Restart app$/m);
    await workbench.waitForNoProblem(/Restart ap”/);
  });

  step('completes an option', async () => {
    await workbench.openFile('site.yml');
    await workbench.goTo(17, 18);
    await workbench.page.keyboard.press('End');
    await workbench.page.keyboard.type('\nenab');
    const widget = workbench.page.locator('.suggest-widget.visible');
    await widget.locator('.monaco-list-row', { hasText: 'enabled' }).first().waitFor();
    await workbench.screenshot('playbook-completion');
    await workbench.page.keyboard.press('Tab');
    // The values follow by themselves.
    await widget.locator('.monaco-list-row', { hasText: 'true' }).first().waitFor();
    await workbench.page.keyboard.press('Escape');
    await expect.poll(() => workbench.editorText()).toContain('enabled:');
  });

  step('explains a module, and a variable with its values', async () => {
    await workbench.openFile('site.yml');
    const word = (text: string): Locator =>
      workbench.page
        .locator('.editor-group-container.active .view-line span span', { hasText: text })
        .first();
    const hover = workbench.page.locator('.monaco-hover:visible');
    await word('ansible.builtin.debug').hover();
    await hover.filter({ hasText: 'verbosity' }).first().waitFor();
    await workbench.screenshot('playbook-hover-module');
    await workbench.page.keyboard.press('Escape');
    await word('app_port').hover();
    await hover.filter({ hasText: 'every host' }).first().waitFor();
    await workbench.screenshot('playbook-hover-variable');
    await workbench.page.keyboard.press('Escape');
  });

  step('goes to what defines a variable', async () => {
    await workbench.openFile('site.yml');
    await workbench.goTo(13, 20);
    await workbench.page.keyboard.press('F12');
    await workbench.waitForTab('sensors.yml');
    await workbench.screenshot('playbook-definition');
  });

  step('has changed nothing on the disk', async () => {
    expect(await readFile(join(editor?.folder ?? '', 'site.yml'), 'utf8')).toBe(SITE);
  });
});

describe.runIf(hasEditor)(`a playbook in the editor, with Ansible${whyNoEditor}`, () => {
  const GREETING = `- name: Greeting
  hosts: sensors
  gather_facts: false
  tasks:
    - name: Say hello
      ansible.builtin.debug:
        msg: "hello from {{ inventory_hostname }}"
`;

  it('is run as its lenses say: as a check, and on Pis that are picked', async () => {
    await using other = await startEditor({
      files: {
        'rpi.yml': 'version: 1\nid: greenhouse\nansible:\n  provision: site.yml\n',
        'site.yml': GREETING,
        'inventory/hosts.yml': 'all:\n  children:\n    sensors:\n      hosts:\n        pi[1:2]:\n',
        'group_vars/sensors.yml': 'ansible_connection: local\n',
      },
    });
    const window = other.workbench;
    onTestFailed(() => window.screenshot('failed-playbook-lens'));
    await window.openFile('site.yml');
    await lens(window, 'Check').click();
    await window.terminal.waitFor(/site\.yml.* --check/);
    await window.terminal.waitFor(/hello from pi2/);
    await lens(window, 'On a group').click();
    await window.quickInput.waitFor('Run Playbook');
    await window.quickInput.dismiss();
  });
});

describe.runIf(hasEditor)(`a playbook beside the Ansible extension${whyNoEditor}`, () => {
  const BEGUN = `- name: Greeting
  hosts: sensors
  tasks:
    - name: Say hello
      ansible.builtin.debug:
        mesg: hello
    - \n`;

  it('is checked, and its modules are left to the other one, or not', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rpi-other-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    await using other = await startEditor({
      files: {
        'rpi.yml': 'version: 1\nid: greenhouse\nansible:\n  provision: site.yml\n',
        'site.yml': BEGUN,
        'inventory/hosts.yml': 'all:\n  children:\n    sensors:\n      hosts:\n        pi[1:2]:\n',
        '.vscode/settings.json': '{}\n',
      },
      settings: { 'editor.wordBasedSuggestions': 'off', 'files.autoSave': 'off' },
      otherExtensions: [await packAnsibleExtension(folder)],
    });
    const window = other.workbench;
    onTestFailed(async () => {
      await window.screenshot('failed-playbook-beside');
      process.stderr.write(await other.logs());
    });
    await window.openFile('site.yml');
    await window.statusBarItem('Ansible').first().waitFor();
    // Nothing else does it for documents of that language.
    await window.waitForProblem(/mesg/);
    await window.openFile('site.yml');
    await window.goTo(7, 7);
    const widget = window.page.locator('.suggest-widget.visible');
    const row = (name: string): Locator =>
      widget.locator('.monaco-list-row', { hasText: name }).first();
    await window.page.keyboard.type('bl');
    await row('block').waitFor();
    expect(await row('ansible.builtin.').count()).toBe(0);
    await window.page.keyboard.press('Escape');

    const settings = { 'rpi.ansible.completion': 'always' };
    await writeFile(join(other.folder, '.vscode/settings.json'), JSON.stringify(settings));
    const offered = async (): Promise<string> => {
      await window.goTo(7, 9);
      await window.page.keyboard.press('Backspace');
      await window.page.keyboard.type('l');
      await row('block').waitFor();
      const names = await widget.locator('.monaco-list-row').allInnerTexts();
      await window.screenshot('playbook-beside');
      await window.page.keyboard.press('Escape');
      return names.join('\n');
    };
    await expect.poll(offered, { timeout: 30_000 }).toContain('ansible.builtin.');
  });
});
