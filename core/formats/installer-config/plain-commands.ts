/** Whether what stands between `$(` and `)` is surely what the shell can read. */

/** Words that begin something longer, or end it, where a command's name is expected. */
const RESERVED = new Set(
  '! [[ ]] { } case coproc do done elif else esac fi for function if in select then time until while'.split(
    ' ',
  ),
);

/**
 * Simple commands with `|`, `&&`, `||`, `;` and `&` between them, and redirections to files. The
 * shell reads the rest of a file only where it can read all of this; so “no” is said of whatever is
 * not plainly right, such as groups, loops, and several lines.
 */
export function arePlainCommands(text: string): boolean {
  const words = text
    .replaceAll(/\\[^]|'[^']*'|"(?:\\[^]|[^"\\])*"/g, 'x')
    .replaceAll(/(?:&|\d+)?>{1,2}(?:&\d|[ \t]*[\w./-]+)/g, ' x');
  if (/[\n()<>`]/.test(words)) return false;
  if (/^[ \t]*$/.test(words)) return true;
  if (/(?:&&|\|)[ \t]*$/.test(words)) return false;
  const commands = words.split(/&&|\|\|?|[;&]/);
  if (commands.at(-1)?.trim() === '') commands.pop();
  return commands.every((command) => {
    const [name = ''] = command.trim().split(/[ \t]+/);
    return name !== '' && !RESERVED.has(name);
  });
}
