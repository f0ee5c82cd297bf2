import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareVersions, satisfies } from '../../core/debian/version.ts';

describe('versions of Debian packages', () => {
  it.each([
    ['1.0~rc1', '1.0'],
    ['1.0', '1.0a'],
    ['1.0a', '1.0+b1'],
    ['1.9', '1.10'],
    ['9.0', '1:0.1'],
    ['1.0-1', '1.0-1.1'],
    ['1.0-1~deb12u1', '1.0-1'],
    ['1.0~~', '1.0~'],
    ['20240101', '20240102'],
    ['2.36-9+deb12u8', '2.36-9+deb12u10'],
    ['99999999999999999998', '99999999999999999999'],
  ])('%s is older than %s', (older, newer) => {
    expect(compareVersions(older, newer)).toBeLessThan(0);
    expect(compareVersions(newer, older)).toBeGreaterThan(0);
    expect(satisfies(older, '<<', newer)).toBe(true);
    expect(satisfies(newer, '<=', older)).toBe(false);
  });

  it.each([
    ['1.0', '0:1.0'],
    ['1.0', '1.0-0'],
    ['1.01', '1.1'],
  ])('%s and %s are one', (a, b) => {
    expect(compareVersions(a, b)).toBe(0);
  });

  const part = fc
    .array(fc.constantFrom('0', '1', '9', '10', '01', 'a', 'Z', '~', '+', '.', 'rc'), {
      maxLength: 5,
    })
    .map((pieces) => pieces.join(''));
  const version = fc
    .tuple(fc.constantFrom('', '', '0:', '1:'), part, fc.option(part))
    .map(
      ([epoch, upstream, revision]) =>
        `${epoch}1${upstream}${revision === null ? '' : `-${revision}0`}`,
    );

  it.skipIf(!existsSync('/usr/bin/dpkg'))('are ordered as dpkg orders them', () => {
    const pairs = fc.sample(fc.tuple(version, version), 120);
    // One shell for all of them: a process for each would take seconds.
    const script = pairs
      .map(([a, b]) => {
        const is = (relation: string): string =>
          `dpkg --compare-versions '${a}' ${relation} '${b}'`;
        return `if ${is('lt')}; then echo -1; elif ${is('eq')}; then echo 0; else echo 1; fi`;
      })
      .join('\n');
    const told = execFileSync('sh', { input: script }).toString().trim().split('\n').map(Number);
    const ours = pairs.map(([a, b]) => Math.sign(compareVersions(a, b)));
    expect(pairs.filter((_, index) => told[index] !== ours[index])).toEqual([]);
  });
});
