import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { checkSetting } from '../../../core/formats/installer-config/check.ts';
import { parseInstallerConfig } from '../../../core/formats/installer-config/parse.ts';
import { settingsOf } from '../../../core/formats/installer-config/settings.ts';
import { expand, readSnippets } from './snippet.ts';

const playbook = await readSnippets('playbook.json');

describe.each(Object.entries(playbook))('snippet “%s”', (_name, { body }) => {
  const text = expand(body);

  test('is YAML: a list of named tasks, or of plays', () => {
    const items: unknown = parse(text, { version: '1.1' });
    expect(Array.isArray(items)).toBe(true);
    for (const item of items as unknown[]) expect(item).toHaveProperty('name');
  });

  test('names modules in full', () => {
    const items = parse(text, { version: '1.1' }) as Record<string, unknown>[];
    const tasks = items.flatMap((item) =>
      'hosts' in item ? (item['tasks'] as Record<string, unknown>[]) : [item],
    );
    for (const task of tasks) {
      const modules = Object.keys(task).filter((key) => key.includes('.'));
      expect(modules).toEqual([expect.stringMatching(/^ansible\.(builtin|posix)\.[a-z_]+$/)]);
    }
  });
});

describe.each(Object.entries(await readSnippets('installer-config.json')))(
  'snippet of installer-config.txt “%s”',
  (_name, { body }) => {
    const { values, certain } = settingsOf(parseInstallerConfig(expand(body)));

    test('sets options that the installer knows, each to a value it takes', () => {
      expect(certain).toBe(true);
      expect(values.size).toBeGreaterThan(0);
      for (const [name, value] of values) {
        expect(() => checkSetting(name, value)).not.toThrow();
      }
    });
  },
);

test('each snippet has a prefix of its own', async () => {
  for (const snippets of [playbook, await readSnippets('installer-config.json')]) {
    const prefixes = Object.values(snippets).map(({ prefix }) => prefix);
    expect(new Set(prefixes).size).toBe(prefixes.length);
  }
});
