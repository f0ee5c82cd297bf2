/** The systemd unit of a project's monitor, as text. It holds paths and no secrets. */
import { SMALL_NODE_ENVIRONMENT, smallNodeFlags } from '../../command/small-node.ts';
import { RpiError } from '../../errors.ts';

export type UnitInput = {
  /** The project's folder. */
  readonly root: string;
  readonly node: string;
  /** The copied rpi.js. */
  readonly program: string;
  readonly scope: 'user' | 'system';
  /** Where programs such as Ansible are found, and where data are kept. */
  readonly environment: Readonly<Record<string, string>>;
};

/** Throws `input.invalid` for a path that a unit has no words for. */
export function unitText({ root, node, program, scope, environment }: UnitInput): string {
  // systemd takes quotes in arguments, and none in the name of a program.
  if (/["'\\]/.test(node)) throw unsayable(node, 'a quote or a backslash');
  const words = [
    ...[node, ...smallNodeFlags(1), program],
    ...['--answers', 'none', '--project', root, 'monitor'],
  ];
  const variables = Object.entries({ ...environment, ...SMALL_NODE_ENVIRONMENT }).map(
    ([name, value]) => `${name}=${value}`,
  );
  return [
    '# Written by: rpi monitor service install. It is written anew each time: changes are lost.',
    '# Settings of your own stand in a drop-in: systemctl edit',
    '[Unit]',
    `Description=Raspberry Pi monitor of ${specifiers(sayable(root))}`,
    ...(scope === 'system' ? ['Wants=network-online.target', 'After=network-online.target'] : []),
    '',
    '[Service]',
    'Type=exec',
    // The colon: a dollar sign is one, and no variable.
    `ExecStart=:${words.map(quoted).join(' ')}`,
    ...variables.map((variable) => `Environment=${quoted(variable)}`),
    'Restart=on-failure',
    'RestartSec=10',
    '# Wrong settings, a missing program, another monitor: trying again mends none of them.',
    'RestartPreventExitStatus=2 3 4',
    'SuccessExitStatus=130',
    '# What is under way is brought to a consistent end first.',
    'TimeoutStopSec=120',
    'KillMode=mixed',
    'UMask=0077',
    'NoNewPrivileges=yes',
    'RestrictRealtime=yes',
    'LockPersonality=yes',
    // No Protect… settings: the mounts of their own show another boot id where the machine is a
    // container, and locks are told dead by it: two monitors would watch.
    '',
    '[Install]',
    `WantedBy=${scope === 'system' ? 'multi-user.target' : 'default.target'}`,
    '',
  ].join('\n');
}

/** One word of a unit's setting: quoted, with what systemd would replace or unescape doubled. */
export function quoted(text: string): string {
  const escaped = sayable(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"');
  return `"${specifiers(escaped)}"`;
}

function specifiers(text: string): string {
  return text.replaceAll('%', '%%');
}

function sayable(text: string): string {
  if (!/\p{Cc}/u.test(text)) return text;
  throw unsayable(text, 'a control character');
}

function unsayable(path: string, what: string): RpiError {
  return new RpiError('input.invalid', `${JSON.stringify(path)} has ${what} in it.`, {
    remedy: 'Rename it: a systemd unit has no words for such a path.',
  });
}
