import { findProgram, type Check } from '../check.ts';

export const gitCheck: Check = {
  name: 'git',
  why: 'A project belongs under version control: who changed what in a fleet, and when.',
  find: (input) =>
    findProgram(
      { program: 'git', versionArgs: ['--version'], packages: { any: 'git' }, missing: 'warning' },
      input,
    ),
};
