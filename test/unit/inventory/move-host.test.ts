import { describe, expect, it } from 'vitest';
import { applyEdits } from '../../../core/formats/text-edit.ts';
import { YamlEditError } from '../../../core/formats/yaml-edit.ts';
import { moveHost } from '../../../core/inventory/move-host.ts';

const move = (text: string, host = 'attic', group = 'four'): string =>
  applyEdits(text, moveHost(text, host, group));

describe('moving a host into a group', () => {
  it('takes its lines along as they were written', () => {
    expect(
      move(
        `# mine
all:
  hosts:
    kitchen: {ansible_host: 10.0.0.1} # stays
    attic:   # under the roof
      ansible_host: '10.0.0.2'
      mode: 0644 # octal

      motd: |
        two
          lines
    cellar:
  children:
    four:
        hosts:
            first:
    # after
    five:
`,
      ),
    ).toBe(
      `# mine
all:
  hosts:
    kitchen: {ansible_host: 10.0.0.1} # stays
    cellar:
  children:
    four:
        hosts:
            first:
            attic:   # under the roof
              ansible_host: '10.0.0.2'
              mode: 0644 # octal

              motd: |
                two
                  lines
    # after
    five:
`,
    );
  });

  it('refuses to move a comment into braces, where it does not fit', () => {
    const text = 'all:\n  hosts:\n    attic: {a: 1} # mine\nfour:\n  hosts: {x: }\n';
    expect(() => move(text)).toThrow('the comment doesn’t fit');
  });

  it('makes the group where there is none, and leaves the line ends as they are', () => {
    expect(move('all:\r\n  hosts:\r\n    attic: {a: "1"}\r\n    b:\r\n')).toBe(
      'all:\r\n  hosts:\r\n    b:\r\n  children:\r\n    four:\r\n      hosts:\r\n        attic: {a: "1"}\r\n',
    );
    expect(move('ungrouped:\n  hosts:\n    attic:\n      a: 1')).toBe(
      'ungrouped:\n  hosts:\n\nfour:\n  hosts:\n    attic:\n      a: 1'.replace('\n\n', '\n'),
    );
  });

  it.each([
    [
      'from braces',
      'all: {hosts: {attic: {a: 1}, b: }}\nfour:\n  hosts:\n    x:\n',
      'attic: {a: 1}',
    ],
    [
      'into braces',
      'all:\n  hosts:\n    attic: {a: 1}\nfour: {hosts: {x: }}\n',
      'attic: {a: 1} }}',
    ],
    ['without a colon', 'all: {hosts: {attic, b}}\nfour:\n  hosts:\n    x:\n', '    attic:\n'],
  ])('works %s', (_, text, part) => {
    expect(move(text)).toContain(part);
  });

  it.each([
    ['a range', 'all:\n  hosts:\n    attic[1:2]:\n', 'attic1', /2:|3:|range/],
    [
      'several places',
      'all:\n  hosts:\n    attic: {a: 1}\nungrouped:\n  hosts:\n    attic:\n',
      'attic',
      /several places/,
    ],
    [
      'lines into braces',
      'all:\n  hosts:\n    attic:\n      a: 1\nfour: {hosts: {x: }}\n',
      'attic',
      /one line/,
    ],
    ['an anchor others use', 'all:\n  hosts:\n    attic: &a {a: 1}\n    b: *a\n', 'attic', /&a/],
    [
      'an alias that would come too early',
      'four:\n  hosts:\n    x:\nall:\n  vars: {v: &v 1}\n  hosts:\n    attic: {a: *v}\n',
      'attic',
      /./,
    ],
  ])('refuses %s', (_, text, host, message) => {
    let error: unknown;
    try {
      move(text, host);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(YamlEditError);
    expect(String(error)).toMatch(message);
  });
});
