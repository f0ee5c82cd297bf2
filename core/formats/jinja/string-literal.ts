/** The escapes of Jinja2's string literals, which are Python's "unicode-escape". */

const SIMPLE: Readonly<Record<string, string>> = {
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\u000b',
};

const ESCAPE =
  /\\(?<octal>[0-7]{1,3})|\\(?:x(?<two>[\da-fA-F]{0,2})|u(?<four>[\da-fA-F]{0,4})|U(?<eight>[\da-fA-F]{0,8}))|\\N(?<name>\{[^}]+\})?|\\(?<other>[^])/g;

/** What the literal (with its quotes) means, and the first escape that Python refuses, if any. */
export function readStringLiteral(literal: string): {
  readonly value: string;
  readonly fault?: { readonly start: number; readonly end: number };
} {
  const body = literal.slice(1, -1);
  if (!body.includes('\\')) return { value: body };
  let value = '';
  let end = 0;
  let fault: { start: number; end: number } | undefined;
  for (const match of body.matchAll(ESCAPE)) {
    const [escape] = match;
    const meant = meaningOf(escape, match.groups ?? {});
    if (meant === undefined) {
      fault ??= { start: match.index + 1, end: match.index + 1 + escape.length };
    }
    value += body.slice(end, match.index) + (meant ?? escape);
    end = match.index + escape.length;
  }
  value += body.slice(end);
  return fault === undefined ? { value } : { value, fault };
}

/** Nothing where Python refuses the escape. */
function meaningOf(
  escape: string,
  groups: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const { octal, two, four, eight, name, other } = groups;
  if (octal !== undefined) return String.fromCodePoint(parseInt(octal, 8));
  const digits = two ?? four ?? eight;
  if (digits !== undefined) {
    const needed = two !== undefined ? 2 : four !== undefined ? 4 : 8;
    const code = parseInt(digits, 16);
    if (digits.length < needed || code > 0x10ffff) return undefined;
    return String.fromCodePoint(code);
  }
  // Which names Unicode knows is not known here: any is taken.
  if (other === undefined) return name === undefined ? undefined : '\ufffd';
  return SIMPLE[other] ?? escape;
}
