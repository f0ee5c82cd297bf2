/** Runs the tests of ../extension-host in the editor's real extension host, against the packed extension. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { ROOT } from '../../../scripts/bundles.ts';
import { hasEditor, startEditor, whyNoEditor } from './fixture.ts';
import { INSTALLED_NAME } from '../../../scripts/ide/vsix.ts';

const results = z.array(z.object({ name: z.string(), failure: z.string().optional() }));

const TASKS = {
  version: '2.0.0',
  tasks: [{ type: 'rpi', label: 'how it is used', command: 'detect', args: ['--help'] }],
};

const FILES = {
  'rpi.yml': 'version: 1\nid: host-test\nnetworks: [10.77.0.0/24]\n',
  'inventory/hosts.yml': 'ungrouped:\n  hosts:\n    kitchen:\n      ansible_host: 10.77.0.9\n',
  '.vscode/tasks.json': JSON.stringify(TASKS),
};

it.runIf(hasEditor)(`the extension inside the extension host${whyNoEditor}`, async () => {
  await using editor = await startEditor({ files: FILES, empty: true });
  const bundle = join(editor.home, 'tests', 'index.cjs');
  await build({
    absWorkingDir: ROOT,
    entryPoints: ['test/e2e/extension-host/index.ts'],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    // Compiled parts of ssh2, which does without them.
    external: ['vscode', '*.node'],
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  const installed = join(editor.home, 'extensions', INSTALLED_NAME);

  const said = await editor.inExtensionHost({ extension: installed, tests: bundle });

  const text = await readFile(join(editor.home, 'results.json'), 'utf8').catch(() => '[]');
  const ran = results.parse(JSON.parse(text));
  const failures = ran.filter(({ failure }) => failure !== undefined);
  expect(failures.map(({ name: test, failure }) => `${test}\n${failure ?? ''}`)).toEqual([]);
  expect(ran.length, said).toBeGreaterThan(0);
});
