import fc from 'fast-check';
import { anyText } from '../any-text.ts';
import { describe, expect, it } from 'vitest';
import { postInstall } from '../../core/create/post-install.ts';
import { INSTALLER_OPTIONS } from '../../core/data/installer-options.ts';
import { RpiError } from '../../core/errors.ts';
import { overlaySettings } from '../../core/formats/installer-config/overlay.ts';
import { quoteValue, settingText } from '../../core/formats/installer-config/quote.ts';
import { generateKeyPair } from '../../core/formats/ssh-key.ts';
import { sourceInSandbox } from './bash-sandbox.ts';
import { asInstalled, installerConfig } from './random-installer-config.ts';

/** Characters that mean something to a shell, far more often than chance has them. */
const nasty = fc.constantFrom(
  ...(' \t\'"\\$`;&|<>(){}[]*?!#~=:,+-_./@%^aZ09é中😀'.match(/./gu) ?? []),
);
const value = fc.array(nasty, { maxLength: 12 }).map((characters) => characters.join(''));

describe('values written to installer-config.txt', () => {
  it('are read back by bash exactly as they were meant', async () => {
    const samples = fc.sample(fc.oneof(value, anyText), 600).flatMap((meant) => {
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

describe('an installer-config.txt', () => {
  it('holds every setting that was laid over it, whatever a person wrote', async () => {
    const wanted = fc.record({
      hostname: fc.stringMatching(/^[a-z][a-z0-9-]{0,20}[a-z0-9]$/),
      rootpw: value,
      packages: fc.constantFrom('', 'python3,sudo', 'apache2'),
    });
    const samples = fc
      .sample(fc.tuple(installerConfig, wanted), 1500)
      .flatMap(([text, settings]) => {
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
