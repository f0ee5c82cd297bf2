/** What is wrong with variables by their names, wherever they are set: inventory, group_vars … */
import type { Draft } from '../rule.ts';
import type { TextRange } from '../features.ts';
import { meantConnectionVariable, OLD_NAMES, SECRET_VARIABLES } from './connection-variables.ts';

export type SetVariable = {
  readonly name: string;
  readonly nameRange: TextRange;
  /** Of a scalar. */
  readonly text: string | undefined;
  readonly valueRange: TextRange;
  readonly isVault: boolean;
};

export function misspeltVariableDraft({ name, nameRange }: SetVariable): Draft | undefined {
  const meant = meantConnectionVariable(name);
  if (meant === undefined) return undefined;
  return {
    ...nameRange,
    message: `Ansible does not know ${name}. Did you mean ${meant}?`,
    fixes: [rename(nameRange, meant)],
  };
}

export function oldVariableDraft({ name, nameRange }: SetVariable): Draft | undefined {
  const old = OLD_NAMES.get(name);
  if (old === undefined) return undefined;
  return {
    ...nameRange,
    severity: old.works ? 'information' : 'warning',
    message: old.works
      ? `${name} is an old name of ${old.now}.`
      : `${name} has no effect: it is called ${old.now}.`,
    tags: ['deprecated'],
    fixes: [rename(nameRange, old.now)],
  };
}

export function clearSecretDraft({
  name,
  text,
  valueRange,
  isVault,
}: SetVariable): Draft | undefined {
  if (!SECRET_VARIABLES.has(name) || isVault || text === undefined || text === '') return undefined;
  if (/\{\{|^\$ANSIBLE_VAULT/.test(text)) return undefined;
  return {
    ...valueRange,
    message:
      `${name} stands here in clear: whoever may read the project, or its history, has it. ` +
      'Use keys (rpi access setup), or encrypt it: ansible-vault encrypt_string',
  };
}

function rename(range: TextRange, name: string): NonNullable<Draft['fixes']>[number] {
  return {
    title: `Write ${name}`,
    edits: [{ start: range.start, end: range.end, text: name }],
    preferred: true,
  };
}
