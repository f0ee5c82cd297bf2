/** ansible-lint’s results among our findings: what both found is told once, by ours. */
import { compareFindings, type Finding } from '../finding.ts';
import type { PlaybookFacts } from '../playbook/facts.ts';
import { oursFor } from '../playbook/noqa.ts';
import { tasksIn } from '../playbook/tasks.ts';
import type { LintedText, LintResult } from './result.ts';

/**
 * `linted` is about the text as it was saved. What stands before and behind that which changed since
 * goes along; what was found in it is not known any more.
 */
export function withLint(
  findings: readonly Finding[],
  facts: PlaybookFacts,
  linted: LintedText,
): readonly Finding[] {
  const { text } = facts;
  const lines = lineStarts(linted.text);
  const moved = mover(linted.text, text);
  const tasks = new Map<number, number>();
  for (const { item, start } of facts.items) {
    for (const task of tasksIn(item))
      tasks.set(lineStart(text, start + task.start), start + task.end);
  }
  const added = linted.results.flatMap((result): Finding[] => {
    const placed = place(result, linted.text, lines);
    const start = placed === undefined ? undefined : moved(placed);
    if (placed === undefined || start === undefined) return [];
    const line = lineStart(text, start);
    // It tells of a task at its first line, ours at the line that must change.
    const end = tasks.get(line) ?? lineEnd(text, start);
    const ours = [result.rule, ...oursFor(result.rule)];
    const isTold = findings.some(
      (each) => line <= each.start && each.start < end && ours.includes(each.code),
    );
    return isTold ? [] : [findingOf(result, start, start + placed.end - placed.start)];
  });
  return added.length === 0 ? findings : [...findings, ...added].sort(compareFindings);
}

function findingOf(
  { rule, message, severity, url }: LintResult,
  start: number,
  end: number,
): Finding {
  const href = url === undefined ? {} : { href: url };
  return { code: rule, severity, message, start, end, source: 'ansible-lint', ...href };
}

type Place = { readonly start: number; readonly end: number };

/** The line without what is around its text, from the column on where there is one. */
function place(
  { line, column }: LintResult,
  text: string,
  starts: readonly number[],
): Place | undefined {
  const begin = starts[Math.max(0, line - 1)];
  if (begin === undefined) return undefined;
  const end = lineEnd(text, begin);
  const words = text.slice(begin, end);
  const indent = /^\s*(?:- +)?/.exec(words)?.[0].length ?? 0;
  const from = column === undefined || column - 1 >= words.trimEnd().length ? indent : column - 1;
  return { start: begin + from, end: begin + Math.max(words.trimEnd().length, from) };
}

/** Where a place of the one text begins in the other, as far as that can be said. */
function mover(from: string, to: string): (place: Place) => number | undefined {
  if (from === to) return ({ start }) => start;
  const most = Math.min(from.length, to.length);
  let before = 0;
  while (before < most && from.charCodeAt(before) === to.charCodeAt(before)) before++;
  let behind = 0;
  while (
    behind < most - before &&
    from.charCodeAt(from.length - 1 - behind) === to.charCodeAt(to.length - 1 - behind)
  ) {
    behind++;
  }
  return ({ start, end }) => {
    if (end <= before) return start;
    return start >= from.length - behind ? start + to.length - from.length : undefined;
  };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

function lineEnd(text: string, offset: number): number {
  const newline = text.indexOf('\n', offset);
  return newline < 0 ? text.length : newline;
}
