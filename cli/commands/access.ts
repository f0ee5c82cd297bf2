import type { Command } from 'commander';
import colors from 'picocolors';
import * as z from 'zod';
import type { AccessState, HostAccess } from '../../core/access/check.ts';
import type { EnrolledHost } from '../../core/access/enroll.ts';
import { executeInProject, invocationOf } from '../execute.ts';
import { renderTable } from '../render/table.ts';
import { limitOf } from './hosts.ts';

const CHECK_AFTER = `
States: key, own-key (one of --key), password (a default one), locked, unreachable, unknown-host-key,
changed-host-key, penalised. Nothing is changed. Default passwords are tried on
detected Pis only. Fails unless every host could be enrolled or is.`;

const ENROLL_AFTER = `
Passwords: never on the command line. --ask-password asks for one where it is needed;
RPI_ASKPASS names a program that prints it, RPI_PASSWORD holds it for scripts.
The policy is access: in rpi.yml. Run again after an interruption: it goes on.`;

const ROTATE_AFTER = `
A new key is authorised beside the old one and proved, Pi by Pi. Once every Pi of the inventory
has it, it becomes the project’s key, and the old one is withdrawn. Until then both are let in and
the old one stays the project’s: run it again when a missing Pi is back. Only Pis that let the
project’s key in are touched; no password is tried. Asks first, naming the Pis; --yes answers for
scripts.`;

const hostsOption = z.object({
  limit: z.string().optional(),
  key: z.array(z.string()).default([]),
});
const enrollOptions = hostsOption.extend({
  acceptNew: z.boolean().default(false),
  askPassword: z.boolean().default(false),
  keySaved: z.boolean().default(false),
});

type RotateOptions = { readonly limit?: string; readonly yes?: true };

/** `rpi access`: how Pis let us in, and switching them from passwords to keys. */
export function addAccess(program: Command): void {
  const access = program
    .command('access')
    .description('tests how the Pis let us in; switches them from passwords to keys');
  withHosts(access.command('check'))
    .description('tests how each Pi lets us in, and changes nothing')
    .addHelpText('after', CHECK_AFTER)
    .action(async (hosts: string[], _options: unknown, command: Command) => {
      const { limit, key } = hostsOption.parse(command.opts());
      const { checkAccess } = await import('../../core/access/check.ts');
      await executeInProject(
        invocationOf(command),
        (context) => checkAccess({ limit: limitOf(hosts, limit), ownKeys: key }, context),
        // The table says it all, in the order of the inventory.
        { lines: { check: () => undefined }, outcome: ({ hosts: states }) => stateTable(states) },
      );
    });
  withHosts(access.command('enroll'))
    .description('installs keys on Pis that let us in by password, for root and for users')
    .option('--accept-new', 'accept host keys never seen before without asking')
    .option('--ask-password', 'ask for a password where neither key nor default is let in')
    .option('--key-saved', 'a copy of the project’s key is kept elsewhere: one key is enough')
    .option('--dry-run', 'show what would be done; logs in, changes nothing')
    .addHelpText('after', ENROLL_AFTER)
    .action(async (hosts: string[], _options: unknown, command: Command) => {
      const { limit, key, ...options } = enrollOptions.parse(command.opts());
      const { enroll } = await import('../../core/access/enroll.ts');
      await executeInProject(
        invocationOf(command),
        (context) =>
          enroll(
            { ...options, rotate: false, limit: limitOf(hosts, limit), ownKeys: key },
            context,
          ),
        {
          lines: { check: (event) => (event.name === 'access' ? undefined : checkLine(event)) },
          outcome: ({ hosts: enrolled }) => enrolledTable(enrolled),
        },
      );
    });
  access
    .command('rotate')
    .description('replaces the project’s key by a new one on the Pis that it opens')
    .argument('[hosts...]', HOSTS)
    .option(...LIMIT)
    .option('-y, --yes', 'don’t ask')
    .option('--dry-run', 'show on which Pis the key could be replaced; logs in, changes nothing')
    .addHelpText('after', ROTATE_AFTER)
    .action(async (hosts: string[], { limit, yes }: RotateOptions, command: Command) => {
      const { rotateKey } = await import('../../core/access/rotate.ts');
      const confirmed = yes === true;
      await executeInProject(
        invocationOf(command),
        (context) => rotateKey({ limit: limitOf(hosts, limit), confirmed }, context),
        { lines: { check: () => undefined } },
      );
    });
}

const HOSTS = 'hosts or groups of the inventory; all if none is named';
const LIMIT = ['-l, --limit <hosts>', 'only these hosts (an Ansible host pattern)'] as const;

function withHosts(command: Command): Command {
  return command
    .argument('[hosts...]', HOSTS)
    .option(...LIMIT)
    .option(
      '-k, --key <file>',
      'a private key of yours that is let in already; can be repeated',
      (file: string, before: string[] | undefined) => [...(before ?? []), file],
    );
}

const COLOURS: Readonly<Record<AccessState, (text: string) => string>> = {
  key: colors.green,
  'own-key': colors.yellow,
  password: colors.yellow,
  'unknown-host-key': colors.yellow,
  locked: colors.red,
  unreachable: colors.red,
  'changed-host-key': colors.red,
  penalised: colors.red,
};

function stateTable(states: readonly HostAccess[]): string {
  if (states.length === 0) return '';
  const rows = states.map(({ host, address, state, detail }) => [
    host,
    address,
    COLOURS[state](state),
    detail.split('\n')[0] ?? '',
  ]);
  const remedies = [...new Set(states.flatMap(({ remedy }) => remedy ?? []))];
  return [
    renderTable(['HOST', 'ADDRESS', 'ACCESS', 'HOW'], rows),
    ...states
      .filter(({ detail }) => detail.includes('\n'))
      .map(({ detail }) => `\n${colors.red(detail)}`),
    ...remedies.map((remedy) => `  → ${remedy}`),
  ].join('\n');
}

function enrolledTable(hosts: readonly EnrolledHost[]): string {
  const rows = hosts.flatMap((host) =>
    host.status === 'enrolled'
      ? [
          [
            host.host,
            host.address,
            host.user,
            host.facts.model ?? '–',
            host.facts.serial ?? '–',
            host.group ?? '',
          ],
        ]
      : [],
  );
  const isPlaced = hosts.some(({ group }) => group !== undefined);
  const head = ['HOST', 'ADDRESS', 'USER', 'MODEL', 'SERIAL', ...(isPlaced ? ['MOVED TO'] : [])];
  return rows.length === 0 ? '' : renderTable(head, rows);
}

function checkLine({ detail, remedy }: { detail: string; remedy?: string | undefined }): string {
  return `${colors.yellow('!')} ${detail}${remedy === undefined ? '' : `\n  → ${remedy}`}`;
}
