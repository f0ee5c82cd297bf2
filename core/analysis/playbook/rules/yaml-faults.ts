/** What is no YAML, by its cause. */
import type { YamlCause, YamlFault } from '../../../formats/playbook/yaml-faults.ts';
import type { Draft } from '../../rule.ts';
import { doubleQuoted, replace } from '../edits.ts';
import type { PlaybookItem, TaskFileRule } from '../items.ts';

const ofCauses = (
  code: string,
  causes: readonly YamlCause[],
  draft: (fault: YamlFault, item: PlaybookItem) => Omit<Draft, 'start' | 'end'>,
): TaskFileRule => ({
  code,
  *check(item) {
    for (const fault of item.faults) {
      if (!causes.includes(fault.cause)) continue;
      const { start, end } = fault;
      yield { start, end, ...draft(fault, item) };
    }
  },
});

export const yamlTab = ofCauses('yaml-tab', ['tab'], ({ start, end }, { text }) => {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const spaces = text.slice(lineStart, end).replaceAll('\t', '  ');
  return {
    message: 'A tab in the indentation: YAML wants spaces.',
    fixes: [{ title: 'Write spaces instead', edits: [replace({ start: lineStart, end }, spaces)] }],
  };
});

export const yamlIndentation = ofCauses('yaml-indentation', ['indentation'], (fault, { text }) => {
  const { column, start } = fault;
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const spaces = /^[ \t]*/.exec(text.slice(lineStart))?.[0].length ?? 0;
  const message = `This line is indented by ${spaces}, and nothing that it could belong to is.`;
  if (column === undefined) return { message };
  const edit = replace({ start: lineStart, end: lineStart + spaces }, ' '.repeat(column));
  return { message, fixes: [{ title: `Indent by ${column}`, edits: [edit] }] };
});

export const unquotedTemplate = ofCauses(
  'unquoted-template',
  ['unquoted-template'],
  (fault, { text }) => {
    const written = text.slice(fault.start, fault.end);
    return {
      message: 'A value that begins with {{ needs quotes: to YAML it is a mapping.',
      fixes: [
        {
          title: 'Put it in quotes',
          edits: [replace(fault, doubleQuoted(written))],
          preferred: true,
        },
      ],
    };
  },
);

export const colonInValue = ofCauses(
  'colon-in-value',
  ['colon-in-value'],
  ({ value }, { text }) => ({
    message: 'A colon and a space within a value begin another one: put the value in quotes.',
    ...(value === undefined
      ? {}
      : {
          fixes: [
            {
              title: 'Put it in quotes',
              edits: [replace(value, doubleQuoted(text.slice(value.start, value.end)))],
              preferred: true,
            },
          ],
        }),
  }),
);

export const unclosedQuote: TaskFileRule = {
  code: 'unclosed-quote',
  *check(item) {
    for (const { cause, start, end, value } of item.faults) {
      if (cause === 'unclosed-quote') {
        const quote = item.text.charAt(start);
        const fix = { title: 'Close the quote', edits: [{ start: end, end, text: quote }] };
        yield { start, end, message: `The quote (${quote}) is not closed.`, fixes: [fix] };
      }
      if (cause === 'text-after-quote' && value !== undefined) {
        const written = item.text.slice(value.start, value.end);
        const fix = {
          title: 'Put all of it in quotes',
          edits: [replace(value, doubleQuoted(written))],
        };
        yield {
          start,
          end,
          message: 'Nothing may follow the quote that ends a value.',
          fixes: [fix],
        };
      }
    }
  },
};

export const yamlSyntax = ofCauses(
  'yaml-syntax',
  [
    'reserved-character',
    'unclosed-bracket',
    'missing-colon',
    'glued-dash',
    'unknown-alias',
    'unknown-tag',
    'syntax',
  ],
  ({ cause, start, end, value, detail }, { text }) => {
    const written = text.slice(start, end);
    switch (cause) {
      case 'reserved-character': {
        const message = `A value can’t begin with “${written}”: put it in quotes.`;
        if (value === undefined) return { message };
        const quoted = doubleQuoted(text.slice(value.start, value.end));
        return {
          message,
          fixes: [{ title: 'Put it in quotes', edits: [replace(value, quoted)], preferred: true }],
        };
      }
      case 'unclosed-bracket':
        return { message: `“${written}” is not closed.` };
      case 'unknown-alias': {
        const message = `“${written}” refers to an anchor that is not there: if it is text, put it in quotes.`;
        const edits = [replace({ start, end }, doubleQuoted(written))];
        return { message, fixes: [{ title: 'Put it in quotes', edits }] };
      }
      case 'unknown-tag':
        return { message: `Ansible has no meaning for the tag “${written}”, and runs nothing.` };
      case 'glued-dash': {
        const edits = [{ start: end, end, text: ' ' }];
        return {
          message: 'A space is missing after the dash.',
          fixes: [{ title: 'Add the space', edits, preferred: true }],
        };
      }
      case 'missing-colon': {
        const glued = /^([\w.]+):(?=\S)/.exec(written)?.[0];
        if (glued === undefined) {
          const message = 'A key needs a colon and a value.';
          if (!/^[\w.]+$/.test(written)) return { message };
          return {
            message,
            fixes: [{ title: 'Add the colon', edits: [{ start: end, end, text: ':' }] }],
          };
        }
        const at = start + glued.length;
        return {
          message: 'A space is missing after the colon.',
          fixes: [
            { title: 'Add the space', edits: [{ start: at, end: at, text: ' ' }], preferred: true },
          ],
        };
      }
      default:
        return { message: `This is no YAML: ${sentence(detail ?? 'it can’t be read')}` };
    }
  },
);

function sentence(detail: string): string {
  const first = detail.split('\n', 1)[0] ?? '';
  const lower = first.charAt(0).toLowerCase() + first.slice(1);
  return /[.!?]$/.test(lower) ? lower : `${lower}.`;
}
