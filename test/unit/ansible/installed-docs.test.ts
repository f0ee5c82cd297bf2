/** What `ansible-doc` prints, read: facts, words, names. */
import { describe, expect, it } from 'vitest';
import { readVersion, routedModules } from '../../../core/ansible/docs/installation.ts';
import { toMarkdown } from '../../../core/ansible/docs/markup.ts';
import { pack, unpackHead, unpackWords } from '../../../core/ansible/docs/pack.ts';
import { readModule, readNames, readPrinted } from '../../../core/ansible/docs/read-docs.ts';
import { withInstalled } from '../../../core/ansible/docs/with-installed.ts';
import {
  firstSentence,
  optionParagraphs,
  wordsOfOption,
} from '../../../core/ansible/docs/words.ts';
import { knowledgeOf } from '../../../core/analysis/playbook/knowledge.ts';
import type { AnsibleFacts } from '../../../core/data/ansible-facts.ts';

const PRINTED = {
  doc: {
    short_description: 'Moves water',
    description: 'Moves water.',
    notes: null,
    version_added: 1.5,
    deprecated: { removed_in: '3.0.0', alternative: 'acme.pond.fill', why: 'slow' },
    options: {
      free_form: { description: 'Anything.' },
      litres: { description: ['How much. At most a pond.'], type: 'int', required: true },
      way: {
        description: 'Where to.',
        type: 'str',
        choices: { up: 'against C(gravity)', down: ['with it'] },
        aliases: ['direction'],
        default: null,
      },
      pipes: {
        type: 'list',
        elements: 'dict',
        suboptions: { width: { description: 'In millimetres.', type: 'int', default: 20 } },
      },
      odd: 'no mapping',
    },
  },
  examples: '- acme.pond.pump:\n',
};

const BUNDLED: AnsibleFacts = {
  versions: { 'ansible-core': '2.19.0', 'community.general': '10.0.0' },
  modules: {
    'ansible.builtin.apt': {
      options: { name: {}, newer: {} },
      mutually_exclusive: [
        ['name', 'deb'],
        ['name', 'newer'],
      ],
    },
    'ansible.builtin.newest': { options: {} },
  },
  other_modules: ['far.away.thing'],
  routing: {
    modules: { 'ansible.builtin.include': { removed: '2.16' } },
    filter: {},
    test: {},
    lookup: {},
  },
  keywords: {},
  filters: [],
  tests: [],
  lookups: [],
};

describe('a module as ansible-doc prints it', () => {
  it('is read as facts', () => {
    expect(readModule(PRINTED)?.facts).toEqual({
      options: {
        litres: { type: 'int', required: true },
        way: { choices: ['up', 'down'], aliases: ['direction'] },
        pipes: {
          type: 'list',
          elements: 'dict',
          options: { width: { type: 'int', default: 20 } },
        },
        odd: { type: 'raw' },
      },
      free: true,
      added: '1.5',
      deprecated: { in: '3.0.0', instead: 'acme.pond.fill' },
    });
  });

  it('is read as words', () => {
    const words = readModule(PRINTED)?.words;
    expect(words).toMatchObject({
      summary: 'Moves water',
      description: ['Moves water.'],
      notes: [],
    });
    const way = wordsOfOption(words, ['way']);
    expect(way === undefined ? [] : optionParagraphs(way)).toEqual([
      'Where to.',
      '- `up`: against `gravity`\n- `down`: with it',
    ]);
    const litres = wordsOfOption(words, ['litres']);
    expect(litres === undefined ? '' : firstSentence(litres)).toBe('How much.');
    expect(wordsOfOption(words, ['pipes', 'width'])?.description).toEqual(['In millimetres.']);
  });

  it('is left out where it is none', () => {
    expect(readModule({ doc: null })).toBeUndefined();
    expect(readPrinted('[WARNING]: no JSON')).toEqual([]);
    expect(readNames('{"a.b.c": "words"}')).toEqual(['a.b.c']);
  });

  it('comes out of the cache as it went in, and not at all where a byte is another one', async () => {
    const docs = readModule(PRINTED);
    if (docs === undefined) throw new Error('not read');
    const all = async function* (): AsyncGenerator<readonly [string, typeof docs]> {
      yield await Promise.resolve(['acme.pond.pump', docs] as const);
    };
    const file = await pack({ name: 'acme.pond', version: '1.2.3' }, all());
    const head = await unpackHead(file);
    expect(head).toMatchObject({ version: '1.2.3', modules: { 'acme.pond.pump': docs.facts } });
    const [offset = 0, length = 0] = head?.words['acme.pond.pump'] ?? [];
    expect(unpackWords(file.subarray(offset, offset + length))).toEqual(docs.words);
    file[file.length - 1] = (file.at(-1) ?? 0) ^ 1;
    expect(await unpackHead(file)).toBeUndefined();
  });
});

