/** The numbers of the monitor: its daemon, its history, and its page. */
import { benchmark as fleet } from './monitor/fleet.ts';
import { benchmark as history } from './monitor/history.ts';
import { benchmark as page } from './monitor/page.ts';
import { benchmark as powerCut } from './monitor/power-cut.ts';
import { benchmark as thousand } from './monitor/thousand.ts';
import { renderRow, type BenchRow } from './row.ts';

/** By name, for `node test/bench/monitor.ts NAME…`. */
const PARTS: Readonly<Record<string, () => Promise<BenchRow[]>>> = {
  history,
  page,
  fleet,
  thousand,
  'power-cut': powerCut,
};

export async function benchmark(names: readonly string[] = []): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const [name, part] of Object.entries(PARTS)) {
    if (names.length === 0 || names.includes(name)) rows.push(...(await part()));
  }
  return rows;
}

if (import.meta.main) {
  for (const row of await benchmark(process.argv.slice(2))) {
    process.stdout.write(`${renderRow(row)}\n`);
    if (row.met === false) process.exitCode = 1;
  }
}
