import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Completion } from '../../../../core/analysis/features.ts';
import { complete } from '../../../../core/analysis/installer-config/complete.ts';
import type { InstallerFacts } from '../../../../core/analysis/installer-config/facts.ts';
import { folds } from '../../../../core/analysis/installer-config/folding.ts';
import { hints } from '../../../../core/analysis/installer-config/hints.ts';
import { hover } from '../../../../core/analysis/installer-config/hover.ts';
import { analyseInstallerConfig } from '../../../../core/analysis/installer-config/language.ts';
import { links } from '../../../../core/analysis/installer-config/links.ts';
import { preview } from '../../../../core/analysis/installer-config/preview.ts';
import type { InstallerProject } from '../../../../core/analysis/installer-config/project.ts';
import { outline } from '../../../../core/analysis/installer-config/symbols.ts';
import { tokens } from '../../../../core/analysis/installer-config/tokens.ts';
import { RASPBERRYPI_DIALECT, RASPBIAN_DIALECT } from '../../../../core/data/installer-dialects.ts';
import { applyEdits } from '../../../../core/formats/text-edit.ts';

function factsOf(text: string, path = 'installer-config.txt'): InstallerFacts {
  return analyseInstallerConfig({ path, text }, {}, undefined, (code, error) => {
    throw new Error(`The rule ${code} crashed.`, { cause: error });
  }).facts;
}

/** The completions at `|`. */
function at(marked: string, project: InstallerProject = {}): readonly Completion[] {
  return complete(factsOf(marked.replace('|', '')), marked.indexOf('|'), project);
}

function labels(marked: string, project: InstallerProject = {}): string[] {
  return at(marked, project).map(({ label }) => label);
}

/** The text after the completion with that label was taken at `|`. */
function taken(marked: string, label: string): string {
  const found = at(marked).find((each) => each.label === label);
  expect(found, `${label} in ${marked}`).toBeDefined();
  if (found === undefined) return '';
  return applyEdits(marked.replace('|', ''), [{ ...found.range, text: found.text }]);
}

describe.each([RASPBERRYPI_DIALECT, RASPBIAN_DIALECT])('a choice of $name', ({ name, options }) => {
  it('says what it means', () => {
    for (const { name: option, values, itemValues, knownValues } of options) {
      if ((values ?? itemValues ?? knownValues) === undefined) continue;
      const text = `# ${name}\n${option}=`;
      const offered = complete(factsOf(text), text.length, {});
      expect(offered.length, option).toBeGreaterThan(0);
      for (const { label, detail } of offered) {
        expect(detail?.replace(/ ?\(?the default\)?$/, ''), `${option}=${label}`).toMatch(/\w/);
      }
    }
  });
});

