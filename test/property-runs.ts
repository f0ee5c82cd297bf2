/** How many cases a property is tried on: all of them in `npm run test:full`, a part in `npm test`. */
export const fullTests = process.env['RPI_TEST_FULL'] === '1';

const PART = 4;

export function runs(all: number): { readonly numRuns: number } {
  return { numRuns: fullTests ? all : Math.ceil(all / PART) };
}