describe('the facts with what is installed over them', () => {
  it('have the filters and tests of installed collections', () => {
    expect(facts).toMatchObject({ filters: ['acme.pond.depth'], tests: ['acme.pond.frozen'] });
  });

  const facts = withInstalled(
    BUNDLED,
    {
      version: '2.14.18',
      modules: ['ansible.builtin.apt', 'ansible.builtin._include', 'acme.pond._pump'],
      others: ['acme.pond.old_pump'],
      plugins: { filters: ['acme.pond.depth'], tests: ['acme.pond.frozen'], lookups: [] },
    },
    [
      {
        name: 'ansible.builtin',
        version: '2.14.18',
        modules: { 'ansible.builtin.apt': { options: { name: {}, deb: {} } } },
      },
    ],
  );
  const kindOf = (name: string): string => knowledgeOf(facts).module(name).kind;

  it('have the options that are installed, and what is known of them together', () => {
    expect(facts.modules['ansible.builtin.apt']).toEqual({
      options: { name: {}, deb: {} },
      mutually_exclusive: [['name', 'deb']],
    });
    expect(facts.versions['ansible-core']).toBe('2.14.18');
  });

  it('know every installed module, and that there are no others', () => {
    expect(kindOf('acme.pond.pump')).toBe('opaque');
    expect(kindOf('acme.pond.old_pump')).toBe('opaque');
    expect(kindOf('acme.pond.pomp')).toBe('unknown');
    expect(kindOf('acme.lake.pump')).toBe('foreign');
    expect(kindOf('far.away.thing')).toBe('opaque');
    expect(kindOf('newest')).toBe('known');
    expect(kindOf('ansible.builtin.include')).toBe('removed');
  });
});

describe('what Ansible says of itself', () => {
  it('is read from its version', () => {
    const told = readVersion(`ansible-playbook [core 2.14.18]
  config file = /p/ansible.cfg
  ansible python module location = /usr/lib/python3/dist-packages/ansible
  ansible collection location = /root/.ansible/collections:/usr/share/ansible/collections
`);
    expect(told).toEqual({
      version: '2.14.18',
      library: '/usr/lib/python3/dist-packages/ansible',
      settings: '/p/ansible.cfg',
      collectionPaths: ['/root/.ansible/collections', '/usr/share/ansible/collections'],
    });
    expect(readVersion('ansible-playbook 2.9.27\n')).toBeUndefined();
  });

  it('names what a collection routes elsewhere', () => {
    const runtime = `---
requires_ansible: '>=2.14'
plugin_routing:
  modules:
    old:
      redirect: a.b.new
    "gone":
      tombstone:
        removal_version: 2.0.0
  lookup:
    other:
      redirect: a.b.c
`;
    expect(routedModules(runtime)).toEqual(['old', 'gone']);
  });
});

describe('markup', () => {
  it.each([
    ['Use C(apt) and I(name).', 'Use `apt` and _name_.'],
    [
      'See L(the docs,https://docs.example/a) or U(https://b.example).',
      'See [the docs](https://docs.example/a) or [https://b.example](https://b.example).',
    ],
    ['L(click,javascript:alert)', 'click'],
    ['Set O(state=present) to V(a\\)b).', 'Set `state=present` to `a)b`.'],
    ['O(ansible.builtin.copy#module:src)', '`src`'],
    ['R(Title,anchor) HORIZONTALLINE end', 'Title  end'],
    ['<b>*x*</b>', '\\<b\\>\\*x\\*\\</b\\>'],
  ])('%s', (markup, markdown) => {
    expect(toMarkdown(markup)).toBe(markdown);
  });
});
