import { nearest } from '../../../inventory/nearest.ts';
import type { SettingsPath } from '../facts.ts';
import type { RpiYmlRule } from '../rpi-yml-rule.ts';
import { settingAt } from '../schema-tree.ts';

/** rpi refuses an rpi.yml with a setting that it does not know: it would do nothing, unnoticed. */
export const rpiUnknownSetting: RpiYmlRule = {
  code: 'rpi-unknown-setting',
  *check({ issues, keyRange, values }) {
    for (const issue of issues) {
      if (issue.code !== 'unrecognized_keys') continue;
      const path = issue.path as SettingsPath; // YAML has no symbols
      const written = new Set(namesAt(values, path));
      const known = [...(settingAt(path)?.children.keys() ?? [])];
      for (const key of issue.keys) {
        const range = keyRange([...path, key]);
        if (range === undefined) continue;
        const meant = nearest(key, known);
        const near = meant.filter((name) => !written.has(name));
        const where = path.filter((name) => typeof name === 'string').join('.');
        yield {
          ...range,
          message:
            `There is no setting ${key}${where === '' ? '' : ` in ${where}`}.` +
            (meant.length === 0 ? elsewhere(key) : ` Did you mean ${meant.join(' or ')}?`),
          fixes: near.map((name, index) => ({
            title: `Write ${name}`,
            edits: [{ ...range, text: name }],
            ...(index === 0 && near.length === 1 ? { preferred: true } : {}),
          })),
        };
      }
    }
  },
};

/** Where the name does exist. */
function elsewhere(key: string): string {
  for (const [name, { children }] of settingAt([])?.children ?? []) {
    if (children.has(key)) return ` It belongs into ${name}.`;
  }
  return '';
}

function namesAt(values: unknown, path: SettingsPath): string[] {
  let value = values;
  for (const name of path) {
    value =
      typeof value === 'object' && value !== null
        ? (value as Readonly<Record<string | number, unknown>>)[name]
        : undefined;
  }
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}
