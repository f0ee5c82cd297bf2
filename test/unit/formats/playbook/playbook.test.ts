import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kindOf } from '../../../../core/formats/playbook/document-kind.ts';
import { parseFreeForm } from '../../../../core/formats/playbook/free-form.ts';
import { nodesOf, type YamlNode } from '../../../../core/formats/playbook/node.ts';
import { sourceOffsets } from '../../../../core/formats/playbook/scalar-source.ts';
import { splitPlaybook } from '../../../../core/formats/playbook/split.ts';
import { readPlainBlock } from '../../../../core/formats/playbook/plain-block.ts';
import { parseFully, parseYamlNodes } from '../../../../core/formats/playbook/yaml-nodes.ts';
import { fullTests, runs } from '../../../property-runs.ts';

describe('kindOf', () => {
  it.each([
    ['/p/site.yml', '- hosts: all\n', 'playbook'],
    ['/p/site.yml', '---\n# x\n-   name: a\n    hosts: all\n', 'playbook'],
    ['/p/site.yml', '- import_playbook: a.yml\n', 'playbook'],
    ['/p/main.yml', '---\n# x\n- include: playbooks/a.yml\n# - include: b.yml\n', 'playbook'],
    ['/p/site.yml', '- include: a.yml\n- include: b.yml\n', 'playbook'],
    ['/p/rulebooks/a.yml', '- hosts: all\n  sources: []\n  rules: []\n', undefined],
    ['/p/main.yml', '- include: tasks/a.yml\n', undefined],
    ['/p/main.yml', '- include: a.yml\n- debug:\n', undefined],
    ['/p/roles/a/tasks/main.yml', '- include: playbooks/a.yml\n', 'tasks'],
    ['/p/compose.yml', '- include: a.yml\n', undefined],
    ['/p/site.yml', '- name: a\n  debug:\n    msg: x\n', undefined],
    ['/p/playbooks/x.yml', '', 'playbook'],
    ['/p/playbooks/tasks/x.yml', '- name: a\n', 'tasks'],
    ['/p/playbooks/part.yml', '- debug:\n', 'tasks'],
    ['/p/roles/a/tasks/main.yml', '', 'tasks'],
    ['/p/roles/a/handlers/main.yml', '', 'handlers'],
    ['/p/roles/a/defaults/main.yml', '', 'vars'],
    ['/p/roles/a/vars/x.yaml', '', 'vars'],
    ['/p/roles/a/meta/main.yml', '', 'meta'],
    ['/p/roles/a/meta/argument_specs.yml', '', undefined],
    ['/p/roles/a/templates/a.yml', '- hosts: all\n', undefined],
    ['/p/roles/a/files/a.yml', '- hosts: all\n', undefined],
    ['/p/group_vars/all.yml', 'a: b\n', 'vars'],
    ['/p/group_vars/all/main.yml', 'a: b\n', 'vars'],
    ['/p/inventory/host_vars/kitchen.yml', 'a: b\n', 'vars'],
    ['/p/group_vars/secret.yml', '$ANSIBLE_VAULT;1.1;AES256\n6138\n', undefined],
    ['/p/requirements.yml', '', 'requirements'],
    ['/p/docker-compose.yml', 'services:\n  a:\n    hosts: b\n', undefined],
    ['/p/rpi.yml', 'name: a\n', undefined],
    ['/p/site.txt', '- hosts: all\n', undefined],
    ['C:\\p\\roles\\a\\tasks\\main.yml', '', 'tasks'],
  ])('%s %j is %s', (path, text, kind) => {
    expect(kindOf(path, text, {})).toBe(kind);
  });

  it('counts folders from the project’s root on', () => {
    expect(kindOf('/templates/p/a.yml', '- hosts: all\n', { root: '/templates/p' })).toBe(
      'playbook',
    );
    expect(kindOf('/p/a.yml', 'nothing yet', { playbooks: new Set(['/p/a.yml']) })).toBe(
      'playbook',
    );
    expect(kindOf('/p/a.yml', '- debug:\n', { isAnsible: true })).toBe('tasks');
  });
});

