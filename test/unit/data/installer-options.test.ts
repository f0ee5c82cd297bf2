import { describe, expect, it } from 'vitest';
import {
  conditionText,
  holds,
  parseCondition,
  type Condition,
} from '../../../core/data/installer-condition.ts';
import {
  otherDialect,
  RASPBERRYPI_DIALECT,
  RASPBIAN_DIALECT,
} from '../../../core/data/installer-dialects.ts';
import type { InstallerOption } from '../../../core/data/installer-option.ts';

const conditionsOf = (option: InstallerOption): readonly Condition[] => [
  ...(option.requires ?? []),
  ...(option.requiredIf ?? []),
  ...(option.conflicts ?? []),
  ...(option.implies ?? []),
];

describe.each([RASPBERRYPI_DIALECT, RASPBIAN_DIALECT])('the options of $name', (dialect) => {
  const { options, option, internals } = dialect;

  it('have one entry and a note each, and are none of the installer’s own variables', () => {
    const names = options.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const each of options) {
      expect(each.note, each.name).not.toBe('');
      expect(internals.has(each.name), each.name).toBe(false);
      expect(each.name).toMatch(/^[a-z][a-z0-9_]*$/);
    }
  });

  it('have defaults that their own rules allow', () => {
    for (const { name, default: value, values, pattern, type, min, max, maxLength } of options) {
      if (value === undefined) continue;
      if (type === 'boolean') expect(value, name).toMatch(/^[01]$/);
      if (values !== undefined) expect(values, name).toContain(value);
      if (pattern !== undefined) expect(value, name).toMatch(pattern);
      if (type === 'integer') {
        expect(Number(value), name).toBeGreaterThanOrEqual(min ?? 0);
        expect(Number(value), name).toBeLessThanOrEqual(max ?? Infinity);
      }
      expect(value.length, name).toBeLessThanOrEqual(maxLength ?? Infinity);
    }
  });

  it('refer to options that there are, with values that those take', () => {
    for (const each of options) {
      for (const condition of conditionsOf(each)) {
        const other = option(condition.name);
        expect(other, `${each.name}: ${conditionText(condition)}`).toBeDefined();
        if (condition.kind === 'equals' || condition.kind === 'differs') {
          const { values, type, pattern } = other ?? {};
          if (values !== undefined) expect(values).toContain(condition.value);
          else if (type === 'boolean') expect(condition.value).toMatch(/^[01]$/);
          else expect(condition.value).toMatch(pattern ?? /^/);
        }
      }
      for (const name of each.overrides ?? []) expect(option(name), each.name).toBeDefined();
      const { replacement, defaultWith } = each;
      if (replacement !== undefined) {
        expect(each.deprecated).toBe(true);
        expect(option(replacement)).toMatchObject({ name: replacement });
        expect(option(replacement)?.deprecated).toBeUndefined();
      }
      if (defaultWith !== undefined) {
        expect(option(defaultWith.name)?.values).toContain(defaultWith.value);
      }
    }
  });

  it('name the lines of the installer that read them', () => {
    for (const { name, source } of options) {
      if (name !== 'ip_broadcast') expect(source, name).toMatch(/^\d+(-\d+)?(,\d+(-\d+)?)*$/);
    }
  });

  it('hide every password', () => {
    for (const { name, secret } of options) {
      if (/pw$|_psk/.test(name)) expect(secret, name).toBe(true);
    }
  });
});

describe('the two tables', () => {
  /** Where the installers really differ. */
  const DIFFERENT_TYPES = new Set(['root_ssh_pubkey', 'user_ssh_pubkey']);

  it('agree on the type of what both have, where both still mean the same by it', () => {
    for (const option of RASPBERRYPI_DIALECT.options) {
      const other = RASPBIAN_DIALECT.option(option.name);
      if (other === undefined || option.deprecated === true || other.deprecated === true) continue;
      if (DIFFERENT_TYPES.has(option.name)) continue;
      expect(other.type, option.name).toBe(option.type);
      expect(other.secret, option.name).toBe(option.secret);
    }
  });

  it('differ in how lists are separated: that is why one can’t be read as the other', () => {
    expect(RASPBERRYPI_DIALECT.option('locales')?.separator).toBe(',');
    expect(RASPBIAN_DIALECT.option('locales')?.separator).toBe(' ');
    expect(otherDialect(RASPBIAN_DIALECT)).toBe(RASPBERRYPI_DIALECT);
    expect(otherDialect(RASPBERRYPI_DIALECT)).toBe(RASPBIAN_DIALECT);
  });
});

describe('a condition', () => {
  const values = new Map([
    ['a', '1'],
    ['list', 'x,wlan0'],
    ['empty', ''],
  ]);
  const valueOf = (name: string): string | undefined => values.get(name);

  it.each([
    ['a=1', true],
    ['a=0', false],
    ['a!=0', true],
    ['a!=1', false],
    ['list~wlan', true],
    ['list~eth', false],
    ['a', true],
    ['empty', false],
    ['unknown=1', undefined],
  ])('%s: %s', (text, wanted) => {
    expect(holds(parseCondition(text), valueOf)).toBe(wanted);
  });

  it.each(['', '=1', 'a=', 'a<1', 'A=1', 'a is 1'])('%j is none', (text) => {
    expect(() => parseCondition(text)).toThrow(TypeError);
  });
});
