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
    ...[
      'remedies-lab',
      'reinstall-lab',
      'card-lab',
      'fleet-lab',
      'prometheus',
      'prometheus-lab',
      'executor',
      'notify-lab',
      'service',
      'service-lab',
      'version',
    ].map((name) => `integration/monitor-${name}`),
    ...['monitor-daemon', 'monitor-flood', 'watch', 'watch-lab', 'history'].map(
      (name) => `integration/${name}`,
    ),
    ...['remedies', 'restart', 'notify', 'outbox', 'detect', 'return'].map(
      (name) => `unit/monitor/decisions/${name}`,
    ),
    'unit/monitor/watch',
  ]
    .map((name) => read(`test/${name}.test.ts`))
    .join('\n');
  expect(named.length).toBeGreaterThan(10);
  expect(
    named.filter((name) => !['it', 'test'].some((word) => tests.includes(`${word}('${name}'`))),
  ).toEqual([]);
});

it('every fault of the monitor that is made on the lab stands in docs/reliability.md', () => {
  const text = read('docs/reliability.md');
  const names = [
    'watch-lab',
    'monitor-fleet-lab',
    'monitor-card-lab',
    'monitor-remedies-lab',
  ].flatMap((name) =>
    [...read(`test/integration/${name}.test.ts`).matchAll(/^ {2}it\('(.*)'/gm)].map(
      ([, title = '']) => title,
    ),
  );
  expect(names.length).toBeGreaterThan(10);
  expect(names.filter((name) => !text.includes(name))).toEqual([]);
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
