import type { FileRule } from '../items.ts';

export const staysOff: FileRule = {
  code: 'stays-off',
  *check({ assignment, value }) {
    const written = assignment('final_action');
    const action = value('final_action');
    if (written === undefined || action === undefined) return;
    if (!['poweroff', 'halt', 'console'].includes(action)) return;
    yield {
      ...written.range,
      message:
        action === 'console'
          ? 'The machine stays in the installer when it is done: nobody can log in until it is restarted by hand.'
          : 'The machine is off when it is done, until somebody restarts it by hand.',
    };
  },
};
