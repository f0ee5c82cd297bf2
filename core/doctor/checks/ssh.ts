import { findProgram, type Check } from '../check.ts';

export const sshCheck: Check = {
  name: 'ssh',
  why: 'Ansible logs in with it, and rpi ssh opens a shell with it.',
  find: (input) =>
    findProgram(
      {
        program: 'ssh',
        versionArgs: ['-V'],
        packages: {
          any: 'openssh',
          apt: 'openssh-client',
          dnf: 'openssh-clients',
          apk: 'openssh-client',
        },
        missing: 'failed',
      },
      input,
    ),
};
