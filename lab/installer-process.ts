/** How the network installer of a machine is run. */
import { join } from 'node:path';
import type { Base } from './base.ts';
import type { Command } from './command.ts';
import type { MachineDefinition } from './lab-file.ts';
import { gateway } from './network.ts';
import type { LabPaths } from './paths.ts';

/**
 * The installer as a process in the machine's network namespace, ending with 133 when it reboots.
 * @param address what DHCP gave the machine last; none means that it has to do without a network
 */
export function installerCommand(
  lab: LabPaths,
  base: Base,
  definition: MachineDefinition,
  address: string | undefined,
): Command {
  const job = JSON.stringify({ lab: lab.dir, base, definition, gateway, address });
  return {
    command: 'nsenter',
    args: [
      `--net=/run/netns/${definition.name}`,
      process.execPath,
      join(import.meta.dirname, 'installer.ts'),
      job,
    ],
  };
}
