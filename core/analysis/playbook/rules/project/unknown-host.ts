/** Single hosts and groups that no inventory has: in templates and under delegate_to. */
import { SECTIONS } from '../../../../formats/playbook/keywords.ts';
import { withChildren } from '../../../../formats/playbook/model.ts';
import { isTemplate, textOf } from '../../../../formats/playbook/node.ts';
import type { References } from '../../../../formats/jinja/reference-types.ts';
import { nearest } from '../../../../inventory/nearest.ts';
import type { AnsibleProject } from '../../../ansible-project/project.ts';
import type { Draft } from '../../../rule.ts';
import { proposal } from '../../edits.ts';
import { placed, type PlaybookFacts } from '../../facts.ts';
import { canTellHosts } from './host-pattern.ts';
import { draftIn, templatesOf, type ProjectRuleOfPlaybooks } from './project.ts';

type Named = { readonly name: string; readonly start: number; readonly end: number };

export const unknownHost: ProjectRuleOfPlaybooks = {
  code: 'unknown-host',
  *check(facts, { ansible }) {
    if (ansible === undefined || !canTellHosts(ansible)) return;
    const { hosts, groups } = namesOf(ansible);
    for (const host of delegates(facts)) {
      const near = isKnown(host.name, hosts) ? [] : nearest(host.name, [...hosts]);
      // Any address will do; only what looks like a slip is told.
      if (near.length > 0) yield draft(host, 'host', near, 'is taken for an address');
    }
    for (const { kind, ...named } of namedInTemplates(facts)) {
      const known = kind === 'host' ? hosts : groups;
      if (isKnown(named.name, known)) continue;
      yield draft(named, kind, nearest(named.name, [...known]), 'is not defined');
    }
  },
};

/** In the text of a template file. */
export function* unknownHostsInTemplate(
  { text, references }: { readonly text: string; readonly references: References },
  ansible: AnsibleProject,
): Generator<Draft> {
  if (!canTellHosts(ansible)) return;
  const { hosts, groups } = namesOf(ansible);
  for (const { kind, ...named } of unguarded(references, text)) {
    const known = kind === 'host' ? hosts : groups;
    if (isKnown(named.name, known)) continue;
    yield draft(named, kind, nearest(named.name, [...known]), 'is not defined');
  }
}

function namesOf({
  hosts: { inventories },
}: AnsibleProject): Record<'hosts' | 'groups', Set<string>> {
  return {
    hosts: new Set(inventories.flatMap((each) => each.hosts.map(({ name }) => name))),
    groups: new Set(inventories.flatMap((each) => Object.keys(each.groups))),
  };
}

/** Those without an inventory’s help too. */
function isKnown(name: string, names: ReadonlySet<string>): boolean {
  return names.has(name) || /^(?:all|ungrouped|localhost|127\.0\.0\.1|::1)$/.test(name);
}

function draft(
  { name, start, end }: Named,
  kind: 'host' | 'group',
  near: readonly string[],
  consequence: string,
): Draft {
  return {
    start,
    end,
    message: `No inventory has a ${kind} ${name}, so it ${consequence}${proposal(near)}`,
    fixes: near.map((better) => ({
      title: `Write ${better}`,
      edits: [{ start, end, text: better }],
    })),
  };
}

function* delegates({ plays, tasks }: PlaybookFacts): Generator<Named> {
  const all = [...plays.flatMap(({ sections }) => SECTIONS.flatMap((each) => sections[each]))];
  for (const { of, start } of [...all, ...tasks]) {
    for (const { keywords } of withChildren(of)) {
      const value = keywords.get('delegate_to')?.value;
      const name = textOf(value);
      if (value === undefined || name === undefined || isTemplate(name)) continue;
      const isPlain = value.end - value.start === name.length;
      if (isPlain && /^[A-Za-z][\w-]*$/.test(name)) yield { name, ...placed(value, start) };
    }
  }
}

type HostOrGroup = Named & { readonly kind: 'host' | 'group' };

/** `hostvars['x']` and `groups['x']` where nothing asks first whether there is one. */
function* namedInTemplates(facts: PlaybookFacts): Generator<HostOrGroup> {
  for (const found of templatesOf(facts)) {
    const { faults, references } = found.use;
    if (faults.length > 0) continue;
    for (const named of unguarded(references, facts.text)) {
      const { start, end } = draftIn(found, named, { message: '' });
      yield { ...named, start, end };
    }
  }
}

/** `text`: of the document, which may ask anywhere. */
function* unguarded(references: References, text: string): Generator<HostOrGroup> {
  for (const [kind, variable, names] of [
    ['host', 'hostvars', references.hosts],
    ['group', 'groups', references.groups],
  ] as const) {
    for (const { name, start, end } of names) {
      const read = references.reads.findLast(
        (each) => each.name === variable && each.start < start,
      );
      if (read?.guarded !== false || isAskedFor(name, text)) continue;
      const isQuoted = end - start === name.length + 2;
      yield { kind, name, start: isQuoted ? start + 1 : start, end: isQuoted ? end - 1 : end };
    }
  }
}

/** `'x' in groups`, `groups['x'] is defined` and their kin, anywhere in the document. */
function isAskedFor(name: string, text: string): boolean {
  const word = name.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
  return new RegExp(
    `["']${word}["']\\s+(?:not\\s+)?in\\s|(?:\\[\\s*\\\\?["']${word}\\\\?["']\\s*\\]|groups\\.${word}\\b)[\\w.]*\\s+is\\s+(?:not\\s+)?(?:un)?defined`,
  ).test(text);
}
