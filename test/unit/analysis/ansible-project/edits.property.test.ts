import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { runs } from '../../../property-runs.ts';
import { ansibleLanguage } from '../../../../core/analysis/ansible-project/language.ts';
import type { AnsibleProject } from '../../../../core/analysis/ansible-project/project.ts';
import { analyseTemplate } from '../../../../core/analysis/ansible-project/template-language.ts';
import { analyse } from '../../../../core/analysis/analyse.ts';
import type { AnalysedPlaybook } from '../../../../core/analysis/playbook/language.ts';
import { filesOnDisk } from '../../../../core/inventory/files.ts';
import { crash, indexOf } from './project.ts';

const root = join(import.meta.dirname, 'samples/right');
const paths = readdirSync(root, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.(?:ya?ml|j2)$/.test(entry.name))
  .map((entry) => join(entry.parentPath, entry.name));

let ansible: AnsibleProject;

beforeAll(async () => {
  ansible = await (await indexOf(filesOnDisk, root)).build();
});

const piece = fc.constantFrom(
  '{{ ',
  ' }}',
  '{% if x %}',
  '{% endif %}',
  '"',
  "'",
  '\n',
  '  ',
  '- ',
  ': ',
  '|',
  '&a ',
  '*a',
  '#',
  '[',
  '}',
  'notify: x\n',
  'when: "{{ a }}"\n',
  'hosts: pi[1:',
  'item',
  '\t',
  '\uFEFF',
  '🍓',
  '| default(',
);
const edit = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  remove: fc.nat(12),
  insert: piece,
});

it('edits of any kind crash nothing, and what is found step by step is what is found at once', () => {
  const { knowledge } = ansible;
  const project = { knowledge, place: { root }, ansible };
  fc.assert(
    fc.property(
      fc.constantFrom(...paths),
      fc.array(edit, { minLength: 1, maxLength: 4 }),
      (path, edits) => {
        let text = readFileSync(path, 'utf8');
        const kind = ansible.documents.get(path)?.kind;
        let previous: AnalysedPlaybook | undefined;
        for (const { at, remove, insert } of edits) {
          const start = Math.floor(at * text.length);
          text = text.slice(0, start) + insert + text.slice(start + remove);
          if (kind === undefined) {
            const { findings } = analyseTemplate(
              { path, text },
              { knowledge, ansible },
              undefined,
              crash,
            );
            for (const { end } of findings) expect(end).toBeLessThanOrEqual(text.length);
            continue;
          }
          const document = { path, text, language: ansibleLanguage(kind) };
          previous = analyse(document, project, previous, crash);
          const whole = analyse(document, project, undefined, crash);
          expect(previous.findings).toEqual(whole.findings);
          for (const { start: from, end } of previous.findings) {
            expect(from).toBeLessThanOrEqual(end);
            expect(end).toBeLessThanOrEqual(text.length);
          }
        }
      },
    ),
    runs(120),
  );
});
