import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { postInstall } from '../../core/create/post-install.ts';
import { INSTALLER_OPTIONS } from '../../core/data/installer-options.ts';
import { RpiError } from '../../core/errors.ts';
import { overlaySettings } from '../../core/formats/installer-config/overlay.ts';
import { parseInstallerConfig } from '../../core/formats/installer-config/parse.ts';
import { quoteValue, settingText } from '../../core/formats/installer-config/quote.ts';
import { settingsOf } from '../../core/formats/installer-config/settings.ts';
import { generateKeyPair } from '../../core/formats/ssh-key.ts';
import { sourceInSandbox } from './bash-sandbox.ts';

/** Characters that mean something to a shell, far more often than chance has them. */
const nasty = fc.constantFrom(
  ...(' \t\'"\\$`;&|<>(){}[]*?!#~=:,+-_./@%^aZ09é中😀'.match(/./gu) ?? []),
);
const value = fc.array(nasty, { maxLength: 12 }).map((characters) => characters.join(''));

describe('values written to installer-config.txt', () => {
  it('are read back by bash exactly as they were meant', async () => {
    const samples = fc
      .sample(fc.oneof(value, fc.string({ unit: 'binary' })), 600)
      .flatMap((meant) => {
        try {
          return [{ meant, script: `hostname=${quoteValue('hostname', meant)}\n` }];
        } catch (error) {
          expect(RpiError.is(error, 'create.unsafe-value')).toBe(true);
          return [];
        }
      });
    expect(samples.length).toBeGreaterThan(300);
    const results = await sourceInSandbox(
      samples.map(({ script }) => ({ script, names: ['hostname'] })),
    );
    for (const [index, { meant }] of samples.entries()) expect(results[index]).toEqual([meant]);
  });

  it('survive the second reading by eval, or are refused', async () => {
    const options = INSTALLER_OPTIONS.filter((option) => option.evaluated !== undefined);
    const samples = fc
      .sample(fc.tuple(fc.constantFrom(...options), value), 800)
      .flatMap(([option, meant]) => {
        try {
          return [{ option, meant, script: `${settingText(option, meant)}\n` }];
        } catch (error) {
          expect(RpiError.is(error, 'create.unsafe-value')).toBe(true);
          return [];
        }
      });
    expect(samples.length).toBeGreaterThan(100);
    const results = await sourceInSandbox(
      samples.map(({ option, script }) => ({
        script,
        names: ['read_back'],
        after:
          option.evaluated === 'quoted'
            ? `eval "read_back=\\"$${option.name}\\""`
            : `words() { read_back="$*"; }; set +f; eval words "$${option.name}"`,
      })),
    );
    for (const [index, { option, meant }] of samples.entries()) {
      const expected =
        option.evaluated === 'quoted'
          ? meant
          : meant
              .split(/[ \t]+/)
              .filter(Boolean)
              .join(' ');
      expect(results[index], `${option.name}=${meant}`).toEqual([expected]);
    }
  });
});

const NAMES = ['hostname', 'packages', 'rootpw', 'username', 'locales'] as const;
const name = fc.constantFrom(...NAMES);
const piece = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      'pi',
      'a-b',
      '1.5',
      '+128M',
      'x=y',
      'a:b',
      '中',
      '{a}',
      '*',
      '#x',
      '!',
      '@%^,/',
    ),
  },
  value.map((text) => `'${text.replaceAll("'", '')}'`),
  value.map((text) => `"${text.replace(/["`$\\]/g, '')}"`),
  fc.constantFrom(
    '"a\\"b"',
    '"\\$x"',
    '"a\\b"',
    '"\\\\"',
    '"a$"',
    '"it\'s"',
    "\\'",
    '\\ ',
    '\\$',
    '\\\\',
    'a\\\nb',
    '"c\\\nd"',
    "'e\nf'",
    '$',
    '"\n"',
  ),
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '$hostname',
      '${x:-y}',
      '"$hostname x"',
      '$(echo a)',
      '`echo b`',
      '~',
      ':~',
      "$'a\\tb'",
      '$"x"',
      '$((1+2))',
      '"${a}"',
      '"$(echo ")")"',
    ),
  },
);
const word = fc.array(piece, { maxLength: 3 }).map((pieces) => pieces.join(''));
const assignment = fc
  .tuple(name, fc.constantFrom('=', '=', '=', '+='), word)
  .map((parts) => parts.join(''));
