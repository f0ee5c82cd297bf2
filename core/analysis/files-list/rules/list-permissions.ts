import type { ListLineRule } from '../rules.ts';

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
    if (mode === undefined || path === undefined || !/^[0-7]{3,4}$/.test(mode.text)) return;
    const bits = Number.parseInt(mode.text, 8);
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
