import fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatEdits } from '../../../core/formats/installer-config/format.ts';
import { parseInstallerConfig } from '../../../core/formats/installer-config/parse.ts';
import { settingsOf } from '../../../core/formats/installer-config/settings.ts';
import { applyEdits } from '../../../core/formats/text-edit.ts';
import { installerConfig } from '../../integration/random-installer-config.ts';
import { runs } from '../../property-runs.ts';

const formatted = (text: string): string => applyEdits(text, formatEdits(text));
const valuesOf = (text: string): unknown => [
  ...settingsOf(parseInstallerConfig(text)).values.entries(),
];

it.each([
  [
    '\n\n  hostname=pi  \n\n\n\nrootpw="a  b"   # note  \n\n',
    'hostname=pi\n\nrootpw="a  b"   # note\n',
  ],
  ['hostname=a ;rootpw=b;', 'hostname=a; rootpw=b\n'],
  ['hostname=a   rootpw=b\n', 'hostname=a rootpw=b\n'],
  ['hostname=a\r\nrootpw=b\nusername=c\r\n', 'hostname=a\r\nrootpw=b\r\nusername=c\r\n'],
  ['hostname=a\\ \nrootpw="  x \n  y "\n', 'hostname=a\\ \nrootpw="  x \n  y "\n'],
  ["hostname=a  \nrootpw='open  \n  x=y  ", "hostname=a\nrootpw='open  \n  x=y  "],
  ['export   hostname=a  \n', 'export   hostname=a\n'],
  ['hostname=a &\n', 'hostname=a &\n'],
  ['', ''],
])('%j becomes %j', (text, wanted) => {
  expect(formatted(text)).toBe(wanted);
});

it('keeps every value, and has nothing to do the second time', () => {
  fc.assert(
    fc.property(installerConfig, (text) => {
      const once = formatted(text);
      expect(valuesOf(once)).toEqual(valuesOf(text));
      expect(formatEdits(once)).toEqual([]);
    }),
    runs(1000),
  );
});
