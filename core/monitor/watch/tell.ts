/** What is news in an observation: the records that tell a Pi's story. Pure. */
import type { Config } from '../../project/config.ts';
import { warnings, type Warning } from '../judge.ts';
import type { Observation } from './observation.ts';

type Limits = Config['monitor'];

/** Seconds that a clock may be off: certificates and logs bear it. */
const CLOCK_OFFSET = 30;

/** A change of what a Pi is, as it is journaled beside `v` and `at`. */
export type News =
  | {
      readonly kind: 'watch.state';
      readonly host: string;
      /** Absent for the first look. */
      readonly from: string | undefined;
      readonly to: string;
      readonly reasons: readonly string[];
    }
  | {
      readonly kind: 'watch.reboot';
      readonly host: string;
      readonly bootId: string;
      /** What a run of ours did with it, in words; absent: nobody asked for it. */
      readonly planned: string | undefined;
    }
  | {
      readonly kind: 'watch.sign';
      readonly host: string;
      readonly sign: string;
      readonly text: string;
      readonly began: boolean;
    };

/** Every reason to look after a Pi that can be measured. */
export function signsOf(
  { vitals = {}, signs = {}, checks }: Pick<Observation, 'vitals' | 'signs' | 'checks'>,
  limits: Limits,
): Warning[] {
  const { failedUnits = [], clockOffset = 0, cardErrors = 0 } = signs;
  const found = [
    ...warnings(vitals, limits),
    ...failedUnits.map((unit) => ({ kind: `unit ${unit}`, text: `${unit} failed` })),
    ...checks
      .filter(({ ok }) => !ok)
      .map(({ name, detail }) => ({ kind: `check ${name}`, text: `${name}: ${detail}` })),
  ];
  if (cardErrors > 0) {
    found.push({ kind: 'card', text: `the file system recorded ${cardErrors} errors` });
  }
  if (Math.abs(clockOffset) >= CLOCK_OFFSET) {
    const way = clockOffset > 0 ? 'ahead' : 'behind';
    found.push({ kind: 'clock', text: `its clock is ${Math.abs(clockOffset)} s ${way}` });
  }
  return found;
}

/** What was last known of a Pi; what an unreachable one does not say stays as it was. */
export type Known = {
  readonly state: string | undefined;
  readonly bootId: string | undefined;
  readonly signs: ReadonlyMap<string, string>;
  /** Work on it since it was last measured: a restart that belongs to it is seen after its end. */
  readonly planned: string | undefined;
};

export const NOTHING_KNOWN: Known = {
  state: undefined,
  bootId: undefined,
  signs: new Map(),
  planned: undefined,
};

/** The news of an observation, and what is known from then on. */
export function newsOf(
  known: Known,
  seen: Observation,
  limits: Limits,
): { readonly news: readonly News[]; readonly known: Known } {
  const { host, state, reasons } = seen;
  const news: News[] = [];
  if (state !== known.state) {
    news.push({ kind: 'watch.state', host, from: known.state, to: state, reasons });
  }
  const bootId = seen.signs?.bootId ?? known.bootId;
  const planned = seen.planned ?? known.planned;
  if (bootId !== undefined && known.bootId !== undefined && bootId !== known.bootId) {
    news.push({ kind: 'watch.reboot', host, bootId, planned });
  }
  if (seen.vitals === undefined) return { news, known: { ...known, state, bootId, planned } };
  const signs = new Map(signsOf(seen, limits).map(({ kind, text }) => [kind, text]));
  for (const [sign, text] of signs) {
    if (!known.signs.has(sign)) news.push({ kind: 'watch.sign', host, sign, text, began: true });
  }
  for (const [sign, text] of known.signs) {
    if (!signs.has(sign)) news.push({ kind: 'watch.sign', host, sign, text, began: false });
  }
  return { news, known: { state, bootId, signs, planned: seen.planned } };
}
