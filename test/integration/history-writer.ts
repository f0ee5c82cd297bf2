/** Writes intervals to the history at argv[2] until it is killed; says each that is kept. */
import { openHistory } from '../../core/monitor/history/history.ts';
import { lookOf } from './looks.ts';

const [, , path = '', begin = '0'] = process.argv;
using history = openHistory(path, Number(begin));
for (let at = Number(begin); ; at += 10_000) {
  history.record(at, [lookOf('kitchen', at), lookOf('garden', at)]);
  process.stdout.write(`${at}\n`);
}
