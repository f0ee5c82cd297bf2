import { describe, expect, it } from 'vitest';
import { applyEdits, composeEdits } from '../../../core/formats/text-edit.ts';
import { setYamlEntries, YamlEditError } from '../../../core/formats/yaml-edit.ts';
import type { YamlEntries } from '../../../core/formats/yaml-write.ts';
import { writeText } from '../../../core/formats/yaml-write.ts';

const set = (text: string, path: string[], entries: YamlEntries): string =>
  applyEdits(text, setYamlEntries(text, path, entries));

function refusal(text: string, path: string[], entries: YamlEntries): string {
  try {
    setYamlEntries(text, path, entries);
  } catch (error) {
    if (error instanceof YamlEditError) return `${error.position.line}: ${error.message}`;
    throw error;
  }
  return 'not refused';
}

describe('setting entries', () => {
  it.each<[string, string, string[], YamlEntries, string]>([
    ['an empty file', '', ['a', 'b'], { c: 1 }, 'a:\n  b:\n    c: 1\n'],
    ['a document start', '---\n# hi\n', ['a'], { c: 1 }, '---\n# hi\na:\n  c: 1\n'],
    ['a document end', '---\n...\n', ['a'], { c: 1 }, '---\na:\n  c: 1\n...\n'],
    ['no line end at the end', 'a:\n  b: 1', ['a'], { c: 1 }, 'a:\n  b: 1\n  c: 1'],
    [
      'Windows line ends',
      'a:\r\n  b: 1\r\nz: 1\r\n',
      ['a'],
      { c: 1 },
      'a:\r\n  b: 1\r\n  c: 1\r\nz: 1\r\n',
    ],
    ['a byte order mark', '\uFEFFa:\n  b: 1\n', ['a'], { c: 1 }, '\uFEFFa:\n  b: 1\n  c: 1\n'],
    ['an indentation of four', 'a:\n    b:\n', ['a', 'b'], { c: 1 }, 'a:\n    b:\n        c: 1\n'],
    ['a null with a comment', 'a:\n  b: ~ # x\n', ['a', 'b'], { c: 1 }, 'a:\n  b: # x\n    c: 1\n'],
    ['empty braces', 'a:\n  b: {} # x\n', ['a', 'b'], { c: 1 }, 'a:\n  b: # x\n    c: 1\n'],
    ['braces', 'a: { b: 1, } # x\n', ['a'], { c: [1, 2] }, 'a: { b: 1, c: [1, 2], } # x\n'],
    ['braces over lines', 'a: {\n  b: 1 # x\n}\n', ['a'], { c: 1 }, 'a: {\n  b: 1, c: 1 # x\n}\n'],
    ['braces with a bare name', 'a: {b}\n', ['a', 'b'], { c: 1 }, 'a: {b: {c: 1}}\n'],
    ['JSON', '{"a": {"b": null}}', ['a', 'b'], { c: 'x' }, '{"a": {"b": {"c": "x"}}}'],
    ['quotes that stay as they are', 'a: "1" # x\n', [], { a: 'b' }, 'a: "b" # x\n'],
    ['an octal number beside it', 'mode: 0755\na: 1\n', [], { a: 2 }, 'mode: 0755\na: 2\n'],
    [
      'a list that grows',
      'a:\n- "x" # 1\n# 2\nb: 1\n',
      [],
      { a: ['x', 'y'] },
      'a:\n- "x" # 1\n- "y"\n# 2\nb: 1\n',
    ],
    ['a block scalar replaced', 'a: |\n  x\n  y\nb: 1\n', [], { a: 'z' }, 'a: z\nb: 1\n'],
    [
      'a merge key',
      'd: &d {x: 1}\na:\n  <<: *d\n',
      ['a'],
      { x: 2 },
      'd: &d {x: 1}\na:\n  <<: *d\n  x: 2\n',
    ],
    [
      'an entry removed',
      'a:\n  b: 1 # x\n  # y\n  c: 2\n',
      ['a'],
      { b: undefined },
      'a:\n  # y\n  c: 2\n',
    ],
    ['an unused anchor', 'a: &n 1\n', [], { a: 2 }, 'a: &n 2\n'],
    [
      '%YAML 1.2, which Ansible does not mind',
      '%YAML 1.2\n---\na: yes\n',
      [],
      { b: 1 },
      '%YAML 1.2\n---\na: yes\nb: 1\n',
    ],
  ])('respects %s', (_, text, path, entries, expected) => {
    expect(set(text, path, entries)).toBe(expected);
  });

  it.each<[string, string, string[], YamlEntries, string]>([
    ['an alias', 'a: &x {b: 1}\nc: *x\n', ['c'], { b: 2 }, '2: the value is an alias'],
    [
      'an anchor that is used',
      'a: &x {b: 1}\nc: *x\n',
      ['a'],
      { b: 2 },
      '1: &x is also used on line 2',
    ],
    ['a template', 'x: 1\na: "{{ b }}"\n', [], { a: 'c' }, '2: the value is a template'],
    [
      'an encrypted value',
      'a: !vault |\n  12\n',
      [],
      { a: 'c' },
      '1: the value has a tag (!vault)',
    ],
    ['a key that is there twice', 'a: 1\nb: 1\na: 2\n', [], { a: 3 }, '3: “a” is there twice'],
    [
      'text in place of a mapping',
      'a:\n  hosts: pi1\n',
      ['a', 'hosts'],
      { b: null },
      '2: a mapping is wanted',
    ],
    [
      'what comes by a merge key',
      'd: &d {h: {x: 1}}\na:\n  <<: *d\n',
      ['a', 'h'],
      { y: 2 },
      '3: “h” comes from an alias',
    ],
    ['comments within', 'a:\n  - x # why\n  - y\n', [], { a: ['z'] }, '2: the value has comments'],
    [
      'an unended block scalar at the end',
      'a:\n  b: |\n    text',
      ['a'],
      { c: 1 },
      '3: this place',
    ],
    ['a YAML error', 'a: {b: 1\n', [], { c: 1 }, '2: '],
  ])('refuses %s, naming the line', (_, text, path, entries, expected) => {
    expect(refusal(text, path, entries)).toContain(expected);
  });

  it('plays changes one after the other and tells them as edits of the first text', () => {
    const text = 'a:\n  hosts:\nb: 1\n';
    const edits = composeEdits(text, [
      (current) => setYamlEntries(current, ['a', 'hosts', 'x'], {}),
      (current) => setYamlEntries(current, ['a', 'hosts', 'q'], { r: 1 }),
      (current) => setYamlEntries(current, ['a', 'hosts', 'x'], { m: 2 }),
      (current) => setYamlEntries(current, [], { b: undefined }),
    ]);
    expect(applyEdits(text, edits)).toBe('a:\n  hosts:\n    x:\n      m: 2\n    q:\n      r: 1\n');
    expect(edits).toHaveLength(1);
  });
});

describe('writing text', () => {
  it.each([
    ['10.0.0.9', '10.0.0.9'],
    ['b8:27:eb:01:02:03', "'b8:27:eb:01:02:03'"],
    ['yes', "'yes'"],
    ['y', "'y'"],
    ['0755', "'0755'"],
    ['1e3', "'1e3'"],
    ['', "''"],
    ["it's", "'it''s'"],
    ['a\nb', '"a\\nb"'],
    ['\u0085', '"\\u0085"'],
    ['---', "'---'"],
    ['pi-1', 'pi-1'],
  ])('%j is written %s', (text, written) => {
    expect(writeText(text)).toBe(written);
  });
});
