/** What templates may refer to, and how a template is rendered. */
import ejs from 'ejs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { RpiError } from '../errors.ts';
import { ejsFault } from '../formats/ejs-fault.ts';
import type { StagePlaybooks } from './ansible-layout.ts';
import type { Template } from './template-tree.ts';

/** The variables of a template. */
export type TemplateValues = {
  /** The name of the project's folder. */
  readonly projectName: string;
  readonly projectId: string;
  /** Networks to look for Pis in, `192.168.1.0/24`; may be empty. */
  readonly networks: readonly string[];
  /** The private key of the project; below the home folder it begins with `~/`. */
  readonly identityFile: string;
  readonly knownHostsFile: string;
  /** The folder of both. */
  readonly dataFolder: string;
  /** The inventory, relative to the project. */
  readonly inventory: string;
  /** In the order the stages run in. */
  readonly playbooks: StagePlaybooks;
  /** True for a scaffolded project, false for one that had its Ansible files before. */
  readonly scaffold: boolean;
  /** `NAME=VALUE` as one argument of ssh's `-o`, quoted for ansible.cfg's ssh_args. */
  readonly sshOption: typeof sshOption;
  /** A text as a YAML scalar, quoted where it must be. */
  readonly yaml: typeof yamlScalar;
};

/** A template's content for these values. Throws `input.invalid`, naming the template. */
export function renderTemplate(template: Template, values: TemplateValues): string {
  if (!template.rendered) return template.content;
  try {
    return ejs.render(template.content, values, { filename: template.source, async: false });
  } catch (error) {
    const reason = ejsFault(error);
    throw new RpiError('input.invalid', `The template ${template.source} is wrong: ${reason}`, {
      remedy: 'Correct the template, or remove it to use the built-in one.',
      cause: error,
    });
  }
}

/**
 * An option whose value is a path, for ansible.cfg's `ssh_args`. Ansible splits those as a POSIX
 * shell does, then ssh reads quotes and `%` tokens.
 */
export function sshOption(name: string, path: string): string {
  const escaped = path.replaceAll('%', '%%');
  if (/^[A-Za-z0-9_@%+:,./~-]+$/.test(escaped)) return `${name}=${escaped}`;
  const forSsh = `${name}="${escaped.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
  return `'${forSsh.replaceAll("'", `'\\''`)}'`;
}

/** `text` as a YAML 1.1 scalar on one line. */
export function yamlScalar(text: string): string {
  return /^[A-Za-z][A-Za-z0-9_./-]*[./][A-Za-z0-9_./-]*$/.test(text) ? text : JSON.stringify(text);
}

/**
 * What `~` may stand for, in a file that ssh and Ansible read: ssh takes the account's home folder,
 * Ansible takes HOME. Undefined where these differ.
 */
export function commonHome(home: string | undefined): string | undefined {
  try {
    return userInfo().homedir === home ? home : undefined;
  } catch {
    return undefined; // a user id without an account
  }
}

/** `path` with `~` for the home folder, so that a project can be shared between people. */
export function withTilde(path: string, home: string | undefined): string {
  if (home === undefined || home === '' || home === '/') return path;
  const prefix = join(home, '/');
  return path.startsWith(prefix) ? `~/${path.slice(prefix.length)}` : path;
}
