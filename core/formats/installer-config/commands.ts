/** What is known of the commands that stand among settings. */
import type { Statement } from './parse.ts';

type Command = Extract<Statement, { readonly kind: 'command' }>;

/** Commands that set no variable of the shell that runs them. */
const HARMLESS = new Set(
  ': true echo cp mv rm mkdir touch chmod chown sleep sync mount umount cat sed grep date logger'.split(
    ' ',
  ),
);

/** Commands that can keep what follows from being read, or from taking effect. */
const DECISIVE = new Set(
  '. alias builtin command declare enable eval exec exit local readonly return set shopt source trap typeset unset'.split(
    ' ',
  ),
);

/** True when the settings before it stay as they are. Of an expansion nothing is known: `${x:=1}`. */
export function isHarmless({ commands, computed }: Command): boolean {
  if (computed) return false;
  return commands.every((name) => name !== undefined && HARMLESS.has(name));
}

/** The command that decides whether later settings count, as a person would name it, or undefined. */
export function decisiveCommand({ commands }: Command): string | undefined {
  for (const name of commands) {
    if (name === undefined) return 'a command that the shell computes';
    if (DECISIVE.has(name)) return `“${name}”`;
  }
  return undefined;
}
