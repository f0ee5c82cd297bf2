/** Numbers on the command line. */
import { InvalidArgumentError } from 'commander';

/** Reads a whole number within bounds, for commander. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It takes a whole number, ${least} to ${most}.`);
  };
}
