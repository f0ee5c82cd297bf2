import fc from 'fast-check';
import { expect, it } from 'vitest';
import { harmless } from '../../../cli/render/harmless.ts';
import { hostLines } from '../../../cli/render/terminal.ts';

const RED = '\x1b[31m';
const RESET = '\x1b[0m';

it('shows what a Pi prints in its colours, which end with their line', () => {
  expect(harmless(`a ${RED}b\n\tc`)).toBe(`a ${RED}b${RESET}\n\tc`);
  expect(harmless(`${RED}b${RESET} ü 🍓`)).toBe(`${RED}b${RESET} ü 🍓`);
});

it('gives a Pi no power over the terminal, nor over the lines of others', () => {
  const title = '\x1b]0;owned\x07';
  const up = '\x1b[1A\x1b[2Kkitchen │ fine\r';
  expect(harmless(`${title}${up}\x1b[6n\x9b31m\b\b\0end\r\nnext`)).toBe('kitchen │ fineend\nnext');
  expect(hostLines('attic', { stream: 'stdout', text: `1${up}\n2\n` })).toMatch(
    /attic.* 1kitchen │ fine\n.*attic.* 2\n$/,
  );
});

it('leaves no other control character, whatever comes', () => {
  const bits = fc.constantFrom('\x1b', '[', ']', '31m', '\x9b', '\x07', 'a', '\r', '\n', '\t', ';');
  fc.assert(
    fc.property(fc.array(bits, { maxLength: 20 }), (parts) => {
      const shown = harmless(parts.join(''));
      expect(shown.replaceAll(/\x1b\[[\d;:]*m/g, '')).not.toMatch(/(?![\t\n])\p{Cc}/u);
    }),
  );
});
