/** Any text at all, lone surrogates included: what `fc.string({ unit: 'binary' })` takes a second to begin with. */
import * as fc from 'fast-check';

export const anyText: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.integer({ max: 0x7f, min: 0 }), fc.integer({ max: 0xffff, min: 0 })))
  .map((codes) => String.fromCharCode(...codes));
