/** Answers that stay small, whatever there is to offer. */
import type { Completion, Completions } from '../../features.ts';

/** At some 400 bytes each an answer stays below 100 kB. */
const MOST = 200;

/** Those that have the letters typed, the first of them; the rest once more letters are there. */
export function bounded(all: readonly Completion[], typed: string): Completions {
  if (all.length <= MOST) return all;
  const wanted = typed.toLowerCase();
  const fitting = all.filter(({ label }) => hasLetters(label.toLowerCase(), wanted));
  fitting.sort((a, b) => (a.order < b.order ? -1 : a.order > b.order ? 1 : 0));
  return { items: fitting.slice(0, MOST), isIncomplete: true };
}

export function hasLetters(name: string, letters: string): boolean {
  let at = 0;
  for (const letter of letters) {
    at = name.indexOf(letter, at) + 1;
    if (at === 0) return false;
  }
  return true;
}
