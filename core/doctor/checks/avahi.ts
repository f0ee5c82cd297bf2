import { findProgram, type Check } from '../check.ts';

export const avahiCheck: Check = {
  name: 'avahi',
  why: 'With it this machine resolves names such as kitchen.local, also for Ansible and ssh.',
  find: async (input) =>
    input.platform.system === 'darwin'
      ? { status: 'ok', detail: 'macOS resolves .local names itself' }
      : findProgram(
          {
            program: 'avahi-resolve',
            versionArgs: ['--version'],
            packages: {
              any: 'avahi',
              apt: 'avahi-utils libnss-mdns',
              dnf: 'avahi-tools nss-mdns',
              pacman: 'avahi nss-mdns',
              apk: 'avahi-tools',
            },
            missing: 'warning',
          },
          input,
        ),
};
