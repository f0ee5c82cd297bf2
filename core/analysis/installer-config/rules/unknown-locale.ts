import type { Dialect } from '../../../data/installer-dialects.ts';
import { SUPPORTED_LOCALES } from '../../../data/locales.ts';
import { nearest } from '../../../inventory/nearest.ts';
import type { Assignment, Range } from '../../../formats/installer-config/statement.ts';
import type { Draft } from '../../rule.ts';
import { writeValue } from '../edits.ts';
import { assignmentsOf, type LineRule } from '../items.ts';

const names = SUPPORTED_LOCALES.map((each) => each.slice(0, each.indexOf('/')));
/** The installer also takes `xx_XX` for `xx_XX.UTF-8`. C and POSIX need not be generated. */
const known = new Set([...names, ...names.map((name) => name.replace(/\.UTF-8$/, '')), 'POSIX']);

/** The countries of languages that are not called like them. */
const HOME: Readonly<Record<string, string>> = {
  en: 'gb',
  sv: 'se',
  da: 'dk',
  cs: 'cz',
  ja: 'jp',
  zh: 'cn',
};

/** An unknown locale is skipped with a message that nobody sees. */
export const unknownLocale: LineRule = {
  code: 'unknown-locale',
  *check({ text, statements }, dialect) {
    for (const assignment of assignmentsOf(statements)) {
      if (assignment.append || dialect.option(assignment.name) === undefined) continue;
      if (assignment.name === 'system_default_locale') yield* ofDefault(assignment);
      if (assignment.name === 'locales') yield* ofList(text, assignment, dialect);
    }
  },
};

function* ofDefault(assignment: Assignment): Iterable<Draft> {
  const { value = '', valueRange } = assignment;
  if (value === '' || known.has(value)) return;
  yield draft(valueRange, value, (better) => ({
    title: `Write ${better}`,
    edits: [writeValue(assignment, better)],
    preferred: true,
  }));
}

function* ofList(text: string, assignment: Assignment, dialect: Dialect): Iterable<Draft> {
  const { value = '', valueRange } = assignment;
  const separator = dialect.option('locales')?.separator ?? ',';
  const entries = value.split(/[\s,]+/).filter(Boolean);
  if (separator === ' ' && value.includes(',')) {
    yield {
      ...valueRange,
      message: 'This installer wants blanks between locales, not commas.',
      fixes: [
        {
          title: 'Separate them by blanks',
          edits: [writeValue(assignment, entries.join(' '))],
          preferred: true,
        },
      ],
    };
    return;
  }
  for (const entry of entries) {
    if (known.has(entry)) continue;
    const place = placeOf(text, valueRange, entry);
    yield draft(place, entry, (better) => ({
      title: `Write ${better}`,
      edits: [
        place === valueRange
          ? writeValue(assignment, value.replace(entry, better))
          : { ...place, text: better },
      ],
      preferred: true,
    }));
  }
}

function draft(
  range: Range,
  value: string,
  fix: (better: string) => NonNullable<Draft['fixes']>[number],
): Draft {
  const better = suggestion(value);
  return {
    start: range.start,
    end: range.end,
    message: `There is no locale “${value}”; it is skipped.${better === undefined ? '' : ` Did you mean ${better}?`}`,
    ...(better === undefined ? {} : { fixes: [fix(better)] }),
  };
}

function suggestion(value: string): string | undefined {
  const spelled = value
    .replace(/\.utf-?8$/i, '.UTF-8')
    .replace('-', value.includes('_') ? '-' : '_');
  if (known.has(spelled)) return spelled;
  if (/^[a-z]{2,3}$/.test(value)) {
    const ofLanguage = names.filter((name) => name.startsWith(`${value}_`));
    const own = `${value}_${(HOME[value] ?? value).toUpperCase()}.UTF-8`;
    return ofLanguage.includes(own) ? own : ofLanguage[0];
  }
  return nearest(value, names)[0];
}

/** Where an entry stands in the value as it is written; the whole value where quotes cut it. */
function placeOf(text: string, range: Range, entry: string): Range {
  const found = text.slice(range.start, range.end).indexOf(entry);
  return found === -1
    ? range
    : { start: range.start + found, end: range.start + found + entry.length };
}
