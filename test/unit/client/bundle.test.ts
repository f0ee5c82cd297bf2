/** What the editor loads: next to nothing when the extension is activated, and never ssh. */
import { build, type Metafile } from 'esbuild';
import { expect, test } from 'vitest';
import { BUNDLES } from '../../../scripts/bundles.ts';

const { metafile } = await build({ ...BUNDLES.extension, write: false });
const { inputs, outputs } = metafile as Metafile; // the table asks for one

/** The chunks that an import of this one brings along at once, itself included. */
function loadedWith(path: string, seen = new Set<string>()): Set<string> {
  seen.add(path);
  for (const { path: next, kind } of outputs[path]?.imports ?? []) {
    if (kind === 'import-statement' && next in outputs && !seen.has(next)) loadedWith(next, seen);
  }
  return seen;
}

const entry = Object.keys(outputs).find(
  (path) => outputs[path]?.entryPoint === 'client/extension.ts',
);

test('activating loads no package and less than 100 kB', () => {
  const loaded = [...loadedWith(entry ?? '')];
  const sources = loaded.flatMap((path) => Object.keys(outputs[path]?.inputs ?? {}));
  expect(sources).toContain('client/projects.ts');
  expect(sources.filter((path) => path.includes('node_modules/'))).toEqual([]);
  expect(loaded.reduce((sum, path) => sum + (outputs[path]?.bytes ?? 0), 0)).toBeLessThan(100_000);
});

test('the extension has no ssh of its own: what logs in is a spawned rpi', () => {
  const found = Object.keys(inputs).filter((path) =>
    /node_modules\/ssh2\/|^core\/ssh\//.test(path),
  );
  expect(found).toEqual([]);
});
