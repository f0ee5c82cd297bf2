import type { ListLineRule } from '../items.ts';
import { SYMBOLIC } from './list-mode.ts';

type Demand = {
  readonly path: RegExp;
  /** Bits that must not be set. */
  readonly forbidden: number;
  readonly advised: string;
  readonly why: string;
};

/** Files that the programs which need them refuse with other permissions. */
const DEMANDS: readonly Demand[] = [
  {
    path: /^\/etc\/ssh\/ssh_host_\w+_key$/,
    forbidden: 0o077,
    advised: '600',
    why: 'sshd refuses a host key that others can read',
  },
  {
    path: /\/\.ssh\/id_\w+$/,
    forbidden: 0o077,
    advised: '600',
    why: 'ssh refuses a private key that others can read',
  },
  {
    path: /\/\.ssh(?:\/authorized_keys)?$/,
    forbidden: 0o022,
    advised: '600',
    why: 'sshd ignores authorised keys that others can write',
  },
  {
    path: /^\/etc\/sudoers(?:$|\.d\/)/,
    forbidden: 0o022,
    advised: '440',
    why: 'sudo ignores what others can write',
  },
];

export const listPermissions: ListLineRule = {
  code: 'list-permissions',
  *check({ fields }) {
    const [, mode, path] = fields;
    if (mode === undefined || path === undefined) return;
    const bits = setBits(mode.text);
    const demand = DEMANDS.find(({ path: pattern }) => pattern.test(path.text));
    if (demand === undefined || (bits & demand.forbidden) === 0) return;
    const advised = path.text.endsWith('.ssh') ? '700' : demand.advised;
    const place = { start: mode.start, end: mode.end };
    yield {
      ...place,
      message: `${demand.why}: write ${advised}.`,
      fixes: [{ title: `Write ${advised}`, edits: [{ ...place, text: advised }], preferred: true }],
    };
  },
};

const SHIFT: Readonly<Record<string, number>> = { u: 6, g: 3, o: 0 };
const BITS: Readonly<Record<string, number>> = { r: 4, w: 2, x: 1 };

/** The bits that a mode sets whatever was there before; none of what is no mode at all. */
function setBits(mode: string): number {
  if (/^[0-7]{3,4}$/.test(mode)) return Number.parseInt(mode, 8);
  if (!SYMBOLIC.test(mode)) return 0;
  let bits = 0;
  for (const clause of mode.split(',')) {
    const who = /^[ugoa]*/.exec(clause)?.[0] ?? '';
    // Without a “who” the umask holds: nobody else may write.
    const umask = who === '' ? 0o022 : 0;
    const shifts = ['u', 'g', 'o'].flatMap((each) =>
      /a|^$/.test(who) || who.includes(each) ? (SHIFT[each] ?? []) : [],
    );
    for (const [, operator, letters = ''] of clause.matchAll(/([-+=])([ugo]|[rwxXst]*)/g)) {
      const from = SHIFT[letters];
      const wanted =
        from === undefined
          ? Object.entries(BITS).reduce(
              (sum, [letter, bit]) => (letters.includes(letter) ? sum | bit : sum),
              0,
            )
          : (bits >> from) & 7;
      for (const shift of shifts) {
        if (operator !== '+') bits &= ~((operator === '=' ? 7 : wanted) << shift);
        if (operator !== '-') bits |= (wanted << shift) & ~umask;
      }
    }
  }
  return bits;
}