describe('parseFreeForm', () => {
  const words = (text: string, freeText = false): string[] =>
    parseFreeForm(text, freeText).words.map(({ option, text: word }) =>
      option === undefined ? word : `${option.name} → ${option.value}`,
    );

  it.each([
    ['a=b c=d', ['a → b', 'c → d']],
    ['a="b c" d=\'e "f"\'', ['a → b c', 'd → e "f"']],
    ['a={{ b }} c={{ d | default("e f") }}', ['a → {{ b }}', 'c → {{ d | default("e f") }}']],
    // As Ansible: what stands between two blocks is not within one.
    ['a={% if c %} d', ['a → {% if c %}', 'd']],
    ['a=b=c', ['a → b=c']],
    ['a\\=b', ['a\\=b']],
    ['a=b \\\nc=d', ['a → b', 'c → d']],
    ['  a=b   ', ['a → b']],
    ['=a', ['=a']],
    ['', []],
  ])('splits %j', (text, expected) => {
    expect(words(text)).toEqual(expected);
  });

  it('leaves commands alone, but for their options', () => {
    expect(words('FOO=bar make x=1 chdir=/tmp creates="/a b"', true)).toEqual([
      ...['FOO=bar', 'make', 'x=1'],
      ...['chdir → /tmp', 'creates → /a b'],
    ]);
  });

  it('says where an open quote or block begins', () => {
    expect(parseFreeForm('a=b c="d e', false).unclosed).toEqual({ start: 6, end: 10, opener: '"' });
    expect(parseFreeForm('a={{ b', false).unclosed).toEqual({ start: 2, end: 6, opener: '{{' });
  });

  it('is total, with ranges that are in order and hold their words', () => {
    const piece = fc.constantFrom('a', '=', '"', "'", ' ', '\n', '{{', '}}', '{%', '%}', '\\', 'é');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), fc.boolean(), (pieces, freeText) => {
        const text = pieces.join('');
        let last = 0;
        for (const word of parseFreeForm(text, freeText).words) {
          expect(word.start).toBeGreaterThanOrEqual(last);
          expect(word.end).toBeGreaterThan(word.start);
          expect(text.slice(word.start, word.end)).toBe(word.text);
          last = word.end;
        }
      }),
      runs(300),
    );
  });
});

describe('sourceOffsets', () => {
  const characters = (text: string): string => {
    const scalar = [...parseYamlNodes(text).roots]
      .flatMap((root) => [...nodesOf(root)])
      .findLast((node) => node.kind === 'scalar');
    if (scalar?.kind !== 'scalar') throw new Error('no scalar');
    const offsets = sourceOffsets(text, scalar);
    expect(offsets).toHaveLength(scalar.text.length + 1);
    return Array.from({ length: scalar.text.length }, (_, index) =>
      text.charAt(offsets[index] ?? -1),
    ).join('');
  };

  it.each([
    ['a: plain text', 'plain text'],
    ["a: 'it''s'", "it's"],
    ['a: "q\\"x\\ty"', 'q\\x\\y'],
    ['a: >\n  one\n  two\n', 'one\ntwo\n'],
    ['a: |\n  one\n    two\n\n  three\n', 'one\n  two\n\nthree\n'],
    ['a: one\n  two', 'one\ntwo'],
    ['a: "one\n  two"', 'one\ntwo'],
  ])('%j', (text, expected) => {
    expect(characters(text)).toBe(expected);
  });
});

/** A node without its ranges, but with the texts they hold. */
function shape(node: YamlNode, text: string): unknown {
  switch (node.kind) {
    case 'scalar':
      return [text.slice(node.start, node.end), node.value];
    case 'map':
      return Object.fromEntries(
        node.entries.map((entry) => [entry.name, shape(entry.value, text)]),
      );
    case 'sequence':
      return node.items.map((item) => shape(item, text));
    case 'alias':
      return `*${node.name}`;
  }
}

const PLAYBOOK = `---
# lead
- hosts: all
  vars:
    a: |
      - not a task
      tasks:
  tasks:

    # first
    - name: one
      debug: { msg: "x" }
    - name: two
      block:
        - ping:
      rescue: [{ ping: }]
    -
      name: three
      ping:
  become: true
  handlers:
  - name: h
    ping:

-   name: other
    hosts: b
    tasks:
    -   ping:
    roles: [a]
- import_playbook: x.yml
`;

