/** Plays that no host is named for. */
import { isEmpty, resolved, type YamlNode } from '../../../formats/playbook/node.ts';
import { KEYWORDS } from '../../../formats/playbook/keywords.ts';
import { nearest } from '../../../inventory/nearest.ts';
import { headOf } from '../edits.ts';
import { placed } from '../facts.ts';
import type { DocumentRule } from '../items.ts';

export const noHosts: DocumentRule = {
  code: 'no-hosts',
  *check({ plays, knowledge }) {
    for (const { keywords, parts, isFaulty } of plays) {
      const first = parts[0];
      if (first === undefined) continue;
      const hosts = keywords.get('hosts');
      if (hosts !== undefined) {
        if (!namesNothing(hosts.of.value)) continue;
        yield { ...placed(hosts.of.key, hosts.start), message: '“hosts” names no host.' };
        continue;
      }
      const names = [...keywords.keys()];
      const imported = names.find((name) => name.endsWith('import_playbook'));
      const entry = imported === undefined ? undefined : keywords.get(imported);
      if (imported !== undefined && entry !== undefined && namesNothing(entry.of.value)) {
        yield { ...placed(entry.of.key, entry.start), message: `“${imported}” names no playbook.` };
        continue;
      }
      const isOther = names.some(
        (name) =>
          name.endsWith('import_playbook') ||
          name.endsWith('include') ||
          name === '<<' ||
          // A misspelt “hosts”, and a task among plays, have a finding already.
          (!KEYWORDS.play.has(name) && nearest(name, ['hosts']).length > 0) ||
          name === 'block' ||
          (!KEYWORDS.play.has(name) && ['known', 'opaque'].includes(knowledge.module(name).kind)),
      );
      if (isOther || isFaulty) continue;
      const message =
        names.length === 0
          ? 'A play is a mapping with hosts and tasks.'
          : 'The play names no hosts: add “hosts:” with a group, a host or all.';
      yield { ...placed(headOf(first.of.node), first.start), message };
    }
  },
};

/** Nothing at all, empty quotes or an empty list: Ansible refuses all of them. */
function namesNothing(value: YamlNode): boolean {
  const node = resolved(value);
  if (node.kind === 'sequence') return node.items.length === 0;
  return isEmpty(value) || (node.kind === 'scalar' && node.text === '' && node.tag === undefined);
}
