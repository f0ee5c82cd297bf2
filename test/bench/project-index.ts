/**
 * A project of 200 files in a warm language server: from its first open document until names of
 * every file are found, and the longest time that a key waited meanwhile.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { LanguageServerClient } from '../integration/language-server-client.ts';
import { alone, type BenchRow } from './row.ts';

const ROLES = 39;

/** Milliseconds. */
export type IndexTimes = { readonly indexed: number; readonly longestKey: number };

/** `start` starts a server in a folder. */
export async function indexTimes(
  folder: string,
  start: (folder: string) => Promise<LanguageServerClient>,
): Promise<IndexTimes> {
  const [warm, project] = [join(folder, 'one-file'), join(folder, 'many-files')];
  await write(warm, { 'rpi.yml': 'version: 1\nid: warm\n', 'site.yml': SITE });
  await write(project, filesOf());
  const client = await start(folder);
  await typeIn(client, join(warm, 'site.yml'), async () => Promise.resolve(true));
  const last = `role${ROLES - 1}_port`;
  const times = await typeIn(client, join(project, 'site.yml'), async () => {
    const found = await client.request('workspace/symbol', { query: last });
    return Array.isArray(found) && found.length > 0;
  });
  await client.shutdown();
  return times;
}

export function indexRows({ indexed, longestKey }: IndexTimes): BenchRow[] {
  const ms = (name: string, value: number, limit: number): BenchRow =>
    alone({ name: `language server: a project of 200 files: ${name}`, value, unit: 'ms', limit });
  return [ms('indexed', indexed, 2000), ms('the longest wait of a key meanwhile', longestKey, 40)];
}

/** Types, and waits for the answer about what was typed, until it is done. */
async function typeIn(
  client: LanguageServerClient,
  path: string,
  isDone: () => Promise<boolean>,
): Promise<IndexTimes> {
  const textDocument = { uri: pathToFileURL(path).href };
  const began = performance.now();
  client.notify('textDocument/didOpen', {
    textDocument: { ...textDocument, languageId: 'yaml', version: 1, text: SITE },
  });
  await client.next(
    'textDocument/publishDiagnostics',
    ({ uri }: { uri: string }) => uri === textDocument.uri,
  );
  let longestKey = 0;
  for (let version = 2; ; version++) {
    const pressed = performance.now();
    client.notify('textDocument/didChange', {
      textDocument: { ...textDocument, version },
      contentChanges: [{ text: `${SITE}# ${version}\n` }],
    });
    await client.request('textDocument/documentSymbol', { textDocument });
    longestKey = Math.max(longestKey, performance.now() - pressed);
    if (await isDone()) return { indexed: performance.now() - began, longestKey };
  }
}

async function write(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
}

const SITE = `- hosts: all
  tasks:
    - name: Say hello
      ansible.builtin.debug:
        msg: hello
`;

/** Five files a role, and five others: 200. */
function filesOf(): Record<string, string> {
  const files: Record<string, string> = {
    'rpi.yml': 'version: 1\nid: benchmark\n',
    'ansible.cfg': '[defaults]\n',
    'inventory/hosts.yml': 'all:\n  hosts:\n    pi[1:50]:\n',
    'group_vars/all.yml': 'everywhere: true\n',
    'site.yml': SITE,
  };
  for (let role = 0; role < ROLES; role++) {
    const at = `roles/role${role}`;
    files[`${at}/defaults/main.yml`] = `role${role}_port: ${8000 + role}\n`;
    files[`${at}/handlers/main.yml`] =
      `- name: Restart ${role}\n  ansible.builtin.service:\n    name: app${role}\n    state: restarted\n`;
    files[`${at}/meta/main.yml`] = 'dependencies: []\n';
    files[`${at}/templates/app.conf.j2`] = `listen {{ role${role}_port }}\n`;
    files[`${at}/tasks/main.yml`] = Array.from(
      { length: 20 },
      (_, task) => `- name: Task ${task} of role ${role}
  ansible.builtin.template:
    src: app.conf.j2
    dest: /etc/app${task}.conf
    mode: '0644'
  when: role${role}_port | int > ${task}
  notify: Restart ${role}
`,
    ).join('');
  }
  return files;
}
