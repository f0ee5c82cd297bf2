/** The place where runs ask this window for secrets. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { createPasswords } from '../../../client/passwords.ts';
import type { HostTest } from './host-test.ts';
import { withProject } from './project.ts';

export const passwordTests: readonly HostTest[] = [
  {
    name: 'leaves nothing of the place where runs ask when the window is closed',
    run: () =>
      withProject(async (project) => {
        const log = vscode.window.createOutputChannel('tests of passwords', { log: true });
        const nothing = { get: () => Promise.resolve(undefined), store: never, delete: never };
        const passwords = createPasswords(nothing, log);
        try {
          const { RPI_ASKPASS: program = '' } = await passwords.environment(project);
          assert.ok(existsSync(program), `no program at “${program}”`);
          await passwords.close();
          assert.ok(!existsSync(dirname(program)));
          await passwords.close();
        } finally {
          log.dispose();
        }
      }),
  },
];

function never(): Promise<void> {
  return Promise.reject(new Error('nothing is kept here'));
}
