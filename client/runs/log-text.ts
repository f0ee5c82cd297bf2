/** A run's events as a text to read: times, words, and what programs printed. Pure. */
import { stripVTControlCharacters } from 'node:util';
import type { Event } from '../../core/runs/event.ts';
import { eventLines, lineOf, PLAIN } from '../../core/runs/event-text.ts';

const LINES = eventLines(PLAIN);

/** What is added to the log by one event; empty for one that says nothing to a person. */
export function logTextOf(event: Event): string {
  if (event.kind === 'output') return printed(event);
  if (event.kind === 'run.started') {
    return lines(event.at, `rpi ${event.args.join(' ')}`);
  }
  if (event.kind === 'question') {
    const { text, detail } = event.question;
    return lines(event.at, `? ${text}${detail === undefined ? '' : `\n${detail}`}`);
  }
  if (event.kind === 'answer') {
    return lines(event.at, `= ${event.value ?? '(not written down)'} — by ${event.by}`);
  }
  const line = lineOf(event, LINES);
  return line === undefined ? '' : lines(event.at, line);
}

/** The time of day stands before the first line, the others are set in as far. */
function lines(at: string, text: string): string {
  const time = new Date(at).toLocaleTimeString('en-GB');
  const [first = '', ...rest] = stripVTControlCharacters(text).split('\n');
  const indent = ' '.repeat(time.length + 2);
  return [`${time}  ${first}`, ...rest.map((line) => indent + line)].join('\n') + '\n';
}

/** As it came, without colours; of a line that was written over, what stayed. */
function printed({ host, text }: Extract<Event, { kind: 'output' }>): string {
  const plain = stripVTControlCharacters(text)
    .replaceAll('\r\n', '\n')
    .replaceAll(/[^\n]*\r/g, '');
  if (host === undefined) return plain;
  return plain
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => `${host} │ ${line}\n`)
    .join('');
}

/** `text` without its beginning, cut at a line, where it is longer than `most` characters. */
export function withoutBeginning(text: string, most: number): string {
  if (text.length <= most) return text;
  const cut = text.indexOf('\n', text.length - most);
  return text.slice(cut < 0 ? text.length - most : cut + 1);
}
