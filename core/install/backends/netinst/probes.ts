/** What is looked at before an installation by raspberrypi-ua-netinst. To add one: a file, a line. */
import type { SyntaxFault } from '../../../analysis/post-install/facts.ts';
import type { RenderedFile } from '../../../create/host-files.ts';
import type { Payload } from '../../../create/payload-store.ts';
import type { InventoryHost } from '../../../inventory/host.ts';
import type { InstallInput, Probe } from '../../probe.ts';
import { bootSizeProbe } from './probes/boot-size.ts';
import { installerFilesProbe } from './probes/installer-files.ts';
import { lintProbe } from './probes/lint.ts';
import { releaseProbe } from './probes/release.ts';
import { settingsProbe } from './probes/settings.ts';
import { wayInProbe } from './probes/way-in.ts';
import type { NetinstSettings } from './settings.ts';

/** What was rendered for the host. */
export type Rendered = {
  readonly host: InventoryHost;
  readonly settings: NetinstSettings;
  readonly files: readonly RenderedFile[];
  /** What bash says of post-install.txt; undefined where there is no bash to ask. */
  readonly syntaxFaults: readonly SyntaxFault[] | undefined;
  /** The installer's own files, where the project keeps them. */
  readonly payload?: Payload | undefined;
};

/** As Probe, with what was rendered at hand. */
export type NetinstProbe = Omit<Probe<InstallInput>, 'find'> & {
  readonly find: (rendered: Rendered, input: InstallInput) => ReturnType<Probe<unknown>['find']>;
};

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
