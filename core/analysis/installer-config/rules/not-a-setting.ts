import { decisiveCommand } from '../../../formats/installer-config/commands.ts';
import type { LineRule } from '../items.ts';
import { equalsSignFault } from './spaces-around-equals.ts';
import { cutValue } from './unquoted-value.ts';

/** The file is sourced: whatever is no assignment is run, as root. */
export const notASetting: LineRule = {
  code: 'not-a-setting',
  *check({ text, statements }) {
    for (const statement of statements) {
      if (statement.kind === 'unreadable' && statement.fault === 'shell') {
        yield {
          ...statement.place,
          message: `This is shell code, not a setting: ${statement.reason}. The installer runs it as root; put it into post-install.txt.`,
        };
      }
      if (statement.kind !== 'command' || statement.own) continue;
      if (decisiveCommand(statement) === '“exit”' || decisiveCommand(statement) === '“exec”') {
        continue;
      }
      if (equalsSignFault(text, statement) !== undefined) continue;
      if (cutValue(text, statement) !== undefined) continue;
      yield {
        ...statement.range,
        message: 'This is a command, not a setting: the installer runs it as root.',
      };
    }
  },
};
