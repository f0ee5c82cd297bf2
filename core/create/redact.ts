/** Rendered files as they may be shown and journaled: without passwords and private keys. */
import { INSTALLER_OPTIONS } from '../data/installer-options.ts';
import { parseInstallerConfig } from '../formats/installer-config/parse.ts';
import { HIDDEN_TEXT, hideAfter, hideRanges, holdsPrivateKey } from '../formats/redact.ts';

const SECRET_NAMES = new Set(
  INSTALLER_OPTIONS.filter((option) => option.secret === true).map((option) => option.name),
);

/** Hides what is secret in a rendered file; by its path, as in the folder of a host. */
export function redact(path: string, content: string): string {
  if (holdsPrivateKey(content)) return HIDDEN_TEXT;
  return path.endsWith('.list') ? content : redactSettings(content);
}

/** Values first by their place, since one may go over several lines; then what is left of names. */
function redactSettings(text: string): string {
  const secrets = parseInstallerConfig(text)
    .statements.filter((statement) => statement.kind === 'assignment')
    .filter(({ name }) => SECRET_NAMES.has(name))
    .map(({ valueRange }) => valueRange);
  // Also in comments, commands and code that the parser does not read.
  const names = `\\b(?:${[...SECRET_NAMES].join('|')})`;
  return hideAfter(hideRanges(text, secrets), names, '[ \\t]*\\+?=[ \\t]*');
}
