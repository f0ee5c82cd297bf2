/** What may be typed next within a template, by what stands before the place. */
import type { Range } from '../../../formats/playbook/node.ts';

export type JinjaPlace = {
  readonly kind: 'variable' | 'filter' | 'test' | 'lookup' | 'group' | 'host' | 'fact' | 'member';
  readonly word: Range;
  /** Of a member: the variable, and the keys from it to the place. */
  readonly of?: readonly string[];
};

/** `web.tls.`, `web['tls'].` and `web['` at the end of what was typed. */
const MEMBER =
  /(?:^|[^\w.\])])([a-z_]\w*(?:\.\w+|\[\s*(?:'[^']*'|"[^"]*"|\d+)\s*\])*)(?:\.(\w*)|\[\s*["'](\w*))$/i;

const LONGEST = 3000;

/** The beginning of the tag that is open at the offset. */
export function openTag(text: string, offset: number): number | undefined {
  const from = Math.max(0, offset - LONGEST);
  const before = text.slice(from, offset);
  const open = Math.max(before.lastIndexOf('{{'), before.lastIndexOf('{%'));
  const close = Math.max(before.lastIndexOf('}}'), before.lastIndexOf('%}'));
  if (open < 0 || close > open) return undefined;
  return from + open + 2;
}

/** `start`: where the expression begins. Undefined where nothing of a name can follow. */
export function jinjaPlace(text: string, start: number, offset: number): JinjaPlace | undefined {
  const before = text.slice(start, offset);
  const rest = /^[\w.]*/.exec(text.slice(offset, offset + 100))?.[0].length ?? 0;
  const place = (kind: JinjaPlace['kind'], typed: string): JinjaPlace => ({
    kind,
    word: { start: offset - typed.length, end: offset + rest },
  });
  const lookup = /(?:^|[^\w.])(?:lookup|query|q)\(\s*["']([\w.]*)$/.exec(before);
  if (lookup !== null) return place('lookup', lookup[1] ?? '');
  const member = /(?:^|[^\w.])(groups|hostvars)(?:\[\s*["']|\.)([\w.-]*)$/.exec(before);
  if (member !== null) return place(member[1] === 'groups' ? 'group' : 'host', member[2] ?? '');
  const fact = /(?:^|[^\w.])ansible_facts(?:\[\s*["']|\.)(\w*)$/.exec(before);
  if (fact !== null) return place('fact', fact[1] ?? '');
  const [, owner, behindDot, withinQuotes] = MEMBER.exec(before) ?? [];
  const of = owner?.match(/\w+/g) ?? [];
  if (withinQuotes !== undefined && !isWithinString(before.slice(0, -withinQuotes.length - 1))) {
    return { ...place('member', withinQuotes), of };
  }
  // Within a string nothing is a name.
  if (isWithinString(before)) return undefined;
  if (behindDot !== undefined) return { ...place('member', behindDot), of };
  const filter = /\|\s*([\w.]*)$/.exec(before);
  if (filter !== null) return place('filter', filter[1] ?? '');
  const test = /(?:^|[^\w.])is\s+(?:not\s+)?([\w.]*)$/.exec(before);
  if (test !== null) return place('test', test[1] ?? '');
  const word = /(?:^|[^\w.\])])(\w*)$/.exec(before) ?? /^(\w*)$/.exec(before) ?? undefined;
  return word === undefined ? undefined : place('variable', word[1] ?? '');
}

function isWithinString(before: string): boolean {
  return /["']/.test(before.replace(/\\./g, '').replace(/"[^"]*"|'[^']*'/g, ''));
}
