import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import colors from 'picocolors';
import type { InventoryHost } from '../../core/inventory/host.ts';
import { RpiError } from '../../core/errors.ts';
import { noProject } from '../../core/project/project.ts';
import { executeInProject, invocationOf, projectOf, type Invocation } from '../execute.ts';
import { printable } from '../render/printable.ts';
import { renderTable } from '../render/table.ts';

const ADD_AFTER = `
HOST is the name, address or MAC of a device that rpi detect found. The group is the first of
rpi.yml's rules that matches, else ungrouped. Only Pis are added; with --force also what else was
named. How to log in is found out by rpi access enroll.`;

const SYNC_AFTER = `
A host is recognised by its MAC (rpi_macs), or by its host key; never by its address or name.`;

const DIFF_AFTER = `
With --limit only what sync would change of these hosts.`;

const MOVE_AFTER = `
--group ungrouped takes them out of their group. A move that would change how a host is reached is
refused.`;

const REMOVE_AFTER = `
The Pi itself, its files in host_vars and its host key stay as they are.`;

const LIMIT = [
  '-l, --limit <hosts>',
  'only these hosts (an Ansible host pattern, such as sensors:!attic)',
] as const;

/** `rpi inventory`: the Ansible inventory, kept without reformatting what a person wrote. */
export function addInventory(program: Command): void {
  const inventory = program
    .command('inventory')
    .description('keeps the Ansible inventory: adopts detected Pis, updates known ones');
  inventory
    .command('list')
    .description('the hosts of the inventory and their groups')
    .option(...LIMIT)
    .action(async (options: { limit?: string }, command: Command) => {
      await list(invocationOf(command), options.limit);
    });
  inventory
    .command('add')
    .description('adopts detected Pis into the inventory')
    .argument('[host...]', 'names, addresses or MACs of detected devices')
    .option('--all', 'every detected Pi that is not in the inventory')
    .option('--group <group>', 'the group to put them in', groupName)
    .option('--force', 'add a named device that does not look like a Pi')
    .option('--dry-run', 'show the change, write nothing')
    .addHelpText('after', ADD_AFTER)
    .action(
      async (
        hosts: string[],
        options: { all?: true; group?: string; force?: true },
        command: Command,
      ) => {
        await add(invocationOf(command), hosts, options);
      },
    );
  inventory
    .command('move')
    .description('moves hosts to another group, with their lines as they were written')
    .argument('<host...>', 'names of hosts')
    .requiredOption('--group <group>', 'where to; made if there is none of the name', groupName)
    .option('--from <group>', 'the group they leave, for hosts that stand in several', groupName)
    .option('--dry-run', 'show the change, write nothing')
    .addHelpText('after', MOVE_AFTER)
    .action(
      async (hosts: string[], options: { group: string; from?: string }, command: Command) => {
        const { moveHosts } = await import('../../core/inventory/move.ts');
        const { group, from } = options;
        await executeInProject(invocationOf(command), (context) =>
          moveHosts({ hosts, group, from }, context),
        );
      },
    );
  inventory
    .command('remove')
    .description('takes hosts out of the inventory')
    .argument('<host...>', 'names of hosts')
    .option('--dry-run', 'show the change, write nothing')
    .addHelpText('after', REMOVE_AFTER)
    .action(async (hosts: string[], _options: unknown, command: Command) => {
      const { removeHosts } = await import('../../core/inventory/move.ts');
      await executeInProject(invocationOf(command), (context) => removeHosts({ hosts }, context));
    });
  inventory
    .command('sync')
    .description('updates the addresses of known hosts from what was detected')
    .option(...LIMIT)
    .option('--dry-run', 'show the change, write nothing')
    .addHelpText('after', SYNC_AFTER)
    .action(async ({ limit }: { limit?: string }, command: Command) => {
      const { syncInventory } = await import('../../core/inventory/sync.ts');
      await executeInProject(invocationOf(command), (context) => syncInventory({ limit }, context));
    });
  inventory
    .command('diff')
    .description('what sync and add --all would change; writes nothing')
    .option(...LIMIT)
    .addHelpText('after', DIFF_AFTER)
    .action(async ({ limit }: { limit?: string }, command: Command) => {
      const { diffInventory } = await import('../../core/inventory/diff.ts');
      await executeInProject(invocationOf(command), (context) => diffInventory({ limit }, context));
    });
}

function groupName(value: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(value)) return value;
  throw new InvalidArgumentError('A group is named by letters, digits and underscores.');
}

async function add(
  invocation: Invocation,
  hosts: readonly string[],
  options: { readonly all?: true; readonly group?: string; readonly force?: true },
): Promise<void> {
  if (hosts.length === 0 && options.all !== true) {
    throw new RpiError('input.invalid', 'Say which: rpi inventory add HOST… or --all.', {
      remedy: 'rpi detect shows what there is.',
    });
  }
  const { addToInventory } = await import('../../core/inventory/add.ts');
  const request = {
    all: options.all === true,
    hosts,
    group: options.group,
    force: options.force === true,
  };
  await executeInProject(invocation, (context) => addToInventory(request, context));
}

/** A pure read: no run, no journal. */
async function list(invocation: Invocation, limit: string | undefined): Promise<void> {
  const project = await projectOf(invocation);
  if (project === undefined) throw noProject(process.cwd());
  const { loadInventory, selectHosts } = await import('../../core/inventory/load.ts');
  const { signal } = new AbortController();
  const inventory = await loadInventory(project, { env: process.env, signal });
  const hosts = selectHosts(inventory, limit);
  if (invocation.json) {
    for (const host of hosts) process.stdout.write(`${JSON.stringify(host)}\n`);
    return;
  }
  if (hosts.length === 0) {
    process.stdout.write('No hosts yet.\n  → rpi detect, then rpi inventory add --all\n');
    return;
  }
  const head = ['HOST', 'ADDRESS', 'USER', 'GROUPS', 'MODEL', 'SERIAL', 'MACS'];
  const [title = '', ...rows] = renderTable(head, hosts.map(row)).split('\n');
  process.stdout.write(`${printable([colors.bold(title), ...rows].join('\n'))}\n`);
}

function row(host: InventoryHost): string[] {
  const none = colors.dim('–');
  return [
    host.name,
    host.port === 22 ? host.address : `${host.address}:${host.port}`,
    host.user === undefined ? none : `${host.user}${host.become ? ' (sudo)' : ''}`,
    host.groups.join(', '),
    host.model ?? none,
    host.serial ?? none,
    host.macs.length === 0 ? none : host.macs.join(', '),
  ];
}