describe('completion', () => {
  it('offers the names that are not set yet, and no deprecated ones', () => {
    const names = labels('hostname=kitchen\n|');
    expect(names).toContain('timezone');
    expect(names).not.toContain('hostname');
    expect(names).not.toContain('enable_watchdog');
  });

  it('offers those of the other installer in its files', () => {
    const facts = factsOf('# raspbian-ua-netinst\n\n');
    const names = complete(facts, facts.text.length, {}).map(({ label }) => label);
    expect(names).toContain('rootsize');
    expect(names).not.toContain('camera_enable');
  });

  it('replaces the word at the cursor, and leaves an equals sign that is there', () => {
    expect(taken('host|', 'hostname')).toBe('hostname=');
    expect(taken('export ho|st', 'hostname')).toBe('export hostname=');
    expect(taken('ho|st=kitchen', 'hostname')).toBe('hostname=kitchen');
  });

  it('explains values, and tells the default', () => {
    expect(at('ssh_pwlogin=|')).toMatchObject([{ label: '1' }, { label: '0' }]);
    expect(at('preset=|').find(({ label }) => label === 'server')?.detail).toBe(
      'with the tools of a server, too (the default)',
    );
    expect(at('wlan_country=|').find(({ label }) => label === 'DE')?.detail).toBe('Germany');
    expect(at('keyboard_layout=|').find(({ label }) => label === 'gb')?.detail).toMatch(/English/);
    expect(labels('ip_addr=|')).toEqual(['dhcp']);
    expect(labels('timezone=Eur|')).toContain('Europe/Berlin');
  });

  it('replaces all of a value, inside its quotes', () => {
    expect(taken('timezone="Eur|ope/Berlin"', 'Asia/Tokyo')).toBe('timezone="Asia/Tokyo"');
    expect(taken("timezone='Eur|", 'Asia/Tokyo')).toBe("timezone='Asia/Tokyo");
    expect(taken('preset=ba|se # why', 'minimal')).toBe('preset=minimal # why');
  });

  it('replaces one entry of a list', () => {
    expect(taken('locales="en_GB.UTF-8,de|_AT.UTF-8,C.UTF-8"', 'de_DE.UTF-8')).toBe(
      'locales="en_GB.UTF-8,de_DE.UTF-8,C.UTF-8"',
    );
  });

  it('offers the locales that are made as the default one', () => {
    expect(labels('locales=de_DE.UTF-8,en_GB.UTF-8\nsystem_default_locale=|')).toEqual([
      'de_DE.UTF-8',
      'en_GB.UTF-8',
    ]);
  });

  it('offers files for keys, and not what is copied into the system', () => {
    const files = new Set(['ada.pub', 'my.list', 'root/etc/motd']);
    expect(labels('root_ssh_pubkey=|', { files })).toEqual(['ada.pub']);
  });

  it('offers what belongs together while none of it is set', () => {
    const address = at('|').find(({ label }) => label === 'fixed address');
    expect(address).toMatchObject({ kind: 'snippet', isSnippet: true });
    expect(address?.text).toMatch(/ip_gateway=\$\{\d/);
    expect(labels('ip_gateway=192.168.1.1\n|')).not.toContain('fixed address');
  });

  it.each([
    ['a comment', '# host|'],
    ['a command', 'echo host|'],
    ['a quote that began above', "domainname='a\nhost|\n'\n"],
    ['a value that the shell computes', 'hostname=$(ca|'],
    ['what stands behind a value', 'hostname=kitchen |'],
    ['an unknown option', 'nonsense=|'],
  ])('is silent in %s', (_where, marked) => {
    expect(labels(marked)).toEqual([]);
  });

  it('offers snippets only of options that there are', () => {
    for (const { text } of at('|').filter(({ isSnippet }) => isSnippet)) {
      for (const line of text.split('\n')) {
        const option = RASPBERRYPI_DIALECT.option(line.replace(/=.*/, ''));
        expect(option, line).toBeDefined();
        expect(option?.deprecated, line).toBeUndefined();
      }
    }
  });

  it('never fails, and replaces what the cursor is in', () => {
    const piece = fc.constantFrom(
      'packages',
      '=',
      '"',
      "'",
      ' ',
      '\n',
      ',',
      '#',
      '$',
      'vim',
      '\\',
      ';',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), fc.nat(), (pieces, place) => {
        const text = pieces.join('');
        const offset = place % (text.length + 1);
        for (const { range } of complete(factsOf(text), offset, {})) {
          expect(range.start).toBeLessThanOrEqual(offset);
          expect(range.end).toBeGreaterThanOrEqual(offset);
          expect(text.slice(range.start, range.end)).not.toContain('\n');
        }
      }),
    );
  });
});

describe('hover', () => {
  const markdown = (marked: string): string | undefined =>
    hover(factsOf(marked.replace('|', '')), marked.indexOf('|'))?.markdown;

  it('says what an option does, its default and where that is written', () => {
    const text = markdown('boot|size=+256M');
    expect(text).toContain('**bootsize**');
    expect(text).toContain('default +128M');
    expect(text).toMatch(/wipe/);
    expect(text).toMatch(/install\.sh.*lines/);
  });

  it('says what is in force where that is another value', () => {
    expect(markdown('rel|ease=')).toContain('In force: `bullseye`');
    expect(markdown('rel|ease=bullseye')).not.toContain('In force');
  });

  it('shows no password', () => {
    expect(markdown("user|pw=hush\nuserpw='louder'")).not.toMatch(/hush|louder/);
  });

  it('stands on the name, or on the value', () => {
    const facts = factsOf('preset=base');
    expect(hover(facts, 2)?.range).toEqual({ start: 0, end: 6 });
    expect(hover(facts, 9)?.range).toEqual({ start: 7, end: 11 });
  });

  it('has nothing to say of comments and unknown names', () => {
    expect(markdown('# pre|set=base')).toBeUndefined();
    expect(markdown('nons|ense=1')).toBeUndefined();
  });
});

describe('the outline', () => {
  it('lists settings and commands, and hides passwords', () => {
    const found = outline(factsOf('hostname=kitchen\nuserpw=hush\nuserpw = hush\necho hi\n'));
    expect(found.map(({ name, detail, kind }) => [kind, name, detail])).toEqual([
      ['setting', 'hostname', 'kitchen'],
      ['setting', 'userpw', '•••••'],
      ['command', 'userpw = ••••', ''],
      ['command', 'echo hi', ''],
    ]);
  });
});

describe('folding', () => {
  const folded = (text: string): string[] =>
    folds(factsOf(text)).map(({ start, end, kind }) => `${kind}: ${text.slice(start, end)}`);

  it('folds comments, and what stands below a heading', () => {
    expect(folded('# a\n# b\nx=1\n')).toEqual(['comment: # a\n# b']);
    expect(folded('# Net\nhostname=a\ndomainname=b\n\ntimezone=c\n')).toEqual([
      'region: # Net\nhostname=a\ndomainname=b',
    ]);
  });

  it('folds a value over several lines', () => {
    expect(folded("domainname='a\nb'\n")).toEqual(["region: domainname='a\nb'"]);
  });

  it('folds nothing else', () => {
    expect(folded('hostname=a\ndomainname=b\n')).toEqual([]);
  });
});

