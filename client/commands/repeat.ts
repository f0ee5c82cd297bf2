/** The words that start a run again; pure. */
import type { RunSummary } from '../../core/runs/run-summary.ts';

/** Options of who started it, and not of what it does; with the number of words they take. */
const OF_THE_STARTER = new Map([
  ['--json', 0],
  ['--project', 1],
  ['--answers', 1],
]);

/** What stands in a journal in place of a value that may be secret. */
const LEFT_OUT = /^(?:-.*)?…$/;

/** The words after `rpi`, or undefined where some of them are not in the journal. */
export function wordsToRepeat(run: Pick<RunSummary, 'args'>): readonly string[] | undefined {
  const words: string[] = [];
  for (let index = 0; index < run.args.length; index++) {
    const word = run.args[index] ?? '';
    if (LEFT_OUT.test(word)) return undefined;
    if (word === '--') return restAfter(run.args, index, words);
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
