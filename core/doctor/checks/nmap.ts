import { findProgram, type Check } from '../check.ts';

export const nmapCheck: Check = {
  name: 'nmap',
  why: 'With it rpi detect can also scan networks beyond the local one (--nmap).',
  find: (input) =>
    findProgram(
      {
        program: 'nmap',
        versionArgs: ['--version'],
        packages: { any: 'nmap' },
        missing: 'warning',
      },
      input,
    ),
};
