/** Passwords replaced by dots of the same length, so that a line can be shown and pointed into. */
import { INSTALLER_OPTIONS } from '../data/installer-options.ts';
import { parseInstallerConfig } from '../formats/installer-config/parse.ts';

const SECRET = INSTALLER_OPTIONS.filter((option) => option.secret === true).map(({ name }) => name);
const AFTER_NAME = new RegExp(`(\\b(?:${SECRET.join('|')})[ \\t]*\\+?=[ \\t]*)(.*)`, 'g');

/** The text with the values of secret options hidden, also in comments and in what is unreadable. */
export function maskSecrets(text: string): string {
  const units = text.split('');
  const hide = (start: number, end: number): void => {
    for (let at = start; at < end; at++) if (!/\s/.test(units[at] ?? '')) units[at] = '•';
  };
  for (const statement of parseInstallerConfig(text).statements) {
    if (statement.kind === 'unreadable') {
      // A quote that is never closed may begin or end in a password.
      if (AFTER_NAME.test(text.slice(statement.range.start, statement.range.end))) {
        hide(statement.range.start, statement.range.end);
      }
      AFTER_NAME.lastIndex = 0;
    } else if (statement.kind === 'assignment' && SECRET.includes(statement.name)) {
      hide(statement.valueRange.start, statement.valueRange.end);
    }
  }
  return units.join('').replace(AFTER_NAME, (all, head: string, value: string) =>
    // An assignment that was read is hidden already, and others may follow it.
    value.startsWith('•') ? all : head + value.replace(/\S/g, '•'),
  );
}

const SECRET_WORD =
  /(\b[\w-]*(?:passw(?:or)?d|passphrase|secret|token|api_?key|\bpsk)[\w-]*["']?[ \t]*[:=](?![ \t]*(?:["']?\{\{|!vault))[ \t]*)([^\n]*)/gi;

/** The same for YAML and INI: what stands behind a name that sounds like a secret. */
export function maskSecretWords(text: string): string {
  return text.replace(
    SECRET_WORD,
    (_all, head: string, value: string) => head + value.replace(/\S/g, '•'),
  );
}
