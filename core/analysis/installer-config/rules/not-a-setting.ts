import { decisiveCommand } from '../../../formats/installer-config/commands.ts';
import type { LineRule } from '../items.ts';
import { equalsSignFault } from './spaces-around-equals.ts';
import { cutValue } from './unquoted-value.ts';

/** The file is sourced: whatever is no assignment is run, as root. */
export const notASetting: LineRule = {
  code: 'not-a-setting',
  *check({ text, statements }) {
    /** A value that an operator cut is reported with all that follows. */
    let reportedTo = 0;
    for (const statement of statements) {
      if (statement.kind === 'unreadable' && statement.fault === 'shell') {
        yield {
          ...wordAt(text, statement.place.start),
          message: `This is no setting: ${statement.reason}. The installer runs it as root; put it into post-install.txt.`,
        };
      }
      if (statement.kind !== 'command' || statement.own) continue;
      if (decisiveCommand(statement) === '“exit”' || decisiveCommand(statement) === '“exec”') {
        continue;
      }
      if (equalsSignFault(text, statement) !== undefined) continue;
      const cut = cutValue(text, statement);
      reportedTo = Math.max(reportedTo, cut?.end ?? 0);
      if (statement.range.start < reportedTo) continue;
      yield {
        ...statement.range,
        message: 'This is a command, not a setting: the installer runs it as root.',
      };
    }
  },
};

function wordAt(text: string, start: number): { start: number; end: number } {
  return { start, end: start + (/^\S+/.exec(text.slice(start))?.[0].length ?? 1) };
}
