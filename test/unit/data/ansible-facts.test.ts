import { expect, test } from 'vitest';
import { ansibleFactsSchema } from '../../../core/data/ansible-facts-schema.ts';
import { loadAnsibleFacts } from '../../../core/data/ansible-facts.ts';

test('the file of facts has the shape that the rules rely on', async () => {
  expect(() => ansibleFactsSchema.parse(structuredClone({}))).toThrow();
  const facts = await loadAnsibleFacts();
  expect(ansibleFactsSchema.parse(facts)).toEqual(facts);
});

test('every module that a Pi’s playbook usually needs is known with its options', async () => {
  const { modules } = await loadAnsibleFacts();
  const wanted = ['apt', 'copy', 'template', 'systemd_service', 'cron', 'user', 'lineinfile'];
  for (const name of wanted) {
    expect(Object.keys(modules[`ansible.builtin.${name}`]?.options ?? {}), name).not.toEqual([]);
  }
  expect(modules['ansible.builtin.apt']?.options['name']?.aliases).toContain('pkg');
  expect(modules['ansible.posix.authorized_key']?.options['key']?.required).toBe(true);
});

test('names that moved say where to', async () => {
  const { routing } = await loadAnsibleFacts();
  expect(routing.modules['ansible.builtin.docker_container']?.redirect).toBe(
    'community.docker.docker_container',
  );
});
