import { describe, expect, it } from 'vitest';
import { remaining, type Progress } from '../../../core/detect/settle.ts';

const quiet: Progress = {
  now: 10_000,
  askedAt: 1000,
  newsAt: 1000,
  held: false,
  foundAny: true,
  someMissing: false,
  wait: undefined,
};

describe('a scan', () => {
  it('goes on while addresses are still being asked, however long that takes', () => {
    expect(remaining({ ...quiet, askedAt: undefined })).toBe(Infinity);
  });

  it('is over when nothing has been heard for a while', () => {
    expect(remaining(quiet)).toBe(0);
    expect(remaining({ ...quiet, now: 1000 })).toBeGreaterThan(0);
  });

  it('goes on after every news', () => {
    const left = remaining({ ...quiet, now: 1100 });
    expect(remaining({ ...quiet, now: 1100, newsAt: 1100 })).toBeGreaterThan(left);
  });

  it('is not over while a likely Pi is being asked', () => {
    expect(remaining({ ...quiet, held: true })).toBe(Infinity);
  });

  it('waits for the system’s second question when a Pi is missing, its third when all are', () => {
    const some = remaining({ ...quiet, now: 1000, someMissing: true });
    const none = remaining({ ...quiet, now: 1000, foundAny: false });
    expect(some).toBeGreaterThan(1000);
    expect(none).toBeGreaterThan(2000);
  });

  it('takes exactly as long as a person says, whatever happens', () => {
    const asked = { ...quiet, wait: 5000, held: true, newsAt: 5900 };
    expect(remaining({ ...asked, now: 5999 })).toBe(1);
    expect(remaining({ ...asked, now: 6000 })).toBe(0);
  });
});
