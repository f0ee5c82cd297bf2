/** A check before an installation by raspberrypi-ua-netinst, and what it sees. */
import type { SyntaxFault } from '../../../analysis/post-install/facts.ts';
import type { RenderedFile } from '../../../create/host-files.ts';
import type { Payload } from '../../../create/payload-store.ts';
import type { InventoryHost } from '../../../inventory/host.ts';
import type { InstallInput } from '../../backend.ts';
import type { Probe } from '../../probe.ts';
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
