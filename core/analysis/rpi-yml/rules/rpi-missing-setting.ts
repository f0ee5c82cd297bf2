import { firstLineOf } from '../../whole-text.ts';
import type { SettingsPath } from '../facts.ts';
import type { RpiYmlRule } from '../rpi-yml-rule.ts';
import { settingAt } from '../schema-tree.ts';

export const rpiMissingSetting: RpiYmlRule = {
  code: 'rpi-missing-setting',
  *check({ issues, keyRange, valueRange, text }) {
    for (const issue of issues) {
      const path = issue.path as SettingsPath; // YAML has no symbols
      if (issue.code === 'unrecognized_keys' || path.length === 0) continue;
      if (keyRange(path) !== undefined || valueRange(path) !== undefined) continue;
      const name = String(path.at(-1));
      const parent = path.slice(0, -1);
      const range =
        parent.length === 0 ? firstLineOf(text) : (valueRange(parent) ?? firstLineOf(text));
      const description = settingAt(path)?.description;
      const fixes =
        name === 'version' && parent.length === 0
          ? [
              {
                title: 'Write version: 1',
                edits: [{ start: top(text), end: top(text), text: 'version: 1\n' }],
                preferred: true,
              },
            ]
          : [];
      yield {
        start: range.start,
        end: Math.min(range.end, lineEnd(text, range.start)),
        message: `The setting ${name} is missing.${description === undefined ? '' : ` ${description}`}`,
        fixes,
      };
    }
  },
};

/** Below comments and the document's beginning. */
function top(text: string): number {
  return /^(?:\uFEFF)?(?:(?:#[^\n]*|---[ \t]*)\r?\n)*/.exec(text)?.[0].length ?? 0;
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end;
}
