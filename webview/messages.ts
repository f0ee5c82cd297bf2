/** What the editor and the monitor page say to each other. Types only: both sides import them. */

/** `value` is what a column sorts by; absent for what could not be read. */
export type Reading = { readonly value?: number | undefined; readonly text: string };

export type RowState =
  'healthy' | 'warning' | 'failing' | 'locked' | 'needs-key' | 'installing' | 'unknown';

export type MonitorRow = {
  readonly name: string;
  readonly address: string;
  readonly groups: readonly string[];
  readonly state: RowState;
  readonly notes: readonly string[];
  readonly model?: string | undefined;
  readonly os?: string | undefined;
  readonly readings: Readonly<
    Record<'temperature' | 'load' | 'memory' | 'disk' | 'power' | 'uptime', Reading>
  >;
  /** ISO 8601, UTC. */
  readonly measuredAt?: string | undefined;
};

/** What the editor is doing about measuring. */
export type Measuring =
  | { readonly state: 'measuring' }
  /** `every`: seconds between rounds. */
  | { readonly state: 'waiting'; readonly every: number }
  /** Nothing is measured, and why. */
  | { readonly state: 'stopped'; readonly why: string };

export type ToPage = {
  readonly type: 'fleet';
  readonly project: string;
  readonly projects: readonly string[];
  readonly rows: readonly MonitorRow[];
  readonly measuring: Measuring;
  /** What is wrong with the inventory or the last round, a sentence each. */
  readonly faults: readonly string[];
};

export type FromPage =
  | { readonly type: 'ready'; readonly project?: string | undefined }
  | { readonly type: 'project'; readonly project: string }
  | { readonly type: 'measure' }
  | { readonly type: 'details' | 'ssh'; readonly host: string };
