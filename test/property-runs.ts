/**
 * How many cases a property is tried on: all of them in `npm run test:full`, new ones every time; in
 * `npm test` a part, always the same, so that a change fails by what it changes.
 */
export const fullTests = process.env['RPI_TEST_FULL'] === '1';

const PART = 4;
const SEED = 20_260_101;

/** Of what is drawn without a number of cases of its own. */
export const drawn: { readonly seed?: number } = fullTests ? {} : { seed: SEED };

export function runs(all: number): { readonly numRuns: number; readonly seed?: number } {
  return { numRuns: fullTests ? all : Math.ceil(all / PART), ...drawn };
}
