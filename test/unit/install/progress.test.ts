import { expect, it } from 'vitest';
import { NETINST_PROGRESS } from '../../../core/install/backends/netinst/progress.ts';
import { courseOf, type Course } from '../../../core/install/progress-course.ts';

/** A course whose lines come ten seconds apart. */
function after(lines: readonly string[]): Course {
  let now = 0;
  const course = courseOf(NETINST_PROGRESS, () => now);
  for (const line of lines) {
    now += 10_000;
    course.read(line);
  }
  return course;
}

it('knows the phase, how far it is, and guesses the time that is left', () => {
  const course = after([
    'Copying boot files... OK',
    'Partitioning the disk...',
    'Starting install process...',
  ]);
  expect(course.title()).toBe('installing the base system');
  expect(course.percent()).toBe(15);
  expect(course.wiped()).toBe(true);
  // 15 of 100 in 20 s.
  expect(course.left()).toEqual(['about 2 min left']);
});

it('guesses nothing at the beginning, and what it does not know changes nothing', () => {
  const course = after(['Copying boot files... OK', 'some other words']);
  expect(course.left()).toBeUndefined();
  expect(course.wiped()).toBe(false);
});

it('never goes back within a try, and begins anew with the next', () => {
  const course = after(['Starting install process...', 'Copying boot files... OK']);
  expect(course.percent()).toBe(15);
  expect(course.read('  2 retries left.')).toEqual({ type: 'retry', left: 2 });
  expect(course.percent()).toBe(0);
  // What is gone stays gone.
  expect(course.wiped()).toBe(true);
});

it('sees that it has given up', () => {
  expect(after(['  The maximum number of retries is reached!']).stopped()).toBe(true);
});
