/** What is looked at before an installation by raspberrypi-ua-netinst. To add one: a file, a line. */
import type { InstallInput } from '../../backend.ts';
import type { Probe } from '../../probe.ts';
import type { NetinstProbe, Rendered } from './probe.ts';
import { bootSizeProbe } from './probes/boot-size.ts';
import { installerFilesProbe } from './probes/installer-files.ts';
import { lintProbe } from './probes/lint.ts';
import { releaseProbe } from './probes/release.ts';
import { settingsProbe } from './probes/settings.ts';
import { wayInProbe } from './probes/way-in.ts';

const NETINST_PROBES: readonly NetinstProbe[] = [
  releaseProbe,
  lintProbe,
  settingsProbe,
  wayInProbe,
  bootSizeProbe,
  installerFilesProbe,
];

export function netinstProbes(rendered: Rendered): Probe<InstallInput>[] {
  return NETINST_PROBES.map(({ name, why, find }) => ({
    name,
    why,
    find: (input) => find(rendered, input),
  }));
}
