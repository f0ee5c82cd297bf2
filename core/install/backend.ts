/**
 * What installs a system on a Pi. A back-end is an entry in the table of backends.ts; everything
 * that depends on how it works is in its `Medium`.
 */
import type { Repository } from '../create/repository.ts';
import type { InventoryHost } from '../inventory/host.ts';
import type { ProjectContext } from '../runs/operation.ts';
import type { Revision } from '../formats/revision-code.ts';
import type { NamedFinding } from '../runs/finding.ts';
import type { Arming, MachineInput, Probe, SourceInput } from './probe.ts';
import type { TargetFacts } from './target-facts.ts';

/** A Pi's board: as the firmware names it, with its decoded revision code where that is known. */
export type Board = { readonly model: string | undefined; readonly revision: Revision | undefined };

/** Whether a back-end can install a board, and if not, why, and what else there is. */
export type Support =
  { readonly ok: true } | { readonly ok: false; readonly why: string; readonly remedy: string };

export type Backend = {
  /** As in the inventory and on the command line. */
  readonly name: string;
  /** As people call it. */
  readonly title: string;
  /** How its installer tells what it does; a medium may know better. */
  readonly progress: Progress;
  readonly supports: (board: Board) => Support;
  /** Makes, in memory, what it would put on `host`. Throws `create.*`, `file.*`. */
  readonly prepare: (host: InventoryHost, context: ProjectContext) => Promise<Medium>;
};

/** A file that would be written on the boot partition; `path` is relative to it. */
export type MediumFile = {
  readonly path: string;
  /** Bytes; undefined for a copy of a file that is not on the Pi yet. */
  readonly size: number | undefined;
  /** Holds a password or a private key. */
  readonly secret: boolean;
  readonly note?: string;
  /** SHA-256 of what may be shown of it, where that is a text and the same each time it is made. */
  readonly shown?: string;
};

/** A file that is sent; `path` is relative to the boot partition. */
export type UploadFile = { readonly path: string; readonly content: Uint8Array };

/** A line of an installer's output and where in the whole it stands. */
export type ProgressMark = {
  readonly pattern: RegExp;
  /** What is going on from here, as in `installing packages`. */
  readonly title: string;
  /** Share of the whole that is done by then, of 100. */
  readonly percent: number;
  /** The old system is gone from here on. */
  readonly wipes?: true;
};

/** How an installer tells what it does. */
export type Progress = {
  /** TCP port that its output can be read from; undefined where it keeps silent. */
  readonly port: number | undefined;
  readonly marks: readonly ProgressMark[];
  /** It tries again; the first group is how often it may still. */
  readonly retries: RegExp;
  /** It has given up, and stands still. */
  readonly stopped: RegExp;
  /** The new system starts next. */
  readonly finished: RegExp;
  /** Folder on the boot partition where a failed try leaves its log. */
  readonly logs: string;
};

/** A disk that would be wiped, and how many bytes it must have at least. */
export type TargetDisk = {
  readonly name: string;
  readonly holds: 'all' | 'boot' | 'system';
  readonly atLeast: number;
};

/** Everything about one installation on one host, before anything is sent. */
export type Medium = {
  /** What will be installed, as in `bookworm (arm64) from http://…`. */
  readonly system: string;
  readonly files: (facts: TargetFacts, arming: Arming) => readonly MediumFile[];
  readonly disks: readonly TargetDisk[];
  /** The interface that the installer uses; undefined where the shell computes it. */
  readonly interface: string | undefined;
  /** URLs that the Pi must reach while it installs. */
  readonly sources: readonly string[];
  /** Files without which the boot partition can't start it. */
  readonly bootFiles: readonly string[];
  /** It keeps all that is on the boot partition in memory while it formats. */
  readonly bootInMemory: boolean;
  /** Everything that is sent; `nonce` is what the new system's marker will hold. */
  readonly upload: (
    facts: TargetFacts,
    arming: Arming,
    nonce: string,
  ) => Promise<readonly UploadFile[]>;
  /** Those of `upload` that are texts and known beforehand: without what each installation makes anew. */
  readonly texts: (arming: Arming) => readonly UploadFile[];
  /** What each installation makes anew: its path, relative to the boot partition. */
  readonly anew: ReadonlySet<string>;
  /** Folders on the boot partition that are replaced as a whole. */
  readonly replaced: readonly string[];
  /** The copy that arms, made as the last step. */
  readonly switch: (arming: Arming) => { readonly from: string; readonly to: string };
  /** What the new system must show; undefined where the shell computes it. */
  readonly expects: {
    readonly hostname: string | undefined;
    readonly packages: readonly string[];
  };
  readonly progress: Progress;
  /** What is downloaded, looked at from this machine; absent where nothing is. Throws `run.cancelled`. */
  readonly examine?: (repository: Repository) => Promise<readonly NamedFinding[]>;
  /** Checks of this back-end alone. */
  readonly probes: readonly Probe<InstallInput>[];
  /** The rest of the plan, a sentence each. */
  readonly course: (facts: TargetFacts, arming: Arming) => Course;
};

/** What is known of a Pi and of what would be installed on it. */
export type InstallInput = MachineInput & {
  readonly medium: Medium;
  readonly sources: readonly SourceInput[];
  readonly arming: Arming;
  /** Ansible is to work on the new system in the same run. */
  readonly needsPython?: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
};

export type Course = {
  /** What is done on the Pi, in order, once its files are there. */
  readonly switches: readonly string[];
  readonly irreversible: readonly string[];
  /** When a power cut or a fault leaves the Pi without a system that starts. */
  readonly windows: readonly string[];
};

export type Choice =
  | { readonly ok: true; readonly backend: Backend }
  | { readonly ok: false; readonly why: string; readonly remedy: string };

/** The first back-end that can install the board; else the first one's reason. */
export function chooseBackend(backends: readonly Backend[], board: Board): Choice {
  let refused: Choice | undefined;
  for (const backend of backends) {
    const support = backend.supports(board);
    if (support.ok) return { ok: true, backend };
    refused ??= support;
  }
  return refused ?? { ok: false, why: 'There is nothing that installs.', remedy: '' };
}
