/**
 * How many cases a property is tried on: all of them in `npm run test:full`, new ones every time; in
 * `npm test` a part, always the same, so that a change fails by what it changes.
 */
export const fullTests = process.env['RPI_TEST_FULL'] === '1';

const PART = 4;
const SEED = 20_260_101;

export function runs(all: number): { readonly numRuns: number; readonly seed?: number } {
  return fullTests ? { numRuns: all } : { numRuns: Math.ceil(all / PART), seed: SEED };
}
