/** apt with the package lists of the image: on a fresh Pi they are missing or old. */
import { SECTIONS } from '../../../formats/playbook/keywords.ts';
import { withChildren } from '../../../formats/playbook/model.ts';
import { textOf, type YamlNode } from '../../../formats/playbook/node.ts';
import type { TextEdit } from '../../../formats/text-edit.ts';
import { columnAt } from '../edits.ts';
import { placed } from '../facts.ts';
import type { DocumentRule } from '../items.ts';
import { knownCall, moduleNameOf } from '../tasks.ts';

export const aptCache: DocumentRule = {
  code: 'apt-cache',
  *check({ plays, text, knowledge, isFaulty }) {
    if (
      isFaulty ||
      /update[-_]cache|cache_valid_time|apt(?:-get)?\s+(?:-\S+\s+)*update|upgrade/.test(text)
    )
      return;
    for (const { keywords, sections } of plays) {
      // Roles, included files and earlier playbooks may do it.
      if (
        keywords.has('roles') ||
        [...keywords.keys()].some((name) => name.endsWith('import_playbook'))
      )
        return;
      for (const section of SECTIONS.slice(0, 3)) {
        for (const { of, start } of sections[section]) {
          for (const task of withChildren(of)) {
            const name = moduleNameOf(task, knowledge) ?? '';
            if (/(?:include|import)_|_repository$/.test(name) || name.endsWith('.include')) return;
            const call = knownCall(task, knowledge);
            if (call === undefined || name !== 'ansible.builtin.apt') continue;
            const { options, isDynamic } = call.action.args;
            const state =
              textOf(options.find((option) => option.name === 'state')?.value) ?? 'present';
            if (isDynamic || state === 'absent' || options.some((option) => option.name === 'deb'))
              continue;
            const edit = renewed(call.action.entry.value, start, text);
            yield {
              ...placed(call.action.nameRange, start),
              message:
                'On a fresh Pi apt’s package lists are missing or old: add update_cache: true (and cache_valid_time: 3600) to the first apt task.',
              fixes:
                edit === undefined
                  ? []
                  : [{ title: 'Renew the package lists', edits: [edit], preferred: true }],
            };
            return;
          }
        }
      }
    }
  },
};

/** The options after the last one whose value ends on its line; undefined where they are no block. */
function renewed(options: YamlNode, start: number, text: string): TextEdit | undefined {
  if (options.kind !== 'map' || options.flow) return undefined;
  const last = options.entries.findLast(
    ({ value }) => value.kind === 'scalar' && !/literal|folded/.test(value.style),
  );
  if (last === undefined) return undefined;
  const newline = text.indexOf('\n', last.value.end + start);
  const end = newline < 0 ? text.length : newline;
  const indent = `\n${' '.repeat(columnAt(text, last.key.start + start))}`;
  return { start: end, end, text: `${indent}update_cache: true${indent}cache_valid_time: 3600` };
}
