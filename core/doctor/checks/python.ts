import { findProgram, type Check } from '../check.ts';

export const pythonCheck: Check = {
  name: 'python3',
  why: 'Ansible and its plugins run on it.',
  find: (input) =>
    findProgram(
      {
        program: 'python3',
        versionArgs: ['--version'],
        packages: { any: 'python3', pacman: 'python', brew: 'python' },
        missing: 'failed',
      },
      input,
    ),
};
