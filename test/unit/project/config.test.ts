import fc from 'fast-check';
import { anyText } from '../../any-text.ts';
import { describe, expect, test } from 'vitest';
import { parseConfig, readConfig } from '../../../core/project/config.ts';

describe('rpi.yml', () => {
  test('needs only a version and an id; everything else has a default', () => {
    const parsed = parseConfig('version: 1\nid: my-pis\n');
    expect(parsed).toMatchObject({
      ok: true,
      config: {
        networks: [],
        inventory: 'inventory/hosts.yml',
        access: { host_keys: 'ask', identity: 'generate', password_login: 'keep' },
        monitor: { temperature: 75 },
      },
    });
  });

  test('an unknown setting is reported at its key', () => {
    const parsed = parseConfig('version: 1\nid: my-pis\naccess:\n  root: true\n  pasword: x\n');
    expect(parsed).toEqual({
      ok: false,
      faults: [{ message: 'unknown setting pasword in access', line: 5, column: 3 }],
    });
  });

  test('every fault is reported at once, each where it stands', () => {
    const parsed = parseConfig(
      'version: 2\nid: my-pis\nnetworks:\n  - 10.0.0.0/24\n  - house\naccess:\n  host_keys: trust\n',
    );
    expect(!parsed.ok && parsed.faults.map(({ line, column }) => [line, column])).toEqual([
      [1, 10],
      [5, 5],
      [7, 14],
    ]);
  });

  test('an installer setting that is a list is told what it can be', () => {
    const parsed = parseConfig(
      'version: 1\nid: my-pis\ncreate:\n  settings:\n    packages: [vim, git]\n',
    );
    const message =
      'create.settings.packages: one value is wanted: a text, a number, or true or false';
    expect(parsed).toEqual({ ok: false, faults: [{ message, line: 5, column: 15 }] });
  });

  test('a YAML error has its line and column, and the thrown error names the file', () => {
    expect(() => readConfig('/p/rpi.yml', 'version: 1\n  id: [')).toThrow(/\/p\/rpi\.yml:2:/);
  });

  test('a rule that matches nothing is refused', () => {
    const parsed = parseConfig('version: 1\nid: my-pis\ngroups:\n  - group: attic\n');
    expect(parsed).toMatchObject({ ok: false, faults: [{ line: 4 }] });
  });

  test.each([
    [
      'version: 1\nid: *nobody\n',
      { line: 2, message: expect.stringContaining('*nobody') as string },
    ],
    ['version: 1\nid: *\u0000\n', { line: 2 }],
    [bomb(), { line: 1 }],
  ])('an alias that can’t be followed is a fault: %#', (text, fault) => {
    expect(parseConfig(text)).toMatchObject({ ok: false, faults: [fault] });
  });

  test('any text is either a configuration or faults with positions', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const parsed = parseConfig(text);
        if (parsed.ok) return;
        expect(parsed.faults.length).toBeGreaterThan(0);
        for (const { line, column } of parsed.faults) {
          expect(line).toBeGreaterThanOrEqual(1);
          expect(column).toBeGreaterThanOrEqual(1);
        }
      }),
    );
  });
});

/** Lists of aliases of lists of aliases: some kilobytes that stand for gigabytes. */
function bomb(): string {
  const levels = 'abcdefgh'.split('').map((name, index, names) => {
    const before = index === 0 ? 'x' : `*${names[index - 1] ?? ''}`;
    return `${name}: &${name} [${Array.from({ length: 10 }, () => before).join(', ')}]`;
  });
  return `${levels.join('\n')}\n`;
}
