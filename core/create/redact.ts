/** Rendered files as they may be shown and journaled: without passwords and private keys. */
import { INSTALLER_OPTIONS } from '../data/installer-options.ts';
import { parseInstallerConfig } from '../formats/installer-config/parse.ts';

const HIDDEN = '(hidden)';
const SECRET_NAMES = new Set(
  INSTALLER_OPTIONS.filter((option) => option.secret === true).map((option) => option.name),
);
/** Also in comments, commands and code that the parser does not read: to the end of the line. */
const SECRET_TEXT = new RegExp(
  `\\b(${[...SECRET_NAMES].join('|')})(\\s*\\+?=\\s*)(?!\\(hidden\\)).*`,
  'g',
);

/** Hides what is secret in a rendered file; by its path, as in the folder of a host. */
export function redact(path: string, content: string): string {
  if (content.includes('PRIVATE KEY-----')) return `${HIDDEN}\n`;
  return path.endsWith('.list') ? content : redactSettings(content);
}

/** Values first by their place, since one may go over several lines; then what is left of names. */
function redactSettings(text: string): string {
  const secrets = parseInstallerConfig(text)
    .statements.filter((statement) => statement.kind === 'assignment')
    .filter(({ name }) => SECRET_NAMES.has(name))
    .sort((a, b) => b.valueRange.start - a.valueRange.start);
  let result = text;
  for (const { valueRange } of secrets) {
    result = result.slice(0, valueRange.start) + HIDDEN + result.slice(valueRange.end);
  }
  return result.replace(
    SECRET_TEXT,
    (_match, name: string, equals: string) => name + equals + HIDDEN,
  );
}
