/** The snippets for playbooks, read by the real Ansible and judged by the real ansible-lint. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findExecutable, runCommand } from '../../core/command/run.ts';
import { temporaryFolder } from '../temporary.ts';
import { expand, readSnippets } from '../unit/client/snippet.ts';

const { signal } = new AbortController();
const env = process.env;

const all = Object.values(await readSnippets('playbook.json')).map(({ prefix, body }) => ({
  prefix,
  text: expand(body).trimEnd(),
}));

/** A folder with each as a playbook of its own; the names of the files. */
async function written(): Promise<{ folder: string; files: string[] }> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'playbooks'));
  const files = all.map(({ prefix, text }) => ({
    path: join('playbooks', `${prefix.slice('rpi-'.length)}.yml`),
    text: playbookOf(prefix, text),
  }));
  await Promise.all(files.map(({ path, text }) => writeFile(join(folder, path), text)));
  return { folder, files: files.map(({ path }) => path) };
}

const indented = (text: string): string => text.replace(/^(?=.)/gm, '    ');
const REBOOT = all.find(({ prefix }) => prefix === 'rpi-handler-reboot')?.text ?? '';

/** A snippet where people insert it: among the tasks or the handlers of a play. */
function playbookOf(prefix: string, text: string): string {
  if (prefix === 'rpi-playbook') return `---\n${text}\n`;
  const play = ['---', '- name: Try it', '  hosts: all'];
  const tasks = prefix.startsWith('rpi-handler')
    ? ['  tasks: []', '  handlers:', indented(text)]
    : ['  tasks:', indented(text), '  handlers:', indented(REBOOT)];
  return `${[...play, ...tasks].join('\n')}\n`;
}

test('ansible-playbook accepts each', async () => {
  const { folder, files } = await written();
  const { code, stderr } = await runCommand(
    {
      command: 'ansible-playbook',
      args: ['--syntax-check', '--inventory', 'localhost,', ...files],
      cwd: folder,
    },
    { signal, env },
  );
  expect(stderr).toBe('');
  expect(code).toBe(0);
});

const hasLint = (await findExecutable('ansible-lint', env)) !== undefined;

describe.runIf(hasLint)('ansible-lint', () => {
  test('finds nothing to say about any', async () => {
    const folder = await temporaryFolder();
    // One play of all: it takes seconds to begin with each file.
    const of = (wanted: (prefix: string) => boolean): string =>
      all
        .filter(({ prefix }) => wanted(prefix))
        .map(({ text }) => indented(text))
        .join('\n\n');
    const isHandler = (prefix: string): boolean => prefix.startsWith('rpi-handler');
    const isPlay = (prefix: string): boolean => prefix === 'rpi-playbook';
    const play = [
      '---',
      '- name: Try them',
      '  hosts: all',
      '  tasks:',
      of((prefix) => !isHandler(prefix) && !isPlay(prefix)),
      '',
      '  handlers:',
      of(isHandler),
      '',
      all.find(({ prefix }) => isPlay(prefix))?.text ?? '',
    ];
    await writeFile(join(folder, 'site.yml'), `${play.join('\n')}\n`);
    const { code, stdout } = await runCommand(
      {
        command: 'ansible-lint',
        args: ['--offline', '--nocolor', '--parseable', '-q', 'site.yml'],
        cwd: folder,
      },
      { signal, env },
    );
    expect(stdout).toBe('');
    expect(code).toBe(0);
  });
});
