/** How the network installer of a machine is run: by installer/main.ts, in the machine's network namespace. */
import { join } from 'node:path';
import * as z from 'zod';
import type { Base } from './base.ts';
import type { Command } from './command.ts';
import type { MachineDefinition } from './lab-file.ts';
import { gateway } from './network.ts';
import { machinePaths } from './paths.ts';
import type { LabPaths } from './paths.ts';

export const installerJob = z.object({
  name: z.string(),
  baseRoot: z.string(),
  disk: z.string(),
  boot: z.string(),
  seconds: z.number(),
  gateway: z.string(),
  /** What DHCP gave the machine last; empty means that it has to do without a network. */
  address: z.string(),
});

export type InstallerJob = z.output<typeof installerJob>;

/** The installer as a process; its status is 133 when it reboots and 0 when it powers off. */
export function installerCommand(
  lab: LabPaths,
  base: Base,
  definition: MachineDefinition,
  address: string | undefined,
): Command {
  const { disk, boot } = machinePaths(lab, definition.name);
  const job: InstallerJob = {
    name: definition.name,
    baseRoot: base.root,
    disk,
    boot,
    seconds: definition.installSeconds,
    gateway,
    address: address ?? '',
  };
  return {
    command: 'nsenter',
    args: [
      `--net=/run/netns/${definition.name}`,
      process.execPath,
      join(import.meta.dirname, 'installer', 'main.ts'),
      JSON.stringify(job),
    ],
  };
}
