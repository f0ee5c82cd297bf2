import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  analyseInstallerConfig,
  type AnalysedInstallerConfig,
} from '../../../../core/analysis/installer-config/language.ts';
import type { InstallerProject } from '../../../../core/analysis/installer-config/project.ts';
import { RASPBERRYPI_DIALECT, RASPBIAN_DIALECT } from '../../../../core/data/installer-dialects.ts';
import { applyEdits } from '../../../../core/formats/text-edit.ts';
import { runs } from '../../../property-runs.ts';

const NAMES = [...RASPBERRYPI_DIALECT.options, ...RASPBIAN_DIALECT.options].map(({ name }) => name);
const value = fc.oneof(
  fc.constantFrom(
    ...['', '0', '1', 'dhcp', '192.168.1.5', '192.168.1.1', '255.255.255.0', '+512M', 'wlan0'],
    ...["'a b'", '"x$y"', 'a b', 'x&y', '$(id)', "'open", '"a\nb"', '~', 'en_GB', 'arm64', 'base'],
    ...["'ssh-ed25519 AAAA me'", 'raspbian', 'http://deb.debian.org/debian', 'connect', 'é😀'],
  ),
  fc.string({ maxLength: 8 }),
);
const line = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(
        fc.constantFrom('', 'export ', ' '),
        fc.constantFrom(...NAMES),
        fc.constantFrom('=', '=', '=', '+=', ' = '),
        value,
      )
      .map((parts) => parts.join('')),
  },
  fc.constantFrom(
    '',
    '# comment',
    '# raspbian-ua-netinst',
    'exit',
    'echo x',
    'if a; then',
    'a\\',
    ';;',
    'a=1 b=2',
  ),
  fc.string({ maxLength: 12 }),
);
const text = fc
  .tuple(fc.array(line, { maxLength: 10 }), fc.constantFrom('\n', '\r\n'))
  .map(([lines, end]) => lines.join('\n').replaceAll('\n', end));
const project: fc.Arbitrary<InstallerProject> = fc.constantFrom<InstallerProject>(
  {},
  { managesAccounts: true, hasWpaSupplicant: true, files: new Set(['a']), bootBytes: 1e9 },
  {
    hosts: [
      { name: 'a', model: 'Raspberry Pi 5' },
      { name: 'b', model: undefined },
    ],
  },
  { dialect: 'raspbian-ua-netinst', scrubsPasswords: true },
);

function analysed(
  whole: string,
  around: InstallerProject,
  previous?: AnalysedInstallerConfig,
): AnalysedInstallerConfig {
  return analyseInstallerConfig(
    { path: 'installer-config.txt', text: whole },
    around,
    previous,
    (code, error) => {
      throw new Error(`The rule ${code} crashed.`, { cause: error });
    },
  );
}

it('rules survive any text, point into it, and their fixes can be applied', () => {
  fc.assert(
    fc.property(text, project, (whole, around) => {
      for (const { start, end, message, fixes = [], related = [] } of analysed(whole, around)
        .findings) {
        expect(start).toBeGreaterThanOrEqual(0);
        expect(end).toBeGreaterThanOrEqual(start);
        expect(end).toBeLessThanOrEqual(whole.length);
        expect(message).toMatch(/[.?…]$|install_files|\d$/);
        for (const place of related) expect(place.end).toBeLessThanOrEqual(whole.length);
        for (const { edits } of fixes) applyEdits(whole, edits);
      }
    }),
    runs(400),
  );
});

it('what is found after an edit is what is found in the new text alone', () => {
  fc.assert(
    fc.property(text, text, project, (before, after, around) => {
      const first = analysed(before, around);
      expect(analysed(after, around, first).findings).toEqual(analysed(after, around).findings);
      const longer = `# line\n${before}\n`;
      expect(analysed(longer, around, first).findings).toEqual(analysed(longer, around).findings);
    }),
    runs(200),
  );
});
