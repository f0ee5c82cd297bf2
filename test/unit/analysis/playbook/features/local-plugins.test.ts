/** Filters, tests and lookups that a project brings itself, where they are typed and read. */
import { describe, expect, it } from 'vitest';
import { pluginExports } from '../../../../../core/analysis/ansible-project/plugin-exports.ts';
import { readDocument } from '../../../../../core/analysis/ansible-project/read-document.ts';
import { complete } from '../../../../../core/analysis/playbook/features/complete.ts';
import { hover } from '../../../../../core/analysis/playbook/features/hover.ts';
import { completeTemplate } from '../../../../../core/analysis/playbook/features/template-features.ts';
import {
  filesInMemory,
  findingsOf,
  indexOf,
  pathsOf,
  ROOT,
} from '../../ansible-project/project.ts';

const WORDS = `def shout(x):
    return x + "!"

class FilterModule:
    def filters(self):
        return {'shout': shout, 'whisper': lambda x: {'no': x}['no']}

    def helper(self):
        return {'quiet': 1}
`;
const TESTS = `class TestModule(object):
    def tests(self):
        return dict(
            raspberry=self.is_pi,
            awake=lambda x: True,
        )
`;
const FILES = {
  'ansible.cfg': '[defaults]\ntest_plugins = plugins/test\n',
  'filter_plugins/words.py': WORDS,
  'plugins/test/pis.py': TESTS,
  'roles/web/lookup_plugins/pond.py': 'class LookupModule: pass\n',
  'collections/ansible_collections/acme/pond/plugins/filter/litres.py':
    "class FilterModule:\n    def filters(self):\n        return {'to_litres': int}\n",
  'collections/ansible_collections/acme/pond/plugins/lookup/level.py': '',
};

async function labels(marked: string): Promise<string[]> {
  const offset = marked.indexOf('¦');
  const text = `- hosts: all\n  tasks:\n    - debug:\n        msg: "${marked}"\n`;
  const ansible = await (await indexOf(filesInMemory(pathsOf(FILES)))).build();
  const facts = readDocument(
    `${ROOT}/site.yml`,
    text.replace('¦', ''),
    'playbook',
    ansible.knowledge,
  );
  const at = offset + text.indexOf('"') + 1;
  const answer = complete(facts, at, { ansible, leavesModules: true });
  return ('items' in answer ? answer.items : answer).map(({ label }) => label);
}

describe('plugins of the project', () => {
  it('are offered where a filter, a test or a lookup is typed, those of collections too', async () => {
    const filters = await labels('{{ x | ¦ }}');
    expect(filters.slice(0, 3)).toEqual(['acme.pond.to_litres', 'shout', 'whisper']);
    expect(filters).not.toContain('quiet');
    expect(await labels('{{ x is ras¦ }}')).toEqual(expect.arrayContaining(['raspberry', 'awake']));
    expect(await labels("{{ lookup('¦') }}")).toEqual(
      expect.arrayContaining(['pond', 'acme.pond.level']),
    );
  });

  it('are offered and told of in templates, with their file', async () => {
    const ansible = await (await indexOf(filesInMemory(pathsOf(FILES)))).build();
    const { knowledge } = ansible;
    const offered = completeTemplate('{{ x | sh', 9, { knowledge, ansible }, `${ROOT}/a.j2`);
    const [first] = 'items' in offered ? offered.items : offered;
    expect(first).toMatchObject({ label: 'shout', detail: 'filter_plugins/words.py' });
    const text = '- hosts: all\n  tasks:\n    - debug:\n        msg: "{{ 1 | shout }}"\n';
    const facts = readDocument(`${ROOT}/site.yml`, text, 'playbook', knowledge);
    const around = { ansible, leavesModules: false };
    expect(hover(facts, text.indexOf('shout'), around)?.markdown).toContain(
      '`filter_plugins/words.py`',
    );
  });

  it('are known where ansible.cfg has a folder of tests in the project', async () => {
    const ansible = await (await indexOf(filesInMemory(pathsOf(FILES)))).build();
    const text = '{{ a is raspberry }}{{ a is rasperry }}{{ a | shuot }}\n';
    expect(
      findingsOf(ansible, `${ROOT}/templates/a.j2`, text).map(({ code, start }) => [code, start]),
    ).toEqual([
      ['unknown-test', text.indexOf('rasperry')],
      ['unknown-filter', text.indexOf('shuot')],
    ]);
  });
});

describe('names in a file of filters', () => {
  const names = (text: string): readonly string[] => pluginExports('filter', '/a.py', text);

  it.each([
    [
      'a dict that is filled',
      "    def filters(self):\n        f = {}\n        f['a'] = a\n        return f\n",
    ],
    [
      'a dict over lines',
      "    def filters(self):\n        return {\n            # 'b': b,\n            'a': a,\n        }\n",
    ],
    [
      'a constant',
      "FILTERS = {\n    'a': a,\n}\nclass F:\n    def filters(self):\n        return FILTERS\n",
    ],
    [
      'a field',
      "class F:\n    filter_map = {\n        'a': a,\n    }\n\n    def filters(self):\n        return self.filter_map\n",
    ],
  ])('of %s', (_what, text) => expect(names(text)).toEqual(['a']));

  it('are none where the file says nothing of them', () => {
    expect(names('import x\n')).toEqual([]);
    expect(names('def filters(')).toEqual([]);
  });
});
