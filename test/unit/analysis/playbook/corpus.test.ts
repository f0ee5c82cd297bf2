import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findingsOf } from './findings.ts';

const folder = join(import.meta.dirname, 'corpus');

function filesOf(kind: 'wrong' | 'right'): string[] {
  return readdirSync(join(folder, kind), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yml'))
    .sort();
}

/** `LINE CODE`, from comments `# expect: code code` on the line, and `# line N: code` anywhere. */
function expectedIn(text: string): string[] {
  const expected: string[] = [];
  text.split('\n').forEach((line, index) => {
    const here = /# expect: (.*)$/.exec(line)?.[1]?.split(' ') ?? [];
    expected.push(...here.map((code) => `${index + 1} ${code}`));
    const [, number, code] = /^# line (\d+): (\S+)$/.exec(line) ?? [];
    if (number !== undefined && code !== undefined) expected.push(`${number} ${code}`);
  });
  return expected.sort();
}

describe('wrong playbooks', () => {
  it.each(filesOf('wrong'))('%s: each fault on its line, once', (name) => {
    const text = readFileSync(join(folder, 'wrong', name), 'utf8');
    const found = findingsOf(text, name).map(
      ({ start, code }) => `${text.slice(0, start).split('\n').length} ${code}`,
    );
    expect(found.sort()).toEqual(expectedIn(text));
  });

  it('are many', () => {
    const all = filesOf('wrong').flatMap((name) =>
      expectedIn(readFileSync(join(folder, 'wrong', name), 'utf8')),
    );
    expect(all.length).toBeGreaterThan(60);
  });
});

describe('right playbooks', () => {
  it.each(filesOf('right'))('%s: no error, no warning', (name) => {
    const text = readFileSync(join(folder, 'right', name), 'utf8');
    const found = findingsOf(text, name)
      .filter(({ severity }) => severity === 'error' || severity === 'warning')
      .map(({ start, code }) => `${text.slice(0, start).split('\n').length} ${code}`);
    expect(found).toEqual([]);
  });
});
