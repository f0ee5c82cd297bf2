/** Asks twice as a run does, and prints the answers. */
import { chooseAnswerer, stopAnswering } from '../../cli/answer.ts';

const { signal } = new AbortController();
const answer = chooseAnswerer('terminal');
const first = await answer({ type: 'yes-no', text: 'Go on?' }, signal);
const second = await answer({ type: 'typed', text: 'Which one?', expect: 'kitchen' }, signal);
process.stdout.write(`${first?.value ?? 'none'} ${second?.value ?? 'none'}\n`);
stopAnswering();
