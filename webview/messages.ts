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
  /** Packages that could be upgraded, in words; absent where there are none. */
  readonly updates?: string | undefined;
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

/** A remedy that waits for somebody's answer. */
export type PageProposal = {
  readonly id: string;
  readonly host: string;
  /** As in `reboot kitchen`. */
  readonly what: string;
  /** Sentences that speak for it. */
  readonly evidence: readonly string[];
  /** ISO 8601, UTC. */
  readonly expires: string;
};

/** Something that happened, in words. */
export type PageEvent = {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly text: string;
  readonly tone: 'plain' | 'good' | 'bad';
};

export type FleetMessage = {
  readonly type: 'fleet';
  readonly project: string;
  readonly projects: readonly string[];
  readonly rows: readonly MonitorRow[];
  readonly measuring: Measuring;
  /** What is wrong with the inventory or the last round, a sentence each. */
  readonly faults: readonly string[];
  readonly proposals: readonly PageProposal[];
};

export type ChartRange = 'hour' | 'day' | 'week' | 'month';
export type ChartSignal = 'temperature' | 'load' | 'memory' | 'disk';

/** Of one part of a chart; `at` in seconds since the epoch. */
export type ChartPoint = {
  readonly at: number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
};

export type PageRun = {
  readonly id: string;
  readonly title: string;
  /** How it stands, in words. */
  readonly words: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
};

/** All that a Pi's own page shows beside its row. */
export type PiMessage = {
  readonly type: 'pi';
  readonly host: string;
  readonly range: ChartRange;
  /** Absent where no monitor watches the project: nobody else can read its history. */
  readonly charts?:
    | {
        /** Seconds since the epoch. */
        readonly from: number;
        readonly to: number;
        /** Seconds between two points where nothing is missing. */
        readonly step: number;
        readonly points: Readonly<Record<ChartSignal, readonly ChartPoint[]>>;
      }
    | undefined;
  readonly checks: readonly {
    readonly name: string;
    readonly ok: boolean;
    readonly detail: string;
  }[];
  /** What the monitor saw and decided, the newest first. */
  readonly events: readonly PageEvent[];
  /** The newest first. */
  readonly runs: readonly PageRun[];
};

/** What happened in the fleet within the last day, the newest first. */
export type TimelineMessage = { readonly type: 'timeline'; readonly events: readonly PageEvent[] };

export type ToPage = FleetMessage | PiMessage | TimelineMessage;

export type FromPage =
  | { readonly type: 'ready'; readonly project?: string | undefined }
  | { readonly type: 'project'; readonly project: string }
  | { readonly type: 'measure' }
  /** The timeline was opened. */
  | { readonly type: 'timeline' }
  /** Starts `rpi monitor`. */
  | { readonly type: 'watch' }
  | { readonly type: 'details' | 'ssh'; readonly host: string }
  /** A Pi's page was opened, or shows another time; without a host it was left. */
  | { readonly type: 'pi'; readonly host?: string | undefined; readonly range: ChartRange }
  | { readonly type: 'run'; readonly id: string }
  | {
      readonly type: 'answer';
      readonly proposal: string;
      readonly answer: 'approve' | 'refuse' | 'snooze';
    };