describe('splitPlaybook', () => {
  it('cuts at plays and tasks', () => {
    const items = splitPlaybook(PLAYBOOK, 'playbook', []);
    expect(
      items.map(({ item }) => `${item.role} ${item.text.trim().split('\n')[0] ?? ''}`),
    ).toEqual([
      'play - hosts: all',
      'task - name: one',
      'task - name: two',
      'task -',
      'play-rest become: true',
      'handler - name: h',
      'play -   name: other',
      'task -   ping:',
      'play-rest roles: [a]',
      'play - import_playbook: x.yml',
    ]);
    for (const { item, start } of items) expect(PLAYBOOK.startsWith(item.text, start)).toBe(true);
  });

  it('reads in the items what stands in the whole', () => {
    const [whole] = parseYamlNodes(PLAYBOOK).roots;
    if (whole?.kind !== 'sequence') throw new Error('no list');
    const [play] = whole.items;
    const tasks =
      play?.kind === 'map' ? play.entries.find(({ name }) => name === 'tasks')?.value : undefined;
    const own = splitPlaybook(PLAYBOOK, 'playbook', [])
      .slice(1, 4)
      .flatMap(({ item }) => item.tasks.map((task) => shape(task.node, item.text)));
    expect(own).toEqual(tasks === undefined ? [] : shape(tasks, PLAYBOOK));
  });

  it('gives items back whose text is the same, wherever they stand', () => {
    const before = splitPlaybook(PLAYBOOK, 'playbook', []).map(({ item }) => item);
    const after = splitPlaybook(PLAYBOOK.replace('name: one', 'name: 1'), 'playbook', before);
    const fresh = after.filter(({ item }) => !before.includes(item));
    expect(fresh.map(({ item }) => item.text.trim().split('\n')[0])).toEqual(['- name: 1']);
  });

  it('reads all at once where anchors are used elsewhere, and where documents follow', () => {
    const anchors = '- hosts: a\n  vars: &v { a: b }\n- hosts: b\n  vars: *v\n';
    expect(splitPlaybook(anchors, 'playbook', []).map(({ item }) => item.role)).toEqual(['whole']);
    const two = '- hosts: a\n---\n- hosts: b\n';
    expect(splitPlaybook(two, 'playbook', []).map(({ item }) => item.role)).toEqual(['whole']);
    const own = '- hosts: a\n  vars: { a: &v b, c: *v }\n- hosts: b\n';
    expect(splitPlaybook(own, 'playbook', []).map(({ item }) => item.role)).toEqual([
      'play',
      'play',
    ]);
  });

  it('keeps a fault within its item', () => {
    const text = '- ping:\n- name: "open\n  ping:\n- ping:\n';
    const items = splitPlaybook(text, 'tasks', []);
    expect(items.map(({ item }) => item.faults.map(({ cause }) => cause))).toEqual([
      [],
      ['unclosed-quote'],
      [],
    ]);
    expect(items.map(({ item }) => item.tasks.length)).toEqual([1, 1, 1]);
  });
});

describe('what Ansible reads although YAML has it otherwise', () => {
  it.each([
    '- debug:\n    msg: "a\n  b"\n',
    '- debug:\n    msg: [\n  a,\n  b\n    ]\n',
    '- debug: {\n  msg: a\n}\n',
    '\uFEFF- debug:\n',
  ])('%j', (text) => {
    expect(splitPlaybook(text, 'tasks', []).flatMap(({ item }) => item.faults)).toEqual([]);
  });
});

describe('readPlainBlock', () => {
  it('reads plain tasks', () => {
    for (const { item } of splitPlaybook(PLAYBOOK, 'playbook', []).slice(3, 6)) {
      expect(readPlainBlock(item.text), item.text).toBeDefined();
    }
  });

  it('leaves the rest to the parser', () => {
    for (const text of [
      ...[
        '- a: [b]\n',
        '- a: |\n    b\n',
        '- a: &b c\n',
        '- a: b\n    c\n',
        '- a: "b\n  c"\n',
        'a\n',
      ],
      ...[
        '- a: !vault b\n',
        '- a: b: c\n',
        '- a:\tb\n',
        '---\n- a: b\n',
        '- a: "\\n"\n',
        '- ? a\n',
        '',
      ],
    ]) {
      expect(readPlainBlock(text), JSON.stringify(text)).toBeUndefined();
    }
  });

  it('reads what the parser reads', () => {
    const line = fc
      .tuple(
        fc.constantFrom('', '  ', '    ', '      ', ' '),
        fc.constantFrom('', '- ', '-', '- - ', '-   '),
        fc.constantFrom('', 'a:', 'b: ', '"c d": ', "'e':", 'f.g:  ', 'h', '# x'),
        fc.constantFrom(
          ...[
            '',
            'x',
            'x y',
            '0644',
            'yes',
            '"x"',
            "'x y'",
            '"x" # c',
            'x # c',
            ' # c',
            'x#y',
            'x:y',
          ],
          ...[
            'x: y',
            '-1',
            '~',
            '[x]',
            '{{ x }}',
            '"{{ x }}"',
            "'it''s'",
            '"a\\n"',
            '*x',
            '3:4',
            'a"b',
          ],
        ),
      )
      .map((parts) => parts.join(''));
    let read = 0;
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 6 }), (lines) => {
        const text = `${lines.join('\n')}\n`;
        const plain = readPlainBlock(text);
        if (plain === undefined) return;
        read++;
        expect({ roots: [plain], faults: [] }).toEqual(parseFully(text));
      }),
      { numRuns: fullTests ? 40_000 : 1000 },
    );
    expect(read).toBeGreaterThan(20);
  });
});

describe('texts that nobody writes', () => {
  it.each([
    ['brackets', `- a: ${'['.repeat(20_000)}`],
    ['dashes', '- '.repeat(20_000)],
    ['columns', Array.from({ length: 150 }, (_, line) => `${' '.repeat(line % 7)}a: b`).join('\n')],
    ['open quotes', '- a: "x\n'.repeat(300)],
    ['tabs', 'a:\n\tb: c\n'.repeat(300)],
    ['signs', '- @%`{}[]"\'&*|>\n'.repeat(200)],
  ])('%s: are read to the end', (_, text) => {
    for (const kind of ['vars', 'tasks', 'playbook'] as const) {
      expect(splitPlaybook(text, kind, []).some(({ item }) => item.faults.length > 0)).toBe(true);
    }
  });
});
