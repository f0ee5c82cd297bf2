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

/** Names of one's own whose value is a secret, whoever named them. */
const SECRET_NAME =
  /(?:^|_)(?:password|passwd|passphrase|psk|api_?key|(?:api|access|auth)_token|secret_key)$/i;

/** What such a value is when it is none: a path, a hash, nothing yet, or how it is dealt with. */
const NO_SECRET =
  /^(?:[~.]?\/|\$\w{1,4}\$|\*|!|<.*>$)|^(?:true|false|yes|no|null|none|omit|change_?me|todo|always|never|on_create|prompt|enabled|disabled)?$/i;

export function clearSecretDraft({
  name,
  text,
  valueRange,
  isVault,
}: SetVariable): Draft | undefined {
  if (isVault || text === undefined || text === '' || /\{\{|^\$ANSIBLE_VAULT/.test(text)) {
    return undefined;
  }
  if (SECRET_VARIABLES.has(name)) {
    return {
      ...valueRange,
      message:
        `${name} stands here in clear: whoever may read the project, or its history, has it. ` +
        'Use keys (rpi access enroll), or encrypt it: ansible-vault encrypt_string',
    };
  }
  if (!SECRET_NAME.test(name) || NO_SECRET.test(text)) return undefined;
  return {
    ...valueRange,
    severity: 'information',
    message: `${name} stands here in clear. Encrypt it (ansible-vault encrypt_string), or look it up while it runs.`,
  };
}

function rename(range: TextRange, name: string): NonNullable<Draft['fixes']>[number] {
  return {
    title: `Write ${name}`,
    edits: [{ start: range.start, end: range.end, text: name }],
    preferred: true,
  };
}
