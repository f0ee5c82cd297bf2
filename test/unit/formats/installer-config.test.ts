import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { INSTALLER_OPTIONS } from '../../../core/data/installer-options.ts';
import { checkSetting } from '../../../core/formats/installer-config/check.ts';
import { overlaySettings } from '../../../core/formats/installer-config/overlay.ts';
import { parseInstallerConfig } from '../../../core/formats/installer-config/parse.ts';
import { quoteValue, settingText } from '../../../core/formats/installer-config/quote.ts';
import { settingsOf } from '../../../core/formats/installer-config/settings.ts';
import { runs } from '../../property-runs.ts';

const valuesOf = (text: string): Record<string, string | undefined> =>
  Object.fromEntries(settingsOf(parseInstallerConfig(text)).values);
const overlay = (text: string, settings: Record<string, unknown>): string =>
  overlaySettings(text, new Map(Object.entries(settings)), {
    path: 'create/installer-config.txt',
    heading: 'Set by rpi.',
  });
const thrown = (action: () => unknown): unknown => {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
};

describe('reading', () => {
  it.each([
    ['hostname=pi', { hostname: 'pi' }],
    ['hostname=\'a b\' rootpw="c d"', { hostname: 'a b', rootpw: 'c d' }],
    ['hostname=a\\ b; rootpw=x # why', { hostname: 'a b', rootpw: 'x' }],
    ['hostname=one\nhostname=two\n', { hostname: 'two' }],
    ['packages=a\npackages+=,b\n', { packages: 'a,b' }],
    ['packages=a,\\\nb\n', { packages: 'a,b' }],
    ['hostname=a\r\nrootpw="x"\r\n', { hostname: 'a', rootpw: 'x' }],
    ['export hostname=pi\n', { hostname: 'pi' }],
    ['rootpw="a\\$b\\"c"', { rootpw: 'a$b"c' }],
    ['rootpw=$x', { rootpw: undefined }],
    ['#hostname=pi', {}],
    ['hostname=pi command', {}],
    ['hostname = pi', {}],
    ['root_ssh_pubkey=ssh-ed25519 AAAA', {}],
    ["hostname=a\nrootpw='open\n", { hostname: 'a' }],
    ['hostname=a\nexit\nhostname=b\n', { hostname: 'a' }],
    ['hostname=a\nif true; then hostname=b; fi\n', { hostname: undefined }],
    ['hostname=a\nunset hostname\n', { hostname: undefined }],
    ['hostname=a\rb\n', { hostname: 'ab' }],
  ])('%j gives %j', (text, values) => {
    expect(valuesOf(text)).toEqual(values);
  });

  it('finds every token where it stands in the original, also behind CRLF', () => {
    const text = '# first\r\n\r\nhostname=a b=2\r\nrootpw="c"\r\n';
    const found = parseInstallerConfig(text).statements.map(({ range }) =>
      text.slice(range.start, range.end),
    );
    expect(found).toEqual(['# first', 'hostname=a', 'b=2', 'rootpw="c"']);
  });

  it('ends on any text, with ranges inside of it and in order', () => {
    const shell = fc
      .array(
        fc.constantFrom(
          'a=',
          'b',
          "'",
          '"',
          '\\',
          '\n',
          '\r\n',
          '$',
          '(',
          ')',
          '{',
          '}',
          '`',
          ';',
          '&',
          '|',
          '<',
          '>',
          '#',
          ' ',
          '\0',
          '~',
        ),
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(shell, fc.string()), (text) => {
        let last = 0;
        for (const { range } of parseInstallerConfig(text).statements) {
          expect(range.start).toBeGreaterThanOrEqual(last);
          expect(range.end).toBeGreaterThanOrEqual(range.start);
          expect(range.end).toBeLessThanOrEqual(text.length);
          last = range.end;
        }
      }),
      runs(2000),
    );
  });
});