describe('tokens', () => {
  it('mark what is secret, and what is the default anyway', () => {
    const text = "rootpw='raspbian'\nuserpw=hush\npreset=server\nhostname=kitchen\nuserpw=\n";
    expect(
      tokens(factsOf(text)).map(({ start, end, type, modifiers }) => [
        text.slice(start, end),
        type,
        ...modifiers,
      ]),
    ).toEqual([
      ["'raspbian'", 'rpiSecret', 'rpiDefault'],
      ['hush', 'rpiSecret'],
      ['server', 'rpiValue', 'rpiDefault'],
    ]);
  });
});

describe('hints', () => {
  it('show the default that an empty value takes', () => {
    const text = 'release=\nhostname=kitchen\narch=arm64\nmirror=""\npackages=\n';
    expect(hints(factsOf(text)).map(({ at: place, label }) => [place, label])).toEqual([
      [8, 'bullseye'],
      [text.indexOf('""') + 2, 'http://deb.debian.org/debian/'],
    ]);
  });

  it('are silent where empty stays empty, and behind the end of reading', () => {
    expect(hints(factsOf('# raspbian-ua-netinst\nrelease=\n'))).toEqual([]);
    expect(hints(factsOf('exit\nrelease=\n'))).toEqual([]);
  });
});

describe('links', () => {
  it('lead to the files and addresses that values name', () => {
    const text =
      'root_ssh_pubkey=ada.pub\nuser_ssh_pubkey=gone.pub\nonline_config=http://a.example/c\n';
    const found = links(
      factsOf(text),
      { files: new Set(['ada.pub']) },
      '/p/create/installer-config.txt',
    );
    expect(found.map(({ start, end, target }) => [text.slice(start, end), target])).toEqual([
      ['ada.pub', { path: '/p/create/files/ada.pub' }],
      ['http://a.example/c', { url: 'http://a.example/c' }],
    ]);
  });

  it('look where the installer of 2015 does', () => {
    const facts = factsOf(
      '# raspbian-ua-netinst\nuser_ssh_pubkey=ada.pub\nroot_ssh_pubkey=ada.pub\n',
    );
    for (const { target } of links(
      facts,
      { files: new Set(['ada.pub']) },
      '/b/installer-config.txt',
    )) {
      expect(target).toEqual({ path: '/b/config/files/ada.pub' });
    }
  });
});

describe('the preview', () => {
  const line = (text: string, name: string): string | undefined =>
    preview(factsOf(text), 'a/installer-config.txt')
      .split('\n')
      .find((each) => each.startsWith(`${name}=`))
      ?.replace(/ {2,}/, '  ');

  it('has every option, its value and where it came from', () => {
    const text = 'hostname=kitchen\nrelease=\nuser_is_admin=1\narch=arm64\n';
    expect(line(text, 'hostname')).toBe('hostname=kitchen  # line 1');
    expect(line(text, 'release')).toBe('release=bullseye  # the default, as line 2 is empty');
    expect(line(text, 'userperms_admin')).toBe('userperms_admin=1  # by user_is_admin in line 3');
    expect(line(text, 'mirror')).toBe('mirror=http://deb.debian.org/debian/  # by arch in line 4');
    expect(line(text, 'preset')).toBe('preset=server  # the default');
    expect(line(text, 'packages')).toBe('packages=  # not set');
    expect(line('hostname=$(cat /x)\n', 'hostname')).toBe(
      'hostname=?  # line 1, as the shell computes it',
    );
    for (const { name, deprecated } of RASPBERRYPI_DIALECT.options) {
      expect(line(text, name) === undefined, name).toBe(deprecated === true);
    }
  });

  it('masks what is secret', () => {
    const text = "rootpw='a long one'\nwlan_psk=hushhush\nuserpw=''\n";
    expect(preview(factsOf(text), 'x')).not.toMatch(/a long one|hush/);
    expect(line(text, 'rootpw')).toBe('rootpw=•••••  # line 1');
    expect(line('', 'rootpw')).toBe('rootpw=raspbian  # the default');
  });

  it('says where reading ends, and where nobody can know', () => {
    expect(preview(factsOf('hostname=a\nreturn\nhostname=b\n'), 'x')).toContain(
      '# Nothing is read from line 2 on.',
    );
    expect(preview(factsOf('hostname=a\nexit\nhostname=b\n'), 'x')).toContain(
      '# Nothing is installed: line 2 ends the installer itself.',
    );
    expect(preview(factsOf('. /other\n'), 'x')).toContain('may have set any of these');
  });
});
