/** `npm run bench [NAME…]`: every benchmark, ours beside the peer's in the same run. */
import { cpus, totalmem } from 'node:os';
import { benchmark as detect } from './detect.ts';
import { benchmark as editor } from './editor.ts';
import { benchmark as enroll } from './enroll.ts';
import { benchmark as fleet } from './fleet.ts';
import { benchmark as install } from './install.ts';
import { benchmark as languageServer } from './language-server.ts';
import { benchmark as monitor } from './monitor.ts';
import { renderRow, type BenchRow } from './row.ts';
import { build } from '../../scripts/build.ts';

/** To add one: a file in test/bench/, a line here, its figures in docs/performance.md. */
const BENCHMARKS: Readonly<Record<string, () => Promise<BenchRow[]>>> = {
  detect,
  editor,
  enroll,
  fleet,
  install,
  'language-server': languageServer,
  monitor: () => monitor(),
};

const named = process.argv.slice(2);
const unknown = named.filter((name) => !Object.hasOwn(BENCHMARKS, name));
if (unknown.length > 0) {
  process.stderr.write(
    `There is no benchmark ${unknown.join(', ')}; there are ${Object.keys(BENCHMARKS).join(', ')}.\n`,
  );
  process.exit(2);
}

await build();
const { length } = cpus();
const memory = Math.round(totalmem() / 2 ** 30);
process.stdout.write(
  `${cpus()[0]?.model ?? 'unknown processor'}, ${length} cores, ${memory} GiB, Node ${process.versions.node}\n`,
);
for (const [name, benchmark] of Object.entries(BENCHMARKS)) {
  if (named.length > 0 && !named.includes(name)) continue;
  process.stdout.write(`\n${name} …\n`);
  for (const row of await benchmark()) {
    process.stdout.write(`  ${renderRow(row)}\n`);
    if (row.met === false) process.exitCode = 1;
  }
}
