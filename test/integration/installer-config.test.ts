/** Our reading of installer-config.txt against bash itself. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseInstallerConfig } from '../../core/formats/installer-config/parse.ts';
import { formatEdits } from '../../core/formats/installer-config/format.ts';
import { settingsOf } from '../../core/formats/installer-config/settings.ts';
import { applyEdits } from '../../core/formats/text-edit.ts';
import { endsInSandbox, type SandboxEnd } from './bash-sandbox.ts';
import { asInstalled, installerConfig, NAMES, plainConfig } from './random-installer-config.ts';

const fullTests = process.env['RPI_TEST_FULL'] === '1';

/** The same files each time in `npm test`; new ones in `npm run test:full`. */
const sample = (arbitrary: fc.Arbitrary<string>, numRuns: number): string[] =>
  fc.sample(arbitrary, { numRuns, ...(fullTests ? {} : { seed: 2015 }) });

const HAND_MADE = [
  '',
  '\n',
  '# nothing but a comment',
  'hostname=pi',
  'hostname=pi\r\nrootpw=x\r\n',
  'hostname=pi\rrootpw=x\n',
  'hostname = pi\nrootpw=x\n',
  'rootpw=correct horse battery\nhostname=a\n',
  "rootpw='never closed\nhostname=b\n",
  "hostname=a\nrootpw='open\nusername='bob'\n",
  'hostname=a\nrootpw="x\nusername=bob\npackages="y"\n',
  'hostname=a\nexit\nhostname=b\n',
  'hostname=a; exit 0; rootpw=b\n',
  'hostname=a\nreturn 0\nhostname=b\n',
  'root_ssh_pubkey=ssh-ed25519 AAAA me@here\nhostname=x\n',
  'rootpw=pa$$word\nusername=pi\n',
  'rootpw=`date`\nusername=pi\n',
  'packages=a,\\\n  b\n',
  'packages="a,\\\n  b"\n',
  'packages="a,\n  b"\n',
  'hostname=one\nhostname=two\nhostname+=three\n',
  'export hostname=pi rootpw="a b"\n',
  'hostname=\nrootpw=""\nusername=\'\'\n',
  "rootpw='it'\\''s'\n",
  'rootpw="say \\"hi\\""\n',
  'hostname=pi #comment\nrootpw=x#no-comment\n',
  'hostname=münchen\nrootpw=中文😀\n',
  '\tlocales="de_DE.UTF-8 en_GB.UTF-8"\t\n',
  '\uFEFFhostname=pi\nrootpw=x\n',
  'hostname=a &&\n# between\nrootpw=b\n',
  'rootpw=a$"${hostname:=h}0"\nusername=$"plain"\n',
  'cp "${tmp_bootfs}/raspberrypi-ua-netinst/config.txt" "${tmp_bootfs}/config.txt"\nhostname=a\n',
];

/** How often we said something definite, for a test that must not become empty. */
type Compared = { values: number; unset: number; ended: number };

/** What we compute of a file against what bash made of it. */
function compare(text: string, end: SandboxEnd, compared: Compared): void {
  const shown = JSON.stringify(text);
  const settings = settingsOf(parseInstallerConfig(text));
  const { values, certain } = settings;
  if (settings.end?.kind === 'exit' || settings.end?.kind === 'exec') {
    expect(end.ended, `ends the shell: ${shown}`).toBe(true);
    compared.ended++;
  }
  const definite = [...values.values()].some((value) => value !== undefined);
  if (end.ended && settings.end === undefined) {
    expect(definite && certain, `goes on to the end: ${shown}`).toBe(false);
  }
  for (const [position, name] of NAMES.entries()) {
    const ours = values.get(name);
    const actual = end.values?.[position];
    if (values.has(name)) {
      if (ours === undefined) continue;
      expect(actual, `${name} in ${shown}`).toBe(ours);
      compared.values++;
    } else if (certain) {
      expect(actual, `${name} in ${shown}`).toBeUndefined();
      compared.unset++;
    }
  }
}

describe('an installer-config.txt', () => {
  it('has the values that bash gives its settings, in 10,000 files', async () => {
    const files = [
      ...HAND_MADE,
      ...sample(installerConfig, 7000),
      ...sample(plainConfig, 3000 - HAND_MADE.length),
    ];
    const ends = await endsInSandbox(
      files.map((text) => ({ script: asInstalled(text), names: NAMES })),
    );
    expect(ends).toHaveLength(10_000);
    const compared: Compared = { values: 0, unset: 0, ended: 0 };
    for (const [index, text] of files.entries()) {
      const end = ends[index];
      if (end !== undefined) compare(text, end, compared);
    }
    // Saying “unknown” is always right, and of no use.
    expect(compared.values).toBeGreaterThan(10_000);
    expect(compared.unset).toBeGreaterThan(10_000);
    expect(compared.ended).toBeGreaterThan(20);
  });

  it('has the same values after formatting, in 3,000 files', async () => {
    const files = [...HAND_MADE, ...sample(installerConfig, 3000 - HAND_MADE.length)];
    const formatted = files.map((text) => applyEdits(text, formatEdits(text)));
    const changed = files.flatMap((text, index) => {
      const after = formatted[index] ?? '';
      return after === text ? [] : [{ text, after }];
    });
    expect(changed.length).toBeGreaterThan(1000);
    const run = (texts: readonly string[]): Promise<SandboxEnd[]> =>
      endsInSandbox(texts.map((text) => ({ script: asInstalled(text), names: NAMES })));
    const before = await run(changed.map(({ text }) => text));
    const after = await run(changed.map((each) => each.after));
    for (const [index, { text }] of changed.entries()) {
      // The number of a process is never the same twice.
      if (/\$\$/.test(text)) continue;
      expect(after[index], JSON.stringify(text)).toEqual(before[index]);
    }
  });
});
