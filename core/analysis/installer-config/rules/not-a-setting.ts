import { shellWord } from '../../../command/command.ts';
import type { Dialect } from '../../../data/installer-dialects.ts';
import { decisiveCommand } from '../../../formats/installer-config/commands.ts';
import type { LineRule } from '../items.ts';
import { BYTE_ORDER_MARK } from './byte-order-mark.ts';
import { equalsSignFault } from './spaces-around-equals.ts';
import { quotesFix } from './syntax-error.ts';
import { cutValues } from './unquoted-value.ts';

/** The file is sourced: whatever is no assignment is run, as root. */
export const notASetting: LineRule = {
  code: 'not-a-setting',
  *check({ text, statements }, dialect) {
    // A value that was cut is reported with all that follows.
    const cuts = cutValues(text, statements);
    for (const statement of statements) {
      if (statement.kind === 'unreadable' && statement.fault === 'shell') {
        yield {
          ...wordAt(text, statement.place.start),
          message:
            text.charAt(statement.place.start) === '$'
              ? `The shell computes something here, and ${statement.reason}: to have it taken as it is written, put the value into single quotes.`
              : `This is no setting: ${statement.reason}. The installer runs it as root; put it into post-install.txt.`,
          fixes: quotesFix(text, statement.place.start),
        };
      }
      if (statement.kind !== 'command' || statement.own) continue;
      const { start, end } = statement.range;
      if (cuts.some((cut) => start < cut.end && end > cut.start)) continue;
      const decisive = decisiveCommand(statement);
      if (decisive === '“exit”' || decisive === '“exec”') continue;
      if (equalsSignFault(text, statement) !== undefined) continue;
      if (text.startsWith(BYTE_ORDER_MARK, start)) continue;
      const meant = meantSetting(text.slice(start, end), dialect);
      yield {
        start,
        end,
        message:
          'This is a command, not a setting: the installer runs it as root.' +
          (meant === undefined ? '' : ' A setting is written as name=value.'),
        ...(meant === undefined
          ? {}
          : {
              fixes: [
                {
                  title: 'Write it as a setting',
                  edits: [{ start, end, text: meant }],
                  preferred: true,
                },
              ],
            }),
      };
    }
  },
};

/** `hostname: kitchen`, `wlan-ssid=net`: settings of other kinds of files. */
function meantSetting(written: string, dialect: Dialect): string | undefined {
  const match = /^([A-Za-z][\w-]*)[ \t]*[:=][ \t]*([^\n\r]*)$/.exec(written);
  const [, word = '', value = ''] = match ?? [];
  const name = word.replaceAll('-', '_').toLowerCase();
  if (dialect.option(name) === undefined) return undefined;
  const whole = /^(?:'[^']*'|"[^"]*"|[\w.,:/+-]*)$/.test(value);
  return `${name}=${whole ? value : shellWord(value)}`;
}

function wordAt(text: string, start: number): { start: number; end: number } {
  return { start, end: start + (/^\S+/.exec(text.slice(start))?.[0].length ?? 1) };
}
