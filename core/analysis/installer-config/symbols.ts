/** The outline of an installer-config.txt: a line for each setting. */
import type { Assignment, Statement } from '../../formats/installer-config/statement.ts';
import { maskSecrets } from '../../lint/mask.ts';
import type { Outline } from '../features.ts';
import type { InstallerFacts } from './facts.ts';

export function outline({ statements, text, dialect }: InstallerFacts): Outline[] {
  // A password that stands behind “ = ” is a word of a command.
  const masked = statements.some(({ kind }) => kind === 'command') ? maskSecrets(text) : text;
  return statements.flatMap((statement): Outline[] => {
    if (statement.kind === 'assignment') {
      const { name, range, nameRange } = statement;
      const isSecret = dialect.option(name)?.secret === true;
      return [
        { name, detail: shownValue(statement, isSecret, text), kind: 'setting', range, nameRange },
      ];
    }
    return statement.kind === 'command' ? [command(statement, masked)] : [];
  });
}

function command({ range }: Statement, text: string): Outline {
  const name = firstLine(text.slice(range.start, range.end)) || 'command';
  return { name, detail: '', kind: 'command', range, nameRange: range };
}

function shownValue({ value, valueRange }: Assignment, isSecret: boolean, text: string): string {
  if (isSecret) return value === '' ? '' : '•••••';
  return firstLine(value ?? text.slice(valueRange.start, valueRange.end));
}

function firstLine(text: string): string {
  const line = text.split('\n', 1)[0] ?? '';
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}
