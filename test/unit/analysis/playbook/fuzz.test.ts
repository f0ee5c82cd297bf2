import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { analysed } from './findings.ts';

const folder = join(import.meta.dirname, 'corpus');
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.yml'))
  .map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));

function pathOf(name: string): string {
  if (name.includes('playbooks/')) return 'playbooks/a.yml';
  return name.startsWith('right/') && !name.startsWith('right/site')
    ? name.slice('right/'.length)
    : name;
}

/** Documents, each with up to four edits. */
const RUNS = process.env['RPI_TEST_FULL'] === '1' ? 5000 : 40;

const PIECES = [
  ...[
    '\n',
    ' ',
    '  ',
    '\t',
    '- ',
    ': ',
    ':',
    '"',
    "'",
    '{',
    '}',
    '[',
    ']',
    '{{ ',
    ' }}',
    '#',
    '&a',
    '*a',
  ],
  ...[
    '|\n',
    '>',
    '---\n',
    '!vault',
    '<<: ',
    '\r\n',
    '- hosts: all\n',
    '  tasks:\n',
    '    - ping:\n',
    'é😀',
    '=',
    ',',
  ],
];

it('never crashes, keeps its findings in the text, and finds the same from scratch', () => {
  const edit = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    remove: fc.nat({ max: 30 }),
    insert: fc.oneof(fc.constant(''), fc.constantFrom(...PIECES)),
  });
  fc.assert(
    fc.property(
      fc.constantFrom(...files),
      fc.array(edit, { maxLength: 4 }),
      ({ name, text }, edits) => {
        // A name that says what it is, so that no edit takes the document away.
        const path = pathOf(name);
        let current = text;
        let state = analysed(current, path);
        for (const { at, remove, insert } of edits) {
          const start = Math.floor(at * current.length);
          current = current.slice(0, start) + insert + current.slice(start + remove);
          let next;
          try {
            next = analysed(current, path, state);
          } catch (error) {
            // It may have become a document that no rule is for.
            if (error instanceof Error && error.message.startsWith('No rules')) return;
            throw error;
          }
          state = next;
          expect(state.findings).toEqual(analysed(current, path).findings);
          for (const { start: from, end, fixes } of state.findings) {
            expect(from).toBeGreaterThanOrEqual(0);
            expect(end).toBeGreaterThanOrEqual(from);
            expect(end).toBeLessThanOrEqual(current.length);
            for (const { start: first, end: last } of fixes?.flatMap(({ edits: all }) => all) ??
              []) {
              expect(first).toBeGreaterThanOrEqual(0);
              expect(last).toBeLessThanOrEqual(current.length);
            }
          }
        }
      },
    ),
    { numRuns: RUNS },
  );
}, 120_000);
