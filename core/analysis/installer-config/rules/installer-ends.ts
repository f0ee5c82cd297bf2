import { decisiveCommand } from '../../../formats/installer-config/commands.ts';
import type { LineRule } from '../items.ts';

/** The file is sourced by the installer itself, so its end is the installer's. */
export const installerEnds: LineRule = {
  code: 'installer-ends',
  *check({ statements }) {
    for (const statement of statements) {
      if (statement.kind !== 'command' || statement.own) continue;
      const decisive = decisiveCommand(statement);
      if (decisive !== '“exit”' && decisive !== '“exec”') continue;
      yield {
        ...statement.range,
        message: `${decisive} ends the installer itself: nothing is installed.`,
      };
    }
  },
};
