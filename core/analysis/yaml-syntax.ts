/** What is no YAML, in plain words, for documents that are read as a whole. */
import type { YamlCause, YamlFault } from '../formats/playbook/yaml-faults.ts';
import type { Draft } from './rule.ts';

const WORDS: Readonly<Record<YamlCause, string>> = {
  tab: 'YAML is indented with blanks, never with tabs.',
  indentation: 'This line is indented otherwise than those it belongs to.',
  'unquoted-template': 'A value that begins with “{{” needs quotation marks around all of it.',
  'colon-in-value': 'A value with “: ” in it needs quotation marks.',
  'unclosed-quote': 'This quotation mark is not closed.',
  'text-after-quote': 'Text follows the closing quotation mark: put all of it between the marks.',
  'reserved-character': 'A value that begins with this character needs quotation marks.',
  'unclosed-bracket': 'This bracket is not closed.',
  'missing-colon': 'A colon is missing behind this name.',
  'glued-dash': 'A space is missing after the dash.',
  'unknown-alias': 'No “&” of this name stands before it.',
  'unknown-tag': 'Ansible knows no such tag, and reads nothing of this file.',
  syntax: 'This is no YAML.',
};

/** A finding a fault. */
export function yamlSyntaxDrafts(faults: readonly YamlFault[]): Draft[] {
  return faults.map(({ start, end, cause, detail }) => ({
    start,
    end,
    message: cause === 'syntax' && detail !== undefined ? sentence(detail) : WORDS[cause],
  }));
}

function sentence(message: string): string {
  const [first = ''] = message.split('\n');
  return `${first.charAt(0).toUpperCase()}${first.slice(1)}${first.endsWith('.') ? '' : '.'}`;
}
