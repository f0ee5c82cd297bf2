/**
 * What the server keeps while people type: its heap, collected, after the first edits and after the
 * last. Each edit writes a name that was never there: of a module, an option, a handler, a variable,
 * a host.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../temporary.ts';
import { buildServer, type BuiltServer } from './built-server.ts';
import { fullTests } from './lab-fixture.ts';
import type { LanguageServerClient } from './language-server-client.ts';

const EDITS = fullTests ? 10_000 : 3000;
/** Edits after which everything is loaded and compiled. */
const FIRST = fullTests ? 2000 : 1500;

/** Loaded before the server: answers a signal with the bytes that are in use. */
const HEAP = `process.on('SIGUSR2', () => {
  gc();
  process.stderr.write('heap ' + process.memoryUsage().heapUsed + ';');
});`;
const FLAGS = ['--expose-gc', '--import', `data:text/javascript,${encodeURIComponent(HEAP)}`];

let server: BuiltServer;

beforeAll(async () => {
  server = await buildServer();
});

afterAll(() => server[Symbol.asyncDispose]());

/** Megabytes (10^6 bytes). */
async function heapOf({ child, stderr }: LanguageServerClient): Promise<number> {
  const told = new Promise<string>((resolve) => child.stderr?.once('data', resolve));
  expect(stderr.replaceAll(/heap \d+;/g, '')).toBe('');
  child.kill('SIGUSR2');
  return Number(/heap (\d+);/.exec(await told)?.[1]) / 1e6;
}

const site = (edit: number): string => `- hosts: pi${edit}
  tasks:
    - name: Edit ${edit}
      module${edit}:
        option${edit}: "{{ variable${edit} | filter${edit} }}"
      notify: Handler ${edit}
      register: result${edit}
    - ansible.builtin.apt:
        package${edit}: x
`;

test(`${EDITS} edits leave nothing behind`, async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'rpi.yml'), 'version: 1\nid: greenhouse\n');
  await mkdir(join(folder, 'inventory'));
  await writeFile(join(folder, 'inventory', 'hosts.yml'), 'all:\n  hosts:\n    pi1:\n');
  const client = await server.start(folder, { flags: FLAGS });
  const textDocument = { uri: pathToFileURL(join(folder, 'site.yml')).href };
  client.notify('textDocument/didOpen', {
    textDocument: { ...textDocument, languageId: 'yaml', version: 0, text: site(0) },
  });
  const heaps: number[] = [];
  for (let edit = 1; edit <= EDITS; edit++) {
    client.notify('textDocument/didChange', {
      textDocument: { ...textDocument, version: edit },
      contentChanges: [{ text: site(edit) }],
    });
    const asked = edit % 10 === 0 ? 'textDocument/completion' : 'textDocument/hover';
    await client.request(asked, { textDocument, position: { line: 4, character: 24 } });
    if (edit % 10 === 5) {
      await client.request('textDocument/semanticTokens/full', { textDocument });
    }
    if (edit === FIRST || edit === EDITS) heaps.push(await heapOf(client));
    client.notifications.length = 0;
  }
  const [first = NaN, last = NaN] = heaps;
  process.stderr.write(
    `heap after ${FIRST} edits: ${first.toFixed(1)} MB, after ${EDITS}: ${last.toFixed(1)} MB\n`,
  );
  expect(last - first).toBeLessThan(1);
}, 900_000);
