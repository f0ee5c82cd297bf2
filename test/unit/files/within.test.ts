import { expect, test } from 'vitest';
import { isWithin } from '../../../core/files/within.ts';

test('a folder and what is below it, and nothing that only begins alike', () => {
  for (const path of ['/a/b', '/a/b/c', '/a/b/../b/c', '/a/b/..c', '/a/b/']) {
    expect([path, isWithin('/a/b', path)]).toEqual([path, true]);
  }
  for (const path of ['/a', '/', '/a/bc', '/a/b/../c', '/etc/passwd']) {
    expect([path, isWithin('/a/b', path)]).toEqual([path, false]);
  }
});
