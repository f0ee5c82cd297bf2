/** The words that start a run again, which then asks again what it asked; pure. */
import type { RunSummary } from '../../core/runs/run-summary.ts';

/**
 * Options of who started it, and not of what it does: where it is shown, and what was agreed to
 * that once. With the number of words they take.
 */
const OF_THE_STARTER = new Map([
  ['--json', 0],
  ['--project', 1],
  ['--answers', 1],
  ['--yes', 0],
  ['--yes-wipe', 1],
  ['--plan', 1],
  ['--accept-new', 0],
]);

/** Flags of one letter in one word: `-y`, `-yK`. What follows a letter with a value is that value. */
const YES_AMONG_FLAGS = /^-(K*)y(.*)$/;

/** What stands in a journal in place of a value that may be secret. */
const LEFT_OUT = /^(?:-.*)?…$/;

/** The words after `rpi`, or undefined where some of them are not in the journal. */
export function wordsToRepeat(run: Pick<RunSummary, 'args'>): readonly string[] | undefined {
  const words: string[] = [];
  for (let index = 0; index < run.args.length; index++) {
    const word = run.args[index] ?? '';
    if (LEFT_OUT.test(word)) return undefined;
    if (word === '--') return restAfter(run.args, index, words);
    const flags = YES_AMONG_FLAGS.exec(word);
    if (flags !== null) {
      const others = `${flags[1] ?? ''}${flags[2] ?? ''}`;
      if (others !== '') words.push(`-${others}`);
      continue;
    }
    const [name = '', ...value] = word.split('=');
    const takes = OF_THE_STARTER.get(name);
    if (takes === undefined) words.push(word);
    else if (value.length === 0) index += takes;
  }
  return words;
}

/** After a `--` everything belongs to another program. */
function restAfter(
  args: readonly string[],
  index: number,
  words: readonly string[],
): readonly string[] | undefined {
  const rest = args.slice(index);
  return rest.some((word) => LEFT_OUT.test(word)) ? undefined : [...words, ...rest];
}
