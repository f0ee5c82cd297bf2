import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { parseUpdates, UPDATES_SCRIPT } from '../../core/monitor/watch/updates.ts';

const run = (command: string, input: string, path = process.env['PATH']): string =>
  spawnSync('/bin/sh', command === '' ? [] : ['-c', command], {
    input,
    encoding: 'utf8',
    env: { PATH: path, LC_ALL: 'C' },
  }).stdout;
const hasApt = run('command -v apt-get || true', '') !== '';

describe('the count of updates', () => {
  it.runIf(hasApt)('is what apt would upgrade', () => {
    const listed = run('apt-get -s upgrade --with-new-pkgs', '');
    const [, upgraded, fresh] = /^(\d+) upgraded, (\d+) newly installed/m.exec(listed) ?? [];
    const pending = Number(upgraded) + Number(fresh);
    const security = listed.split('\n').filter((line) => /^Inst .*-[Ss]ecurity/.test(line)).length;
    expect(parseUpdates(run('', UPDATES_SCRIPT))).toEqual({ pending, security });
  });

  it('is nothing where there is no apt', () => {
    expect(run('', UPDATES_SCRIPT, '/nowhere')).toBe('');
  });
});
