import { findProgram, type Check } from '../check.ts';

export const ansibleLintCheck: Check = {
  name: 'ansible-lint',
  why: 'It tells of faults in playbooks before they run.',
  find: (input) =>
    findProgram(
      {
        program: 'ansible-lint',
        versionArgs: ['--version', '--offline'],
        packages: { any: 'ansible-lint' },
        missing: 'warning',
      },
      input,
    ),
};
