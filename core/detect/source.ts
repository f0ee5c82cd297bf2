/** What a source of findings is, and what it is given to work with. */
import type { Environment } from '../command/run.ts';
import type { Clock } from '../runs/operation.ts';
import type { Judgement, Observed } from './evidence.ts';
import type { TargetNetwork } from './networks.ts';

export type SourceName = 'neighbours' | 'mdns' | 'ssh' | 'nmap';

/** One thing a source has learnt of one device. */
export type Finding = {
  readonly address: string;
  /** Normalized. */
  readonly mac?: string | undefined;
  readonly name?: string | undefined;
  readonly banner?: string | undefined;
  /** When the banner was read from the device itself; ISO 8601. */
  readonly bannerAt?: string | undefined;
  /**
   * False where the device was only remembered: neighbour tables keep devices that have been
   * switched off. Such a device counts once any source got an answer from it.
   */
  readonly answered: boolean;
};

/** All that is known of the device at one address in this scan. */
export type Device = Observed & {
  readonly address: string;
  readonly bannerAt: string | undefined;
  readonly answered: boolean;
  readonly judgement: Judgement;
};

export type KnownBanner = { readonly banner: string; readonly bannerAt: string };

export type Scan = {
  readonly networks: readonly TargetNetwork[];
  /** Single addresses from a host list. */
  readonly hosts: readonly string[];
  /** True for addresses of `networks` and `hosts`; everything else is none of our business. */
  readonly isTarget: (address: string) => boolean;
  readonly report: (finding: Finding) => void;
  /** Calls back for each device when it is found and whenever more is known of it. */
  readonly onDevice: (listener: (device: Device) => void) => void;
  /** The scan does not end while this is pending. The source bounds how long that is. */
  readonly hold: (work: Promise<void>) => void;
  /** How far a long sweep is, in addresses. */
  readonly progress: (done: number, total: number) => void;
  /** A banner read not long ago: asking again would look like an attack to sshd. */
  readonly knownBanner: (device: Device) => KnownBanner | undefined;
  /** True for a device that was a Pi in an earlier scan, such as one on a USB network adapter. */
  readonly wasPi: (device: Device) => boolean;
  /** Devices that are surely no Pis are asked for their banner too. */
  readonly thorough: boolean;
  /** Aborted when the scan ends, however it ends: stop and close everything. */
  readonly signal: AbortSignal;
  readonly env: Environment;
  readonly clock: Clock;
};

export type Source = {
  readonly name: SourceName;
  /** What it does, for `--help` and docs. */
  readonly title: string;
  /** Not used unless asked for by an option of its own. */
  readonly onRequest: boolean;
  /**
   * Resolves when everything has been asked; what is answered later counts until the scan ends.
   * Rejects only with what makes the scan worthless; never because the signal aborted.
   */
  readonly sweep: (scan: Scan) => Promise<void>;
};
