/** Records as they are written: each changes at once what the engine knows. */
import { apply, type Own } from './apply.ts';
import type { MonitorRecord } from './record.ts';
import type { Durable, EngineState } from './state.ts';

type Body<R> = R extends MonitorRecord ? Omit<R, 'v' | 'at' | 'time'> : never;
export type RecordBody = Body<MonitorRecord>;

export type Ledger = {
  readonly known: () => Durable;
  readonly write: (body: RecordBody) => void;
  readonly records: readonly MonitorRecord[];
  /** An id that none had before. */
  readonly nextId: () => string;
};

/** What it gives as known holds until the next `write`. `at`: the wall clock, milliseconds since the epoch. */
export function openLedger(before: Durable, at: number): Ledger {
  let known = before;
  const own: Own = new WeakSet();
  const records: MonitorRecord[] = [];
  return {
    known: () => known,
    records,
    nextId: () => `d${known.ids + 1}`,
    write: (body) => {
      const entry = { v: 1, at: new Date(at).toISOString(), time: known.time, ...body } as const;
      records.push(entry);
      known = apply(known, entry, own);
    },
  };
}

/** What changed, and what is to be appended to the journal, in this order. */
export type Change = { readonly state: EngineState; readonly records: readonly MonitorRecord[] };

/** A change of what is durable, between two looks. */
export function change(state: EngineState, at: number, act: (ledger: Ledger) => void): Change {
  const ledger = openLedger(state.durable, at);
  act(ledger);
  return { state: { ...state, durable: ledger.known() }, records: ledger.records };
}
