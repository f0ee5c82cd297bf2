/**
 * What is looked at before every installation, in the order it is shown; each back-end adds its
 * own. To add one: a file in probes/, a line.
 */
import type { InstallInput } from './backend.ts';
import type { MachineInput, Probe } from './probe.ts';
import { bootProbe } from './probes/boot.ts';
import { diskProbe } from './probes/disk.ts';
import { identityProbe } from './probes/identity.ts';
import { linkProbe } from './probes/link.ts';
import { memoryProbe } from './probes/memory.ts';
import { packageOperationProbe } from './probes/package-operation.ts';
import { powerProbe } from './probes/power.ts';
import { roleProbe, sourceRoleProbe } from './probes/role.ts';
import { rootRightProbe } from './probes/root-right.ts';
import { sourceProbe } from './probes/source.ts';

/** Of the machine as it is. */
export const MACHINE_PROBES: readonly Probe<MachineInput>[] = [
  identityProbe,
  roleProbe,
  rootRightProbe,
  powerProbe,
  packageOperationProbe,
];

/** Of the machine and what would be installed on it. */
export const INSTALL_PROBES: readonly Probe<InstallInput>[] = [
  diskProbe,
  bootProbe,
  memoryProbe,
  linkProbe,
  sourceProbe,
  sourceRoleProbe,
];
