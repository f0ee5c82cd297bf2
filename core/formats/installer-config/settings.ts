/** What the variables of an installer-config.txt are once bash has sourced it. */
import { decisiveCommand, isHarmless } from './commands.ts';
import type { Assignment, InstallerConfig } from './parse.ts';

export type Settings = {
  /** Every variable that is assigned; undefined where its value depends on the running shell. */
  readonly values: ReadonlyMap<string, string | undefined>;
  /** False when a command or unread code may have set any variable, also one not in `values`. */
  readonly certain: boolean;
};

/** The settings after the last line. */
export function settingsOf(config: InstallerConfig): Settings {
  const values = new Map<string, string | undefined>();
  let certain = true;
  /** False from the first command on that may end the reading, or forbid assignments. */
  let counts = true;

  const forget = (): void => {
    certain = false;
    for (const name of values.keys()) values.set(name, undefined);
  };
  const assigned = ({ name, value, append }: Assignment): string | undefined => {
    if (!counts || value === undefined) return undefined;
    if (!append) return value;
    if (!values.has(name)) return certain ? value : undefined;
    const before = values.get(name);
    return before === undefined ? undefined : before + value;
  };

  for (const statement of config.statements) {
    if (statement.kind === 'assignment') {
      values.set(statement.name, assigned(statement));
    } else if (statement.kind === 'unreadable') {
      forget();
    } else if (statement.kind === 'command') {
      if (!isHarmless(statement)) forget();
      if (decisiveCommand(statement) !== undefined) counts = false;
    }
  }
  return { values, certain };
}
