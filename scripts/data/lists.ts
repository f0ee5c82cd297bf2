/**
 * `node scripts/data/lists.ts`: writes core/data/{timezones,locales,keyboard-layouts,countries}.ts
 * from files of the Debian packages tzdata, locales and xkb-data. The lists are committed, so a
 * build needs none of these packages; run it to bring them up to date.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../bundles.ts';

type List = {
  readonly file: string;
  /** Debian package, and the file of it that is read. */
  readonly origin: string;
  readonly path: string;
  readonly doc: string;
  readonly body: (text: string) => string;
};

const LISTS: readonly List[] = [
  {
    file: 'timezones',
    origin: 'tzdata',
    path: '/usr/share/zoneinfo/tzdata.zi',
    doc: 'Every name below /usr/share/zoneinfo that a system’s time zone can be set to',
    body: (text) => wordList('TIMEZONES', timezonesOf(text)),
  },
  {
    file: 'locales',
    origin: 'locales',
    path: '/usr/share/i18n/SUPPORTED',
    doc: 'Every locale that can be generated, as `NAME/CHARSET`',
    body: (text) =>
      wordList(
        'SUPPORTED_LOCALES',
        rowsOf(text).map((row) => row.split(/\s+/).slice(0, 2).join('/')),
      ),
  },
  {
    file: 'keyboard-layouts',
    origin: 'xkb-data',
    path: '/usr/share/X11/xkb/rules/base.lst',
    doc: 'XKB layouts with their names',
    body: (text) => nameTable('KEYBOARD_LAYOUTS', layoutsOf(text)),
  },
  {
    file: 'countries',
    origin: 'tzdata',
    path: '/usr/share/zoneinfo/iso3166.tab',
    doc: 'ISO 3166-1 alpha-2 codes with the countries’ names',
    body: (text) =>
      nameTable(
        'COUNTRIES',
        rowsOf(text).map((row) => row.split('\t')),
      ),
  },
];

/** Zones and links of tzdata’s compact form; `Z NAME …` and `L TARGET NAME`. */
function timezonesOf(text: string): string[] {
  return rowsOf(text).flatMap((row) => {
    const [kind, first, second] = row.split(' ');
    const name = kind === 'Z' ? first : kind === 'L' ? second : undefined;
    return name === undefined ? [] : [name];
  });
}

/** The rows of the section `! layout`. */
function layoutsOf(text: string): string[][] {
  const section = text.split(/^! /m).find((part) => part.startsWith('layout\n')) ?? '';
  return section.split('\n').flatMap((row) => {
    const match = /^\s+(\S+)\s+(.+)$/.exec(row);
    return match?.[1] === undefined || match[2] === undefined || match[1] === 'custom'
      ? []
      : [[match[1], match[2].trim()]];
  });
}

function rowsOf(text: string): string[] {
  return text.split('\n').filter((row) => row !== '' && !row.startsWith('#'));
}

/** An array of words, many on a line. */
function wordList(name: string, words: readonly string[]): string {
  const lines: string[] = [''];
  for (const word of [...new Set(words)].sort(compare)) {
    const line = lines.at(-1) ?? '';
    if (line.length + word.length + 1 > 92) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  const quoted = lines.map((line) => `  ${quote(line)},`).join('\n');
  return `export const ${name}: readonly string[] = [\n${quoted}\n].flatMap((line) => line.split(' '));\n`;
}

function nameTable(name: string, rows: readonly (readonly string[])[]): string {
  const lines = [...rows]
    .sort(([a = ''], [b = '']) => compare(a, b))
    .map(([key = '', value = '']) => `  [${quote(key)}, ${quote(value)}],`);
  return `export const ${name}: ReadonlyMap<string, string> = new Map([\n${lines.join('\n')}\n]);\n`;
}

function quote(text: string): string {
  return text.includes("'") ? JSON.stringify(text) : `'${text}'`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function versionOf(debianPackage: string): string {
  return execFileSync('dpkg-query', ['-W', '-f', '${Version}', debianPackage], {
    encoding: 'utf8',
  });
}

for (const { file, origin, path, doc, body } of LISTS) {
  const head = `/**\n * ${doc}.\n * Source: ${path} of Debian’s ${origin} ${versionOf(origin)}.\n * Written by scripts/data/lists.ts.\n */\n`;
  writeFileSync(join(ROOT, 'core', 'data', `${file}.ts`), head + body(readFileSync(path, 'utf8')));
}
