import { expect, test } from 'vitest';
import { createTurns } from '../../../client/turns.ts';

test('what was begun later stays, whichever is done first', () => {
  const begin = createTurns();
  const [first, second] = [begin(), begin()];
  expect(second()).toBe(true);
  expect(first()).toBe(false);
  expect(begin()()).toBe(true);
});

test('a reading that finds nothing new does not keep an earlier one from its place', () => {
  const begin = createTurns();
  const first = begin();
  begin(); // gives up
  expect(first()).toBe(true);
});
