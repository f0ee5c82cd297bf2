/** What begins and ends tags. Templates may choose others in their first line. */
export type Delimiters = {
  readonly blockStart: string;
  readonly blockEnd: string;
  readonly variableStart: string;
  readonly variableEnd: string;
  readonly commentStart: string;
  readonly commentEnd: string;
};

export const DELIMITERS: Delimiters = {
  blockStart: '{%',
  blockEnd: '%}',
  variableStart: '{{',
  variableEnd: '}}',
  commentStart: '{#',
  commentEnd: '#}',
};

/** True where Ansible would treat the text as a template; everything else is free of charge. */
export function containsTemplate(text: string): boolean {
  return text.includes('{{') || text.includes('{%') || text.includes('{#');
}

const HEADER = '#jinja2:';
const SETTING =
  /^\s*(block|variable|comment)_(start|end)_string\s*:\s*(?:"([^"\\]+)"|'([^'\\]+)')\s*$/;

/**
 * The delimiters that the first line of a template file sets, as in
 * `#jinja2: variable_start_string: '[[', variable_end_string: ']]'`, and where the template
 * itself begins: Ansible takes that line away.
 */
export function readHeader(text: string): {
  readonly delimiters: Delimiters;
  readonly start: number;
} {
  if (!text.startsWith(HEADER)) return { delimiters: DELIMITERS, start: 0 };
  const lineFeed = text.indexOf('\n');
  const end = lineFeed === -1 ? text.length : lineFeed;
  const delimiters = { ...DELIMITERS };
  for (const setting of text.slice(HEADER.length, end).split(',')) {
    const [, what, side, double, single] = SETTING.exec(setting) ?? [];
    if (what === undefined) continue;
    const name = `${what}${side === 'start' ? 'Start' : 'End'}`;
    if (isDelimiter(name)) delimiters[name] = double ?? single ?? delimiters[name];
  }
  return { delimiters, start: lineFeed === -1 ? text.length : lineFeed + 1 };
}

function isDelimiter(name: string): name is keyof Delimiters {
  return name in DELIMITERS;
}
