/** What the schema of rpi.yml refuses, in words: what is wanted in its place. */
import type * as z from 'zod';

const KINDS: Readonly<Record<string, string>> = {
  string: 'text is wanted here; what looks like a number or a switch needs quotation marks',
  number: 'a number is wanted here',
  int: 'a whole number is wanted here',
  boolean: 'true or false is wanted here',
  array: 'a list is wanted here: [a, b], or lines that begin with “- ”',
  object: 'settings are wanted here, each on a line of its own: “name: value”',
  record: 'settings are wanted here, each on a line of its own: “name: value”',
};

/** A clause without a capital and a full stop; the schema's own words where it has some. */
export function issueWords(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'unrecognized_keys':
      return `unknown setting${issue.keys.length > 1 ? 's' : ''} ${issue.keys.join(', ')}`;
    case 'invalid_value':
      return issue.values.length === 1
        ? `only ${String(issue.values[0])} is possible here`
        : `one of ${issue.values.map(String).join(', ')} is wanted`;
    case 'invalid_type':
      return KINDS[issue.expected] ?? issue.message;
    case 'too_small': {
      const { minimum, inclusive, origin } = issue;
      if (!isSize(origin))
        return origin === 'array' || minimum === 1 ? 'it is empty' : issue.message;
      return `${inclusive === false ? 'more than' : 'at least'} ${minimum} is wanted`;
    }
    case 'too_big': {
      const { maximum, inclusive, origin } = issue;
      if (isSize(origin)) {
        return `${inclusive === false ? 'less than' : 'at most'} ${maximum} is possible`;
      }
      return origin === 'string' ? `at most ${maximum} characters are possible` : issue.message;
    }
    case 'invalid_format':
      return issue.format === 'url'
        ? 'an address such as https://host/path is wanted'
        : issue.message;
    default:
      return issue.message;
  }
}

function isSize(origin: string): boolean {
  return origin === 'number' || origin === 'int' || origin === 'bigint';
}
