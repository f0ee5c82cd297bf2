/** The monitor page with 500 Pis that change every second, by Chromium's trace; its first paint. */
import { existsSync } from 'node:fs';
import { CHROMIUM } from '../../e2e/page/stand-in.ts';
import { measurePage } from '../../e2e/page/page-cost.ts';
import { alone, median, type BenchRow } from '../row.ts';

const PIS = 500;

/** Needs Chromium, and dist/ as it is built. */
export async function benchmark(): Promise<BenchRow[]> {
  if (!existsSync(CHROMIUM.executablePath ?? '')) {
    process.stdout.write('  the page: not measured, because there is no Chromium.\n');
    return [];
  }
  const { firstPaints, tiles, table } = await measurePage(PIS);
  // An editor's Chromium has long started when a page is opened in it.
  const [first = NaN, ...later] = firstPaints;
  const share = (name: string, value: number, limit?: number): BenchRow =>
    alone({ name, value, unit: '%', ...(limit === undefined ? {} : { limit }) });
  const sum = ({ scripting, style, layout }: typeof tiles): number => scripting + style + layout;
  return [
    alone({
      name: 'HTML set → first contentful paint, the slowest',
      value: Math.max(...later),
      unit: 'ms',
      limit: 300,
    }),
    alone({ name: 'the same, median', value: median(later), unit: 'ms' }),
    alone({ name: 'the first page of a Chromium that has just started', value: first, unit: 'ms' }),
    share(`${PIS} tiles every second: scripting, style, layout`, sum(tiles), 25),
    share('of it scripting', tiles.scripting),
    share('of it style', tiles.style),
    share('of it layout', tiles.layout),
    share('all of the main thread, painting too', tiles.all),
    share(`the same Pis as a table: scripting, style, layout`, sum(table)),
    share('all of the main thread, painting too', table.all),
  ];
}
