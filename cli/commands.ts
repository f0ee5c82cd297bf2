/** Every subcommand of `rpi`. To add one: a file in commands/, a line here. */
import type { Command } from 'commander';
import { addAccess } from './commands/access.ts';
import { addCreate } from './commands/create.ts';
import { addDeploy } from './commands/deploy.ts';
import { addDetect } from './commands/detect.ts';
import { addDoctor } from './commands/doctor.ts';
import { addExec } from './commands/exec.ts';
import { addForward } from './commands/forward.ts';
import { addInit } from './commands/init.ts';
import { addInstall } from './commands/install.ts';
import { addInventory } from './commands/inventory.ts';
import { addLint } from './commands/lint.ts';
import { addMonitor } from './commands/monitor.ts';
import { addPlaybook } from './commands/playbook.ts';
import { addProvision } from './commands/provision.ts';
import { addReboot } from './commands/reboot.ts';
import { addRuns } from './commands/runs.ts';
import { addSsh } from './commands/ssh.ts';
import { addVerify } from './commands/verify.ts';

/** In the order of the help: the way of a Pi, then what helps along it. */
export const COMMANDS: readonly ((program: Command) => void)[] = [
  addInit,
  addDetect,
  addInventory,
  addAccess,
  addSsh,
  addExec,
  addForward,
  addReboot,
  addLint,
  addCreate,
  addInstall,
  addProvision,
  addDeploy,
  addVerify,
  addPlaybook,
  addMonitor,
  addRuns,
  addDoctor,
];
