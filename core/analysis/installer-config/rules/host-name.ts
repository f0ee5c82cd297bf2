import { valueFix, writeValue } from '../edits.ts';
import { assignmentsOf, type LineRule } from '../items.ts';
import type { Assignment } from '../../../formats/installer-config/statement.ts';
import type { Draft } from '../../rule.ts';

const LABEL = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;

/** RFC 1123: a label has letters, digits and inner hyphens, at most 63. */
export const hostName: LineRule = {
  code: 'host-name',
  *check({ statements }, dialect) {
    for (const assignment of assignmentsOf(statements)) {
      if (dialect.option(assignment.name) === undefined || assignment.append) continue;
      if (assignment.name === 'hostname') yield* ofHost(assignment);
      if (assignment.name === 'domainname') yield* ofDomain(assignment);
    }
  },
};

function* ofHost(assignment: Assignment): Iterable<Draft> {
  const { value, valueRange, range } = assignment;
  if (value === undefined || value === '' || (LABEL.test(value) && value !== 'localhost')) return;
  const [first = '', ...rest] = value.split('.');
  const domain = rest.join('.');
  if (rest.length > 0 && value.split('.').every((label) => LABEL.test(label))) {
    yield {
      ...valueRange,
      message: 'A host name has no dots: the domain belongs into domainname.',
      fixes: [
        {
          title: `Write hostname=${first}, and ${domain} as domainname`,
          edits: [
            writeValue(assignment, first),
            { start: range.end, end: range.end, text: ` domainname=${domain}` },
          ],
          preferred: true,
        },
      ],
    };
    return;
  }
  const better = value
    .replace(/[^A-Za-z0-9-]+/g, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '');
  yield {
    ...valueRange,
    message:
      value === 'localhost'
        ? 'localhost is the name of every machine for itself; this one needs its own.'
        : 'A host name has letters, digits and hyphens inside, at most 63: the system and mDNS refuse others.',
    fixes: LABEL.test(better) && value !== 'localhost' ? [valueFix(assignment, better, false)] : [],
  };
}

function* ofDomain({ value, valueRange }: Assignment): Iterable<Draft> {
  if (value === undefined || value === '') return;
  if (value.split('.').every((label) => LABEL.test(label)) && value.length <= 253) return;
  yield {
    ...valueRange,
    message:
      'A domain is names of letters, digits and hyphens with dots between, as in example.org.',
  };
}
