/** What Chromium's trace says of a page's main thread. */

/** Per cent of the time. */
export type MainThread = {
  readonly scripting: number;
  readonly style: number;
  readonly layout: number;
  /** All that the thread did, painting and its own housekeeping too. */
  readonly all: number;
};

/** A span in microseconds. */
type Span = { readonly from: number; readonly to: number };

type TraceEvent = {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly args?: { readonly name?: string };
};

/** The names of the timeline's events: as DevTools sorts them. */
const NAMES = {
  style: ['UpdateLayoutTree', 'RecalculateStyles', 'ScheduleStyleRecalculation'],
  layout: ['Layout', 'InvalidateLayout'],
  scripting: [
    'EvaluateScript',
    'EventDispatch',
    'FireAnimationFrame',
    'FunctionCall',
    'HandlePostMessage',
    'MajorGC',
    'MinorGC',
    'RunMicrotasks',
    'SchedulePostMessage',
    'TimerFire',
    'V8.GC_MC_INCREMENTAL',
    'V8.GCIncrementalMarking',
    'v8.callFunction',
    'v8.compile',
    'v8.evaluateModule',
  ],
  all: ['RunTask', 'ThreadControllerImpl::RunTask'],
} as const;

/** Over `seconds`. Style and layout that a script waits for are not counted as scripting again. */
export function mainThread(trace: unknown, seconds: number): MainThread {
  const { traceEvents } = trace as { readonly traceEvents: readonly TraceEvent[] };
  const thread = busiest(traceEvents);
  const of = (...kinds: readonly (keyof typeof NAMES)[]): number => {
    const names = new Set<string>(kinds.flatMap((kind) => NAMES[kind]));
    const spans = thread
      .filter(({ name, ph }) => ph === 'X' && names.has(name))
      .map(({ ts, dur = 0 }) => ({ from: ts, to: ts + dur }));
    return (covered(spans) / (seconds * 1e6)) * 100;
  };
  const [style, layout] = [of('style'), of('style', 'layout') - of('style')];
  return {
    style,
    layout,
    scripting: of('scripting', 'style', 'layout') - style - layout,
    all: of('all'),
  };
}

/** The events of the page's main thread: of all such threads the one that worked most. */
function busiest(events: readonly TraceEvent[]): readonly TraceEvent[] {
  const mains = events.filter(
    ({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain',
  );
  const threads = mains.map(({ pid, tid }) =>
    events.filter((event) => event.pid === pid && event.tid === tid),
  );
  const most = threads.sort((a, b) => b.length - a.length)[0];
  if (most === undefined || most.length < 100) throw new Error('The trace has no main thread.');
  return most;
}

/** Microseconds within any of the spans: they contain one another. */
function covered(spans: readonly Span[]): number {
  let [sum, end] = [0, 0];
  for (const { from, to } of spans.toSorted((a, b) => a.from - b.from)) {
    if (to <= end) continue;
    sum += to - Math.max(from, end);
    end = to;
  }
  return sum;
}
