/** Ways into a running lab, as commands to run: inside a machine, and on the bridge's side. */
import { existsSync } from 'node:fs';
import { attempt } from './command.ts';
import type { Command } from './command.ts';
import { ask } from './control.ts';
import { LabError } from './errors.ts';
import { labPaths } from './paths.ts';
import { childrenOf } from './state.ts';
import { requireRecord } from './supervisor-process.ts';

type LabOptions = { dir?: string | undefined };

/** A command as root inside a machine, over no network: for looking, and for breaking things in tests. */
export async function execCommand(
  machine: string,
  command: string,
  args: readonly string[],
  options: LabOptions = {},
): Promise<Command> {
  const record = await requireRecord(labPaths(options.dir));
  const { machines } = await ask(record, { verb: 'status' });
  const found = machines.find((each) => each.name === machine);
  if (found?.leader === undefined) {
    const known = machines.map((each) => each.name).join(', ');
    throw found === undefined
      ? new LabError(
          'unknown-machine',
          `There is no machine ${machine}; there are ${known}.`,
          'Check the name.',
        )
      : new LabError(
          'wrong-state',
          `${machine} is ${found.state}.`,
          `npm run lab -- plug ${machine}`,
        );
  }
  // Two steps: into the lab, where the machine's pid is known by the number that the supervisor gave; then in.
  const [init] = await childrenOf(record.pid);
  const environment = [
    '-i',
    'HOME=/root',
    'USER=root',
    'LANG=C.UTF-8',
    `TERM=${process.env['TERM'] ?? 'dumb'}`,
  ];
  const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  return {
    command: 'nsenter',
    args: [
      `--target=${init ?? record.pid}`,
      '--mount',
      '--pid',
      '--',
      'nsenter',
      `--target=${found.leader}`,
      '--mount',
      '--uts',
      '--ipc',
      '--net',
      '--pid',
      ...(existsSync('/proc/self/ns/time') ? ['--time'] : []),
      '--root',
      '--wd',
      '--',
      'env',
      ...environment,
      path,
      command,
      ...args,
    ],
  };
}

/**
 * A command on the bridge's side, where the machine that controls the Pis is: this machine's files and
 * programs, the lab's network. As root, or as another user of this machine.
 */
export async function enterCommand(
  command: string,
  args: readonly string[],
  options: LabOptions & { user?: string | undefined } = {},
): Promise<Command> {
  const record = await requireRecord(labPaths(options.dir));
  const enter = [`--target=${record.pid}`, '--net', '--'];
  if (options.user === undefined) return { command: 'nsenter', args: [...enter, command, ...args] };
  const account = await findAccount(options.user);
  return {
    command: 'nsenter',
    args: [
      ...enter,
      'setpriv',
      `--reuid=${account.uid}`,
      `--regid=${account.gid}`,
      ...(account.name === undefined ? ['--clear-groups'] : ['--init-groups']),
      '--',
      'env',
      `HOME=${account.home}`,
      ...(account.name === undefined ? [] : [`USER=${account.name}`, `LOGNAME=${account.name}`]),
      command,
      ...args,
    ],
  };
}

type Account = { name?: string; uid: number; gid: number; home: string };

async function findAccount(user: string): Promise<Account> {
  const { code, stdout } = await attempt({ command: 'getent', args: ['passwd', user] });
  const [name, , uid, gid, , home] = stdout.trim().split(':');
  if (code === 0 && name !== undefined && home !== undefined) {
    return { name, uid: Number(uid), gid: Number(gid), home };
  }
  // A number needs no account: that is how a test gets an ordinary user on any machine.
  if (/^\d+$/.test(user)) return { uid: Number(user), gid: Number(user), home: '/' };
  throw new LabError('bad-argument', `There is no user ${user}.`, 'Give a user name, or a number.');
}
