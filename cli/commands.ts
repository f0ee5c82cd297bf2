/** Every subcommand of `rpi`. To add one: a file in commands/, a line here. */
import type { Command } from 'commander';
import { addAccess } from './commands/access.ts';
import { addCreate } from './commands/create.ts';
import { addDeploy } from './commands/deploy.ts';
import { addDetect } from './commands/detect.ts';
import { addDoctor } from './commands/doctor.ts';
import { addInit } from './commands/init.ts';
import { addInventory } from './commands/inventory.ts';
import { addMonitor } from './commands/monitor.ts';
import { addProvision } from './commands/provision.ts';
import { addRuns } from './commands/runs.ts';
import { addSsh } from './commands/ssh.ts';

/** In the order of the help: the way of a Pi, then what helps along it. */
export const COMMANDS: readonly ((program: Command) => void)[] = [
  addInit,
  addDetect,
  addInventory,
  addAccess,
  addSsh,
  addCreate,
  addProvision,
  addDeploy,
  addMonitor,
  addRuns,
  addDoctor,
];
