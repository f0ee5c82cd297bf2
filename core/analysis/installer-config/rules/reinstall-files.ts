import type { FileRule } from '../items.ts';

export const reinstallFiles: FileRule = {
  code: 'reinstall-files',
  *check({ assignment, value }) {
    const written = assignment('cleanup');
    if (written === undefined || value('cleanup') !== '1') return;
    yield {
      ...written.range,
      message:
        'cleanup=1 deletes the passwords from the boot partition, and all that a reinstallation over the network needs.',
    };
  },
};
