/** A playbook in the real editor, on a machine without Ansible: seen, mended, completed, explained. */
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
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
const PROGRAMS = [
  'sh',
  'bash',
  'env',
  'ps',
  'cat',
  'ls',
  'git',
  'unshare',
  'mount',
  'setpriv',
  'which',
];

beforeAll(async () => {
  if (!hasEditor) return;
  path = await mkdtemp(join(tmpdir(), 'rpi-path-'));
  for (const name of PROGRAMS) {
    await symlink(`/usr/bin/${name}`, join(path, name));
  }
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
    env: { PATH: path },
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
    await workbench.page.locator('.codelens-decoration a', { hasText: 'Check' }).first().waitFor();
    await workbench.waitForSquiggle('error');
    await workbench.waitForProblem(/Restart ap/);
    await workbench.waitForProblem(/destination/);
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

  step('applies a quick fix', async () => {
    await workbench.openFile('site.yml');
    await workbench.goTo(10, 20);
    await workbench.page.keyboard.press('Control+.');
    const action = workbench.page.locator('.action-widget .monaco-list-row.action', {
      hasText: 'Restart app',
    });
    await action.first().waitFor();
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
    await workbench.goTo(12, 12);
    await workbench.run('Show or Focus Hover');
    const hover = workbench.page.locator('.monaco-hover:visible');
    await hover.filter({ hasText: 'verbosity' }).first().waitFor();
    await workbench.screenshot('playbook-hover-module');
    await workbench.page.keyboard.press('Escape');
    await workbench.goTo(13, 20);
    await workbench.run('Show or Focus Hover');
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