const statement = fc.oneof(
  { weight: 8, arbitrary: assignment },
  fc.tuple(assignment, assignment).map((two) => two.join(' ')),
  fc.tuple(assignment, assignment).map((two) => two.join('; ')),
  assignment.map((text) => `export ${text}`),
  assignment.map((text) => `${text} # why`),
  assignment.map((text) => `  ${text}  `),
  assignment.map((text) => `${text} true`),
  assignment.map((text) => `${text} && :`),
  assignment.map((text) => `#${text.replaceAll('\n', '')}`),
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '',
      'echo hello',
      'echo "a;b" >/dev/null',
      ': && :',
      'unset hostname',
      'key = value',
      'export hostname',
      'read_only=1',
      'if true; then hostname=no; fi',
      "rootpw='open",
      'true;',
      ';',
      'cat <<END',
      'hostname=(a b)',
      '\\',
      'exit',
    ),
  },
);
const file = fc
  .tuple(
    fc.array(statement, { maxLength: 8 }),
    fc.constantFrom('\n', '\r\n'),
    fc.constantFrom('', '\n'),
  )
  .map(([lines, end, last]) => (lines.join('\n') + last).replaceAll('\n', end));

/** What the installer does to a file before it sources it. */
const asInstalled = (text: string): string => `${text.replaceAll('\r\n', '\n')}\n`;

describe('an installer-config.txt', () => {
  it('has the values that bash gives its settings', async () => {
    const files = fc.sample(file, 1500);
    const results = await sourceInSandbox(
      files.map((text) => ({ script: asInstalled(text), names: NAMES })),
    );
    let compared = 0;
    for (const [index, text] of files.entries()) {
      const settings = settingsOf(parseInstallerConfig(text));
      const actual = results[index];
      for (const [position, each] of NAMES.entries()) {
        if (settings.values.has(each)) {
          const ours = settings.values.get(each);
          if (ours === undefined) continue;
          expect(actual?.[position], `${each} in ${JSON.stringify(text)}`).toBe(ours);
        } else if (settings.certain) {
          expect(actual?.[position], `${each} in ${JSON.stringify(text)}`).toBeUndefined();
        } else continue;
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(1500);
  });

  it('holds every setting that was laid over it, whatever a person wrote', async () => {
    const wanted = fc.record({
      hostname: fc.stringMatching(/^[a-z][a-z0-9-]{0,20}[a-z0-9]$/),
      rootpw: value,
      packages: fc.constantFrom('', 'python3,sudo', 'apache2'),
    });
    const samples = fc.sample(fc.tuple(file, wanted), 1200).flatMap(([text, settings]) => {
      const map = new Map(Object.entries(settings));
      try {
        return [{ text, map, script: overlaySettings(text, map, { path: 'x', heading: 'rpi' }) }];
      } catch (error) {
        expect(RpiError.is(error, 'create.invalid-config')).toBe(true);
        return [];
      }
    });
    expect(samples.length).toBeGreaterThan(300);
    const results = await sourceInSandbox(
      samples.map(({ script, map }) => ({ script: asInstalled(script), names: [...map.keys()] })),
    );
    for (const [index, { text, map, script }] of samples.entries()) {
      expect(results[index], JSON.stringify({ text, script })).toEqual([...map.values()]);
    }
  });
});

it('the sandbox has no programs, no network and no rights', async () => {
  const [result] = await sourceInSandbox([
    {
      script:
        'a=$UID; /usr/bin/ls && b=ran; ls && b=ran; echo x >/tmp/y && c=wrote; read -r d </etc/passwd; (echo >/dev/tcp/127.0.0.1/22) 2>/dev/null && e=net',
      names: ['a', 'b', 'c', 'e'],
    },
  ]);
  expect(result).toEqual(['65534', undefined, undefined, undefined]);
});

describe('post-install.txt', () => {
  const key = generateKeyPair('bob').publicKey;
  const script = postInstall('#!/bin/bash\nmine=ran', [{ name: 'bob', sudo: true, keys: [key] }]);

  it('runs our part, then the person’s, and is not stopped by what is missing', async () => {
    const [result] = await sourceInSandbox([
      // As in the installer: the commands are there, the new system is not.
      {
        script: `set -u; for c in chroot rm mkdir cp chmod; do eval "$c() { ran+=\\" $c\\"; return 1; }"; done; ran=\n${script}\n`,
        names: ['mine', 'ran'],
      },
    ]);
    expect(result?.[0]).toBe('ran');
    expect(result?.[1]?.split(' ').filter(Boolean)).toEqual(
      // disable, wants, three key types, the medium's copy, id, useradd, keys of bob
      [
        'chroot',
        'rm',
        'rm',
        'rm',
        'rm',
        'rm',
        'chroot',
        'chroot',
        'mkdir',
        'cp',
        'chmod',
        'chmod',
        'chroot',
      ],
    );
  });
});
