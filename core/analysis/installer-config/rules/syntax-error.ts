import type { LineRule } from '../items.ts';

/** bash keeps what stands above, reads nothing from here on, and the installer wipes all the same. */
export const syntaxError: LineRule = {
  code: 'syntax-error',
  *check({ statements }) {
    for (const statement of statements) {
      if (statement.kind !== 'unreadable' || statement.fault === 'shell') continue;
      yield {
        ...statement.place,
        message:
          `The shell stops reading here: ${statement.reason}. ` +
          'The installer takes defaults for everything from here on, and wipes the disk.',
      };
    }
  },
};
