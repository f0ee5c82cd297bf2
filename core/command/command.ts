/** A program to run, as data: tests compare it, one runner executes it, plans print it. */
export type Command = {
  readonly command: string;
  /** One entry an argument; never joined to a string, never through a shell. */
  readonly args: readonly string[];
  /** Added to the runner's environment; undefined removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** Written to the program's standard input, which is empty otherwise. */
  readonly stdin?: string;
};

/** The command as a person would type it, for messages and plans. */
export function commandLine({ command, args }: Command): string {
  return [command, ...args].map(shellWord).join(' ');
}

/** `text` as one word of a POSIX shell. */
export function shellWord(text: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