describe('laying settings over a person’s file', () => {
  const own = '# My Pis\nhostname=old   # the name\n\n  rootpw="s3cret"\n#packages=vim\n';

  it('replaces a value where it stands and appends what is new, and changes no other byte', () => {
    expect(overlay(own, { hostname: 'kitchen', packages: 'python3' })).toBe(
      '# My Pis\nhostname=\'kitchen\'   # the name\n\n  rootpw="s3cret"\n#packages=vim\n' +
        "\n# Set by rpi.\npackages='python3'\n",
    );
  });

  it('leaves a file alone that already says so', () => {
    expect(overlay(own, { hostname: 'old', rootpw: 's3cret' })).toBe(own);
  });

  it('keeps the file’s line ends, and ends a last line that has none', () => {
    expect(overlay('a=1\r\nb=2', { hostname: 'pi' })).toBe(
      "a=1\r\nb=2\r\n\r\n# Set by rpi.\r\nhostname='pi'\r\n",
    );
    expect(overlay('', { hostname: 'pi' })).toBe("# Set by rpi.\nhostname='pi'\n");
  });

  it('appends where a command might change what stands before it', () => {
    const text = 'hostname=a\nmy-script\n';
    expect(overlay(text, { hostname: 'b' })).toBe(`${text}\n# Set by rpi.\nhostname='b'\n`);
  });

  it.each([
    ["hostname=a\nrootpw='x\n", 2, /never closed/],
    ['hostname=a\nexit 0\n', 2, /“exit” decides/],
    ['\nif true; then\nhostname=b\nfi\n', 2, /shell code \(“if”\)/],
    ['hostname=(a b)\n', 1, /parentheses/],
    ['rootpw=a(b\n', 1, /a parenthesis without quotes/],
    ['readonly hostname=a\n', 1, /“readonly” decides/],
    ['\nrootpw=${x:?}\n', 2, /“\$\{x:\?\}” may end the shell/],
  ])('refuses %j, naming line %i', (text, line, reason) => {
    expect(thrown(() => overlay(text, { hostname: 'pi' }))).toMatchObject({
      code: 'create.invalid-config',
      message: expect.stringMatching(
        new RegExp(`^create/installer-config.txt:${line}: `),
      ) as string,
    });
    expect(thrown(() => overlay(text, { hostname: 'pi' }))).toMatchObject({
      message: expect.stringMatching(reason) as string,
    });
  });
});

describe('a value', () => {
  it('is written between single quotes, whatever it holds', () => {
    expect(quoteValue('rootpw', `it's $5 "now" \\`)).toBe(`'it'\\''s $5 "now" \\'`);
  });

  it.each(['a\nb', 'a\rb', 'a\0b', '\u001b[0m', '\ud800'])(
    '%j is refused: no setting can hold it',
    (value) => {
      expect(thrown(() => quoteValue('rootpw', value))).toMatchObject({
        code: 'create.unsafe-value',
      });
    },
  );

  it.each(['$(reboot)', '`reboot`', 'a"b', 'a\\'])(
    '%j is refused where the installer evaluates it once more, and taken where it does not',
    (value) => {
      for (const option of INSTALLER_OPTIONS) {
        const error = thrown(() => settingText(option, value));
        if (option.evaluated === undefined) expect(error).toBeUndefined();
        else expect(error).toMatchObject({ code: 'create.unsafe-value' });
      }
    },
  );

  it.each([
    ['hostnam', 'x', /no option “hostnam”/, /Did you mean hostname/],
    ['bootsize', '512M', /bootsize is “512M”/, /rpi\.yml/],
    ['preset', 'tiny', /one of base, minimal, server/, /rpi\.yml/],
    ['ssh_pwlogin', 'no', /0 or 1/, /rpi\.yml/],
    ['username', 'root', /username/, /rpi\.yml/],
    ['gpu_mem', '2048', /from 16 to 1024/, /rpi\.yml/],
    ['ip_gateway', '10.0.0.256', /IPv4/, /rpi\.yml/],
    ['boot_volume_label', 'much-too-long', /at most 11/, /rpi\.yml/],
    ['enable_watchdog', '1', /old name/, /watchdog_enable/],
    ['hostname', { a: 1 }, /one word/, /rpi\.yml/],
  ])('of %s that is %j is refused with what to do', (name, value, message, remedy) => {
    expect(thrown(() => checkSetting(name, value))).toMatchObject({
      code: 'create.invalid-setting',
      message: expect.stringMatching(message) as string,
      remedy: expect.stringMatching(remedy) as string,
    });
  });

  it('that is secret is not repeated in the error', () => {
    const error = thrown(() => checkSetting('wlan_psk', 'short'));
    expect(error).toMatchObject({ message: expect.not.stringContaining('short') as string });
  });

  it('comes from YAML as the installer writes it', () => {
    expect(checkSetting('cleanup', true).value).toBe('1');
    expect(checkSetting('gpu_mem', 64).value).toBe('64');
    expect(checkSetting('packages', ['vim', 'git']).value).toBe('vim,git');
    expect(checkSetting('ip_nameservers', ['1.1.1.1', '9.9.9.9']).value).toBe('1.1.1.1 9.9.9.9');
  });
});

describe('the option table', () => {
  it('names each option once, and its defaults are values that it takes', () => {
    expect(new Set(INSTALLER_OPTIONS.map(({ name }) => name)).size).toBe(INSTALLER_OPTIONS.length);
    for (const option of INSTALLER_OPTIONS) {
      if (option.replacement !== undefined || option.default === undefined) continue;
      expect(checkSetting(option.name, option.default).value).toBe(option.default);
      expect(() => settingText(option, option.default ?? '')).not.toThrow();
    }
  });
});
