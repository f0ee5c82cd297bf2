import { expect, it } from 'vitest';
import { differences } from '../../../core/install/plan-differences.ts';

const options = {
  around: 3,
  replaced: ['netinst/config'],
  anew: new Set(['netinst/config/marker.json']),
};
const changes = (
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): string[] =>
  differences(
    'kitchen:/boot',
    new Map(Object.entries(before)),
    new Map(Object.entries(after)),
    options,
  ).map(({ path, action, diff, detail }) => [action, path, diff ?? detail].join(' '));

it('shows what is made, changed and removed, and nothing that stays', () => {
  const [changed, made, removed, ...more] = changes(
    {
      'netinst/config/a.txt': 'one\n',
      'netinst/config/same.txt': 'x\n',
      'netinst/config/old.txt': 'y\n',
      'config.txt': 'the system’s\n',
    },
    { 'netinst/config/a.txt': 'two\n', 'netinst/config/same.txt': 'x\n', 'tryboot.txt': 'z\n' },
  );
  expect(changed).toMatch(/^updated kitchen:\/boot\/netinst\/config\/a\.txt [^]*-one\n\+two/);
  expect(made).toMatch(/^created kitchen:\/boot\/tryboot\.txt [^]*\+z/);
  expect(removed).toMatch(/^removed kitchen:\/boot\/netinst\/config\/old\.txt [^]*-y/);
  expect(more).toEqual([]);
});

it('says nothing of what each installation makes anew', () => {
  expect(changes({ 'netinst/config/marker.json': '{"nonce":"a"}\n' }, {})).toEqual([]);
});

it('shows no password, neither the old one nor the new one', () => {
  const config = (rootpw: string, zone = 'a'): Record<string, string> => ({
    'netinst/config/installer-config.txt': `rootpw=${rootpw}\ntimezone=${zone}\n`,
  });
  const both = changes(config('oldword'), config('newword', 'b')).join('\n');
  expect(both).toContain('timezone=b');
  expect(both).not.toMatch(/oldword|newword/);
  expect(changes(config('oldword'), config('newword'))).toEqual([
    'updated kitchen:/boot/netinst/config/installer-config.txt only what is secret differs',
  ]);
});
