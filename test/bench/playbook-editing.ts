/**
 * Playbooks in the language server, warm, seen from the editor’s end of the pipe; beside a bare
 * parse by the yaml package, and beside ansible-language-server where it is.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseDocument } from 'yaml';
import type { LanguageServerClient } from '../integration/language-server-client.ts';
import { alone, atMost, median, type BenchRow } from './row.ts';

const ROUNDS = 9;
const KEYS = 60;
const TASKS = 1000;

/** Milliseconds, but for `answer`, which is bytes. */
export type PlaybookTimes = {
  readonly small: number;
  readonly large: number;
  readonly parse: number;
  readonly key: number;
  readonly completion: number;
  readonly hover: number;
  readonly answer: number;
};

/** `start` starts a server in the folder, which becomes a project. */
export async function playbookTimes(
  folder: string,
  start: (folder: string) => Promise<LanguageServerClient>,
): Promise<PlaybookTimes> {
  const project = join(folder, 'project');
  await mkdir(join(project, 'inventory'), { recursive: true });
  await writeFile(join(project, 'rpi.yml'), 'version: 1\nid: benchmark\n');
  await writeFile(join(project, 'inventory', 'hosts.yml'), 'all:\n  hosts:\n    pi1:\n');
  const client = await start(project);
  const small = await openTimes(client, project, 'small', playbook(5));
  const large = await openTimes(client, project, 'large', playbook(TASKS));
  const uri = uriOf(project, 'large', ROUNDS - 1);
  const textDocument = { uri };
  const line = lineOf(TASKS / 2) + 3;
  const keys = await keyTimes(client, uri, line);
  const hovers: number[] = [];
  const completions: number[] = [];
  let answer = 0;
  for (let round = 0; round < ROUNDS; round++) {
    let began = performance.now();
    await client.request('textDocument/hover', {
      textDocument,
      position: { line: lineOf(TASKS / 2) + 1, character: 12 },
    });
    hovers.push(performance.now() - began);
    began = performance.now();
    const items = await client.request('textDocument/completion', {
      textDocument,
      position: { line: lineOf(TASKS / 2) + 1, character: 6 },
    });
    completions.push(performance.now() - began);
    answer = JSON.stringify(items).length;
  }
  await client.shutdown();
  const text = playbook(TASKS);
  const parses = Array.from({ length: 5 }, () => {
    const began = performance.now();
    parseDocument(text, { version: '1.1' });
    return performance.now() - began;
  });
  return {
    // The first ones load the language and the index.
    small: median(small.slice(1)),
    large: median(large.slice(1)),
    parse: median(parses),
    key: median(keys),
    completion: median(completions.slice(1)),
    hover: median(hovers.slice(1)),
    answer,
  };
}

export function playbookRows(times: PlaybookTimes): BenchRow[] {
  const ms = (name: string, value: number, limit: number): BenchRow =>
    alone({ name: `language server: ${name}, warm`, value, unit: 'ms', limit });
  return [
    ms('a small playbook: open → diagnostics', times.small, 30),
    atMost(1.5, {
      name: 'language server: 1,000 tasks: open → diagnostics, warm',
      ours: times.large,
      peer: times.parse,
      peerName: 'a bare parse by the yaml package',
      unit: 'ms',
    }),
    ms('1,000 tasks: a key → diagnostics', times.key, 40),
    ms('1,000 tasks: completion of modules', times.completion, 15),
    ms('1,000 tasks: hover', times.hover, 15),
    alone({
      name: 'language server: an answer with modules',
      value: times.answer / 1e6,
      unit: 'MB',
      limit: 0.1,
    }),
  ];
}

const uriOf = (project: string, name: string, round: number): string =>
  pathToFileURL(join(project, `${name}${round}.yml`)).href;

async function openTimes(
  client: LanguageServerClient,
  project: string,
  name: string,
  text: string,
): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const uri = uriOf(project, name, round);
    const since = client.notifications.length;
    const began = performance.now();
    client.notify('textDocument/didOpen', {
      // Another text each time, as nothing of an earlier one may be kept.
      textDocument: {
        uri,
        languageId: 'yaml',
        version: 1,
        text: text.replaceAll('ROUND', String(round)),
      },
    });
    await client.next(
      'textDocument/publishDiagnostics',
      (each: { uri: string }) => each.uri === uri,
      since,
    );
    times.push(performance.now() - began);
    if (round < ROUNDS - 1) client.notify('textDocument/didClose', { textDocument: { uri } });
  }
  return times;
}

/** An option gets a letter too much, and loses it again, so the findings change with each key. */
async function keyTimes(
  client: LanguageServerClient,
  uri: string,
  line: number,
): Promise<number[]> {
  const times: number[] = [];
  for (let key = 0; key < KEYS; key++) {
    const at = { line, character: 8 };
    const since = client.notifications.length;
    const began = performance.now();
    client.notify('textDocument/didChange', {
      textDocument: { uri, version: key + 2 },
      contentChanges: [
        key % 2 === 0
          ? { range: { start: at, end: at }, text: 'z' }
          : { range: { start: at, end: { ...at, character: 9 } }, text: '' },
      ],
    });
    await client.next(
      'textDocument/publishDiagnostics',
      (each: { uri: string; version?: number }) => each.uri === uri && each.version === key + 2,
      since,
    );
    times.push(performance.now() - began);
  }
  return times;
}

const LINES_PER_TASK = 5;
const lineOf = (task: number): number => 4 + (task - 1) * LINES_PER_TASK;

/** Some 120 bytes a task. */
function playbook(tasks: number): string {
  const all = Array.from(
    { length: tasks },
    (_, index) => `    - name: Task ${index} of round ROUND
      ansible.builtin.copy:
        dest: /etc/file${index}.txt
        mode: '0644'
        content: "{{ inventory_hostname }}"
`,
  );
  return `- name: Many\n  hosts: all\n  become: true\n  tasks:\n${all.join('')}`;
}
