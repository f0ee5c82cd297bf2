/**
 * Makes ansible/data/facts.json.br from the Ansible of this machine, or from the standard input:
 *
 *   python3 scripts/data/ansible_facts.py | node scripts/data/ansible-facts.ts -
 *
 * The first half may run elsewhere: the facts are those of the newest Ansible that can be had (Debian
 * 13's `ansible`), whatever the machine that builds the product has.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { brotliCompressSync, constants } from 'node:zlib';
import { ansibleFactsSchema } from '../../core/data/ansible-facts-schema.ts';
import { ANSIBLE_FACTS } from '../../core/data/ansible-facts.ts';
import { runCommand } from '../../core/command/run.ts';

const ROOT = join(import.meta.dirname, '..', '..');

async function gather(): Promise<string> {
  if (process.argv[2] === '-') return text(process.stdin);
  const program = join(import.meta.dirname, 'ansible_facts.py');
  const { stdout } = await runCommand(
    { command: 'python3', args: [program] },
    { env: process.env, signal: new AbortController().signal },
  );
  return stdout;
}

const facts = ansibleFactsSchema.parse(JSON.parse(await gather()));
const path = join(ROOT, ANSIBLE_FACTS);
await mkdir(dirname(path), { recursive: true });
const compressed = brotliCompressSync(JSON.stringify(facts), {
  params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 },
});
await writeFile(path, compressed);
process.stdout.write(
  `${ANSIBLE_FACTS}: ${Object.keys(facts.modules).length} modules with options, ${facts.other_modules.length} more by name, ${compressed.length} bytes\n`,
);
