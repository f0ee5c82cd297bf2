/**
 * Lays settings over a person's installer-config.txt: replaces the value where a setting stands,
 * appends the others, and leaves every other byte alone.
 */
import { RpiError } from '../../errors.ts';
import { checkSetting } from './check.ts';
import { decisiveCommand } from './commands.ts';
import { parseInstallerConfig, type InstallerConfig } from './parse.ts';
import type { Statement } from './statement.ts';
import { settingText } from './quote.ts';
import { settingsOf } from './settings.ts';

/**
 * `text` with `settings` in force after its last line. The last assignment of a setting is
 * replaced where it stands, unless a command follows it that might change it; then, and for new
 * settings, lines are appended under `heading` (a comment). Throws `create.invalid-config`, with
 * the line, for a text whose end the installer might not reach, and what checkSetting and
 * settingText throw.
 */
export function overlaySettings(
  text: string,
  settings: ReadonlyMap<string, unknown>,
  options: { readonly path: string; readonly heading: string },
): string {
  const config = parseInstallerConfig(text);
  refuseUnreadable(config, options.path);
  const current = settingsOf(config);
  const edits: { start: number; end: number; text: string }[] = [];
  const appended: string[] = [];
  for (const [name, value] of settings) {
    const checked = checkSetting(name, value);
    const line = settingText(checked.option, checked.value);
    if (current.values.get(name) === checked.value) continue;
    const place = lastAssignment(config.statements, name);
    if (place === undefined) appended.push(line);
    else edits.push({ ...place, text: line });
  }
  return append(applyEdits(text, edits), appended, options.heading);
}

/** The place to write `name` to, if writing there decides its value. */
function lastAssignment(
  statements: readonly Statement[],
  name: string,
): { start: number; end: number } | undefined {
  const index = statements.findLastIndex(
    (statement) => statement.kind === 'assignment' && statement.name === name,
  );
  const found = statements[index];
  if (found === undefined) return undefined;
  return statements.slice(index).some((statement) => statement.kind === 'command')
    ? undefined
    : found.range;
}

function refuseUnreadable(config: InstallerConfig, path: string): void {
  for (const statement of config.statements) {
    if (statement.kind === 'unreadable') {
      throw invalid(config, path, statement, statement.reason);
    }
    if (statement.kind === 'assignment') {
      const deciding = statement.expansions.find(({ affects }) => affects);
      if (deciding !== undefined) {
        const reason = `“${deciding.text}” may end the shell, or set other variables`;
        throw invalid(config, path, statement, reason);
      }
    }
    if (statement.kind !== 'command') continue;
    const decisive = decisiveCommand(statement);
    if (decisive !== undefined) {
      const reason = `${decisive} decides what the installer reads after it`;
      throw invalid(config, path, statement, reason);
    }
  }
}

function invalid(
  config: InstallerConfig,
  path: string,
  statement: Statement,
  reason: string,
): RpiError {
  const line = lineOf(config.text, statement.range.start);
  return new RpiError('create.invalid-config', `${path}:${line}: ${reason}.`, {
    remedy:
      'The installer would go on with defaults and wipe the disk. Keep settings (name=value) ' +
      'and plain commands here, and put other code into post-install.txt.',
  });
}

/** Counts from 1. */
export function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

function applyEdits(
  text: string,
  edits: readonly { start: number; end: number; text: string }[],
): string {
  return [...edits]
    .sort((a, b) => b.start - a.start)
    .reduce((now, edit) => now.slice(0, edit.start) + edit.text + now.slice(edit.end), text);
}

function append(text: string, lines: readonly string[], heading: string): string {
  if (lines.length === 0) return text;
  const end = text.includes('\r\n') ? '\r\n' : '\n';
  const gap = text === '' ? '' : /\n$/.test(text) ? end : end + end;
  return `${text}${gap}${[`# ${heading}`, ...lines].join(end)}${end}`;
}
