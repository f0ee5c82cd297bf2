import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const run = promisify(execFile);
const corpus = join(import.meta.dirname, '../unit/analysis/playbook/corpus/right');
const playbooks = [
  'site.yml',
  ...readdirSync(join(corpus, 'playbooks'))
    .filter((name) => name.endsWith('.yml'))
    .map((name) => `playbooks/${name}`),
];

const collected = join(import.meta.dirname, '../unit/analysis/ansible-project/samples/collected');

describe('the playbooks that the rules find nothing in', () => {
  it('those of the collected project too', async () => {
    const args = ['-i', 'localhost,', '--syntax-check', 'playbooks/site.yml'];
    const result = await run('ansible-playbook', args, {
      cwd: collected,
      env: { ...process.env, ANSIBLE_NOCOLOR: '1' },
    });
    expect(result.stdout).toContain('playbook:');
  });

  it.each(playbooks)('%s: ansible-playbook accepts it', async (playbook) => {
    const result = await run('ansible-playbook', ['-i', 'localhost,', '--syntax-check', playbook], {
      cwd: corpus,
      env: { ...process.env, ANSIBLE_ROLES_PATH: join(corpus, 'roles'), ANSIBLE_NOCOLOR: '1' },
    });
    expect(result.stdout).toContain('playbook:');
  });
});
