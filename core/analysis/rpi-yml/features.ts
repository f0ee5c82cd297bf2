/** Where an rpi.yml leads to, its settings as an outline, and the groups it names. */
import { resolved, type YamlNode } from '../../formats/playbook/node.ts';
import { parseYamlNodes } from '../../formats/playbook/yaml-nodes.ts';
import type { Link, Named, Outline } from '../features.ts';
import type { RpiYmlFacts } from './facts.ts';
import { filesIn, groupsIn } from './files.ts';
import type { RpiYmlProject } from './project.ts';

export function rpiYmlLinks(facts: RpiYmlFacts, { pathOf }: RpiYmlProject): Link[] {
  return filesIn(facts).flatMap(({ path: written, start, end }) => {
    const path = pathOf?.(written);
    return path === undefined ? [] : [{ start, end, target: { path }, tooltip: written }];
  });
}

export function namedInRpiYmlAt(facts: RpiYmlFacts, offset: number): Named | undefined {
  for (const { name, start, end } of groupsIn(facts)) {
    if (offset < start || offset > end) continue;
    const at = start + Math.max(0, facts.text.slice(start, end).indexOf(name));
    return { kind: 'group', name, start: at, end: at + name.length };
  }
  return undefined;
}

export function rpiYmlOutline({ text }: RpiYmlFacts): Outline[] {
  return parseYamlNodes(text).roots.flatMap(settings);
}

function settings(node: YamlNode): Outline[] {
  const map = resolved(node);
  if (node.kind === 'alias' || map.kind !== 'map') return [];
  return map.entries.map(({ key, name, value }): Outline => {
    const children = settings(value);
    return {
      name: name === '' ? '…' : name,
      detail: value.kind === 'scalar' ? value.text.slice(0, LONGEST) : '',
      kind: children.length > 0 ? 'section' : 'setting',
      range: { start: key.start, end: Math.max(key.end, value.end) },
      nameRange: { start: key.start, end: key.end },
      ...(children.length > 0 ? { children } : {}),
    };
  });
}

const LONGEST = 60;
