/** Permissions of files. */
import type { Range, ScalarNode } from '../../../formats/playbook/node.ts';
import { replace } from '../edits.ts';
import type { PlaybookItem, TaskFileRule } from '../items.ts';
import type { PlaybookContext } from '../context.ts';
import { literal } from '../literal.ts';
import { givenOf, optionGroups, type GivenOption } from '../options.ts';

type Mode = { readonly option: GivenOption; readonly scalar: ScalarNode; readonly isLink: boolean };

function* modesIn(item: PlaybookItem, context: PlaybookContext): Generator<Mode> {
  for (const group of optionGroups(item, context)) {
    for (const option of group.given) {
      const { known, value } = option;
      const isMode = known?.facts.type === 'raw' && /^(?:\w+_)?mode$/.test(known.name);
      const scalar = isMode ? literal(value) : undefined;
      const state = givenOf(group, 'state')?.value;
      const isLink = state?.kind === 'scalar' && state.text === 'link';
      if (scalar !== undefined) yield { option, scalar, isLink };
    }
  }
}

const NO_MODE =
  'This is no mode: write digits from 0 to 7, as "0644", or letters, as u=rw,g=r,o=r.';

/** Everyday modes as the decimal numbers that tools make of them; none of these is one in octal. */
const DECIMALS: ReadonlyMap<string, string> = new Map(
  [0o600, 0o640, 0o644, 0o660, 0o664, 0o666, 0o700, 0o750, 0o755, 0o770, 0o775, 0o777].map(
    (mode) => [String(mode), `0${mode.toString(8)}`] as const,
  ),
);

/** What Ansible’s modules take for one. */
function isMode(text: string): boolean {
  if (/^(?:preserve|0?o?[0-7]+|)$/.test(text)) return true;
  return text.split(',').every((each) => /^[ugoa]*(?:[+=-](?:[rwxXst]*|[ugo]))+$/.test(each));
}

/** `mode: 644` is read as decimal; `mode: 0644` is right only in YAML 1.1. */
export const octalMode: TaskFileRule = {
  code: 'octal-mode',
  *check(item, context) {
    for (const { scalar } of modesIn(item, context)) {
      if (typeof scalar.value !== 'number') {
        if (!isMode(scalar.text)) yield { ...only(scalar), message: NO_MODE };
        continue;
      }
      const { start, end, text, value } = scalar;
      const decimal = DECIMALS.get(text);
      if (decimal !== undefined) {
        const message = `${text} is ${decimal} as a decimal number: write it as a mode, in quotes.`;
        const edits = [replace(scalar, `"${decimal}"`)];
        const fixes = [{ title: `Write "${decimal}"`, edits, preferred: true }];
        yield { start, end, severity: 'hint', message, fixes };
        continue;
      }
      const isOctal = /^0o?[0-7]+$/.test(text);
      const digits = text.replace(/^0o?/, '');
      const quoted = /^[0-7]{3,4}$/.test(digits)
        ? `"${digits.length === 3 ? `0${digits}` : digits}"`
        : undefined;
      const fixes =
        quoted === undefined
          ? {}
          : {
              fixes: [
                { title: `Write ${quoted}`, edits: [replace(scalar, quoted)], preferred: true },
              ],
            };
      if (isOctal) {
        const message =
          'Put the mode in quotes: what a number with a leading zero means depends on the YAML version.';
        yield { start, end, severity: 'hint', message, ...fixes };
        continue;
      }
      const meant = value.toString(8).padStart(4, '0');
      yield {
        start,
        end,
        message: `${text} is decimal, so the mode becomes ${meant}: write it with quotes and a leading zero.`,
        ...fixes,
      };
    }
  },
};

/** Anybody may write. */
export const openMode: TaskFileRule = {
  code: 'open-mode',
  *check(item, context) {
    for (const { scalar, isLink } of modesIn(item, context)) {
      if (isLink || !isOpen(scalar)) continue;
      const { start, end } = scalar;
      const fix = closedMode(item.text.slice(start, end), scalar);
      yield {
        start,
        end,
        fixes:
          fix === undefined
            ? []
            : [{ title: `Write ${fix}`, edits: [replace(scalar, fix)], preferred: true }],
        message: 'Every user of the Pi may change this: take the write permission from others.',
      };
    }
  },
};

/** The mode without the write permission of others, as it is written; undefined for one in letters. */
function closedMode(written: string, { style, value }: ScalarNode): string | undefined {
  const [, quote = '', digits] = /^(["']?)0?o?([0-7]{3,5})\1$/.exec(written) ?? [];
  if (digits === undefined) return undefined;
  const mode = (Number.parseInt(digits, 8) & ~0o002).toString(8).padStart(4, '0');
  const isNumber = style === 'plain' && typeof value === 'number';
  return isNumber ? `"${mode}"` : `${quote}${mode}${quote}`;
}

function isOpen({ text, value, style }: ScalarNode): boolean {
  const octal =
    style === 'plain' && typeof value === 'number'
      ? value.toString(8)
      : /^0?o?([0-7]{3,5})$/.exec(text)?.[1];
  if (octal !== undefined) {
    const bits = Number.parseInt(octal, 8);
    // A sticky folder, as /tmp, protects what others put there.
    return (bits & 0o002) !== 0 && (bits & 0o1000) === 0;
  }
  return /(?:^|,)[ug]*[oa][ugoa]*[+=][rxXst]*w/.test(text) && !/\+t/.test(text);
}

const only = ({ start, end }: Range): Range => ({ start, end });
