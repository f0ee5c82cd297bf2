/** How the network installer of a machine is run: by installer/main.ts, in the machine's network namespace. */
import { join } from 'node:path';
import * as z from 'zod';
import type { Base } from './base.ts';
import type { Command } from './command.ts';
import { wornAfter } from './lab-file.ts';
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
  /** Counts, in a file, the installations that the card took, and how many it takes. */
  card: z.object({ count: z.string(), takes: z.number().optional() }),
});

export type InstallerJob = z.output<typeof installerJob>;

/** The installer as a process; its status is 133 when it reboots and 0 when it powers off. */
export function installerCommand(
  lab: LabPaths,
  base: Base,
  definition: MachineDefinition,
  address: string | undefined,
): Command {
  const { dir, disk, boot } = machinePaths(lab, definition.name);
  const takes = wornAfter(definition);
  const job: InstallerJob = {
    name: definition.name,
    baseRoot: base.root,
    disk,
    boot,
    seconds: definition.installSeconds,
    gateway,
    address: address ?? '',
    card: { count: join(dir, 'installations'), ...(takes === undefined ? {} : { takes }) },
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
