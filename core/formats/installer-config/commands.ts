/** What is known of the commands that stand among settings. */
import type { Command } from './statement.ts';

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

/** Built into bash, and able to set a variable, end the shell or change how it reads on. */
const POWERFUL = words(`. alias bind builtin caller command compgen complete compopt coproc declare
  enable eval exec exit export fc getopts hash kill let local logout mapfile popd printf pushd read
  readarray readonly return set shift shopt source suspend trap typeset ulimit unalias unset wait`);

/** Functions of the two installers' own scripts: a config can call them, as it is sourced. */
const INSTALLER_FUNCTIONS =
  words(`config_check config_set convert_listvariable dtoverlay_enable fail
  fail_blocking inputfile_sanitize install_files led_sos line_add line_add_if_boolean
  line_add_if_boolean_not line_add_if_set log_msg log_msg_end log_msg_inline log_msg_start
  module_enable output_filter sanitize_inputfile set_filter show_deprecation_notice variable_deduplicate
  variable_sanitize variable_set variable_set_deprecated variables_reset variables_set_defaults`);

/** Programs that end the machine, or the shell from outside. */
const ENDING = words('halt init killall killall5 pkill poweroff reboot shutdown telinit');

/** Commands that can keep what follows from being read, or from taking effect. */
const DECISIVE =
  words(`. alias builtin command declare enable eval exec exit fail fail_blocking kill
  local logout readonly return set shopt source suspend trap typeset unset halt killall killall5 pkill
  poweroff reboot shutdown`);

/**
 * True when the settings before it stay as they are. Of an expansion that may assign (`${x:=1}`)
 * nothing is known. A program can't change the variables of the shell that starts it.
 */
export function isHarmless({ commands, computed }: Command): boolean {
  if (computed) return false;
  return commands.every(
    (name) =>
      name !== undefined &&
      name !== '' &&
      !POWERFUL.has(name) &&
      !INSTALLER_FUNCTIONS.has(name) &&
      !ENDING.has(name),
  );
}

/** The command that decides whether later settings count, as a person would name it, or undefined. */
export function decisiveCommand({ commands, computed }: Command): string | undefined {
  for (const name of commands) {
    if (name === undefined) return 'a command that the shell computes';
    if (DECISIVE.has(name)) return `“${name}”`;
  }
  return computed ? 'something that the running shell decides' : undefined;
}

/**
 * How a command certainly ends the reading, or undefined: `exit` and `exec` end the installer
 * itself, `return` the file.
 */
export function endingCommand({
  commands,
  plain,
  computed,
  words: [...all],
}: Command): 'exit' | 'exec' | 'return' | undefined {
  if (!plain || computed) return undefined;
  const name = commands[0];
  const first = all.findIndex(({ assignment }) => assignment === undefined);
  const rest = all.slice(first + 1);
  if (rest.some(({ value }) => value === undefined)) return undefined;
  // A help text for `--help`, a complaint for a second argument: then the shell lives on.
  const isPlainStatus =
    rest.length === 0 || (rest.length === 1 && /^\d+$/.test(rest[0]?.value ?? ''));
  if (name === 'exit' || name === 'return') return isPlainStatus ? name : undefined;
  return name === 'exec' && rest.length > 0 && rest[0]?.value?.startsWith('-') === false
    ? 'exec'
    : undefined;
}
