import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { INSTALL_PROBES, MACHINE_PROBES } from '../../../core/install/probes.ts';
import { input } from './sample.ts';

/** Those that are no probe: they are made while it is asked. */
const GATHERED = ['login', 'connection', 'model', 'create', 'repository'];

it('every check is explained in docs/reinstall.md, and none that is not made', () => {
  const text = readFileSync(new URL('../../../docs/reinstall.md', import.meta.url), 'utf8');
  const explained = [...text.matchAll(/^### (.+)$/gm)].map(([, name]) => name);
  const probes = [...MACHINE_PROBES, ...INSTALL_PROBES, ...input().medium.probes];
  const made = [...GATHERED, ...probes.map(({ name }) => name)];
  expect(explained.sort()).toEqual(made.sort());
});
