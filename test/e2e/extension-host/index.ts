/**
 * What the extension host loads and runs in place of a person: see extension-host.test.ts. What came
 * of each test is left in the file that RPI_HOST_RESULTS names.
 */
import { writeFile } from 'node:fs/promises';
import { agreedRunTests } from './agreed-run.ts';
import { argumentTests } from './arguments.ts';
import { commandTests } from './commands.ts';
import type { HostResult, HostTest } from './host-test.ts';
import { inventoryEditTests } from './inventory-edits.ts';
import { monitorTests } from './monitor.ts';
import { passwordTests } from './passwords.ts';
import { taskTests } from './tasks.ts';
import { treeTests } from './tree.ts';

const TESTS: readonly HostTest[] = [
  ...commandTests,
  ...treeTests,
  ...taskTests,
  ...inventoryEditTests,
  ...argumentTests,
  ...agreedRunTests,
  ...passwordTests,
  ...monitorTests,
];

/** The editor's contract with whoever tests extensions in it. */
export async function run(): Promise<void> {
  const results: HostResult[] = [];
  for (const { name, run: test } of TESTS) {
    try {
      await test();
      results.push({ name });
    } catch (error) {
      const failure = error instanceof Error ? (error.stack ?? error.message) : String(error);
      results.push({ name, failure });
    }
  }
  const file = process.env['RPI_HOST_RESULTS'];
  if (file === undefined) throw new Error('RPI_HOST_RESULTS names no file');
  await writeFile(file, JSON.stringify(results));
}
