import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const read = (path: string): string =>
  readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

it('every fault in docs/reliability.md is one that a test makes', () => {
  const rows = [...read('docs/reliability.md').matchAll(/^\|.*\| *(.*?) *\|$/gm)];
  const named = rows.map(([, name = '']) => name).filter((name) => !/^(test|-+)$/.test(name));
  const tests = [
    ...['install', 'install-lab', 'install-lab-full', 'install-killed-lab'].map(
      (name) => `integration/${name}`,
    ),
    ...['remedies-lab', 'reinstall-lab', 'executor'].map((name) => `integration/monitor-${name}`),
    ...['remedies', 'restart'].map((name) => `unit/monitor/decisions/${name}`),
  ]
    .map((name) => read(`test/${name}.test.ts`))
    .join('\n');
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((name) => !tests.includes(`it('${name}'`))).toEqual([]);
});

it('every long scenario stands in docs/reliability.md', () => {
  const text = read('docs/reliability.md');
  const tests = ['install-lab', 'install-killed-lab']
    .map((name) => read(`test/integration/${name}.test.ts`))
    .join('\n');
  const names = [...tests.matchAll(/^ {2}it\('(.*)'/gm)].map(([, name = '']) => name);
  const faults = names.filter((name) => !name.startsWith('gives a running Pi'));
  expect(faults.filter((name) => !text.includes(name))).toEqual([]);
});
