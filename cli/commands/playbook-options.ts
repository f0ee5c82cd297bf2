/** The options that provision, deploy and playbook share; their names are Ansible's own. */
import type { Command } from 'commander';
import * as z from 'zod';
import type { StagesInput } from '../../core/ansible/stages.ts';

const options = z.object({
  limit: z.string().optional(),
  tags: z.string().optional(),
  check: z.boolean().default(false),
  diff: z.boolean().default(false),
  askBecomePass: z.boolean().default(false),
  askVaultPass: z.boolean().default(false),
});

/** With `files`, playbooks are named before the `--`. */
export function addPlaybookOptions(command: Command, { files = false } = {}): Command {
  const words = files
    ? command.argument('<file...>', 'playbooks; after --: passed to ansible-playbook as it is')
    : command.argument('[ansible-args...]', 'after --: passed to ansible-playbook as they are');
  return words
    .option('-l, --limit <hosts>', 'only these hosts (an Ansible host pattern)')
    .option('-t, --tags <tags>', 'only plays and tasks with these tags')
    .option('-C, --check', 'let Ansible predict changes and make none')
    .option('-D, --diff', 'show what changes in files')
    .option('-K, --ask-become-pass', 'ask for the password of sudo')
    .option('-J, --ask-vault-pass', 'ask for the password of the vault')
    .option('--dry-run', 'show the stages and hosts, start nothing');
}

export function playbookInput(command: Command, json: boolean): StagesInput {
  const given = options.parse(command.opts());
  return {
    limit: given.limit,
    tags: given.tags,
    check: given.check,
    diff: given.diff,
    askBecomePassword: given.askBecomePass,
    askVaultPassword: given.askVaultPass,
    extra: command.args,
    colour: wantsColour(json),
  };
}

/** Whether what Ansible prints is for the eyes of a person. */
export function wantsColour(json: boolean): boolean {
  return !json && process.stdout.isTTY && process.env['NO_COLOR'] === undefined;
}
