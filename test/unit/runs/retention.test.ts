import { describe, expect, it } from 'vitest';
import { newRunId } from '../../../core/runs/journal.ts';
import { surplusJournals } from '../../../core/runs/retention.ts';

const NOW = Date.parse('2026-11-22T12:00:00.000Z');
const MINUTE = 60_000;

/** `count` journals of a command, a minute apart, the last one `ago` minutes before now. */
function journals(command: string, count: number, ago = 1): string[] {
  return Array.from(
    { length: count },
    (_, n) => `${newRunId(command, NOW - (count - n - 1 + ago) * MINUTE)}.jsonl`,
  );
}

describe('which journals are too many', () => {
  it('keeps the newest 200', () => {
    const names = journals('provision', 203);
    expect(surplusJournals(names.toReversed(), NOW)).toEqual(names.slice(0, 3));
  });

  it('keeps 20 of each command that repeats, and lets them push nobody out', () => {
    const rounds = journals('monitor', 500);
    const watches = journals('detect --watch', 25);
    const others = [...journals('deploy', 100, 1000), ...journals('detect', 100, 1000)];
    const surplus = surplusJournals([...rounds, ...watches, ...others], NOW);
    expect(surplus.toSorted()).toEqual(
      [...rounds.slice(0, -20), ...watches.slice(0, -5 - 15)].toSorted(),
    );
  });

  it('keeps nothing longer than 90 days', () => {
    const old = `${newRunId('monitor', NOW - 91 * 24 * 60 * MINUTE)}.jsonl`;
    const young = `${newRunId('deploy', NOW - 89 * 24 * 60 * MINUTE)}.jsonl`;
    expect(surplusJournals([old, young], NOW)).toEqual([old]);
  });

  it('leaves alone what is no journal', () => {
    expect(surplusJournals(['notes.txt'], NOW)).toEqual([]);
  });
});
