/** The extension in a real editor: what its activation takes of the extension host, and its size. */
import { stat } from 'node:fs/promises';
import { hasEditor, startEditor, whyNoEditor } from '../e2e/editor/fixture.ts';
import { setup as pack } from '../e2e/pack.ts';
import { VSIX } from '../../scripts/ide/vsix.ts';
import { atMostOf, median, type BenchRow } from './row.ts';

const STARTS = 7;

export async function benchmark(): Promise<BenchRow[]> {
  await pack();
  const bytes = (await stat(VSIX)).size;
  const size = atMostOf(2, { name: 'the packed extension', ours: bytes / 1e6, unit: 'MB' });
  if (!hasEditor) {
    process.stdout.write(`  activation${whyNoEditor}\n`);
    return [size];
  }
  const times: number[] = [];
  for (let n = 0; n < STARTS; n++) times.push(await activation());
  return [
    size,
    atMostOf(50, { name: 'activation, median', ours: median(times), unit: 'ms' }),
    atMostOf(50, { name: 'activation, the slowest', ours: Math.max(...times), unit: 'ms' }),
  ];
}

/** Milliseconds, as the extension itself measures and logs; in an editor that has just started. */
async function activation(): Promise<number> {
  await using editor = await startEditor({
    files: { 'rpi.yml': 'version: 1\nid: bench-editor\n' },
  });
  for (let tries = 0; tries < 100; tries++) {
    const found = /Activated in ([\d.]+) ms/.exec(await editor.logs());
    if (found !== null) return Number(found[1]);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('The extension did not say that it was activated.');
}
