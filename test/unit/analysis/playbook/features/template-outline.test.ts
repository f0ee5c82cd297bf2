/** What the editor is told of templates and of rpi.yml besides findings. */
import { describe, expect, it } from 'vitest';
import {
  analyseTemplate,
  type TemplateFacts,
} from '../../../../../core/analysis/ansible-project/template-language.ts';
import type { AnsibleProject } from '../../../../../core/analysis/ansible-project/project.ts';
import {
  templateFolds,
  templateLinks,
  templateSelections,
  templateTokens,
} from '../../../../../core/analysis/playbook/features/template-outline.ts';
import { yamlFolds } from '../../../../../core/analysis/yaml-ranges.ts';
import { readRpiYml } from '../../../../../core/analysis/rpi-yml/facts.ts';
import {
  namedInRpiYmlAt,
  rpiYmlLinks,
  rpiYmlOutline,
} from '../../../../../core/analysis/rpi-yml/features.ts';
import {
  crash,
  filesInMemory,
  indexOf,
  pathsOf,
  ROOT,
  toldOf,
} from '../../ansible-project/project.ts';

const TEMPLATE = `{% include 'part.j2' %}
{% for one in many %}
{% if one %}
{{ one | upper }}
{% else %}
none
{% endif %}
{% endfor %}
{#
  words
#}
`;

async function template(): Promise<{ facts: TemplateFacts; ansible: AnsibleProject }> {
  const texts = {
    'templates/a.j2': TEMPLATE,
    'templates/part.j2': '',
    'site.yml': '- hosts: all\n',
  };
  const ansible = await (await indexOf(filesInMemory(pathsOf(texts)))).build();
  const { knowledge } = ansible;
  const document = { path: `${ROOT}/templates/a.j2`, text: TEMPLATE };
  const { facts } = analyseTemplate(document, { knowledge, ansible }, undefined, crash);
  return { facts, ansible };
}

const lineOf = (text: string, offset: number): number => text.slice(0, offset).split('\n').length;

describe('a template', () => {
  it('is folded by its blocks, and the tags that end them stay', async () => {
    const { facts } = await template();
    const folds = templateFolds(facts).map(
      ({ start, end, kind }) => `${lineOf(TEMPLATE, start)}-${lineOf(TEMPLATE, end)} ${kind}`,
    );
    expect(folds).toEqual(['2-7 region', '3-4 region', '5-6 region', '9-11 comment']);
  });

  it('leads to what it includes', async () => {
    const { facts, ansible } = await template();
    expect(templateLinks(facts, ansible)).toMatchObject([
      { start: 12, end: 19, target: { path: `${ROOT}/templates/part.j2` } },
    ]);
  });

  it('is selected from the word outwards', async () => {
    const { facts } = await template();
    const at = TEMPLATE.indexOf('one |') + 1;
    const texts = templateSelections(facts, at).map(({ start, end }) => TEMPLATE.slice(start, end));
    expect(texts.slice(0, 2)).toEqual(['one', '{{ one | upper }}']);
    expect(texts.at(-1)).toBe(TEMPLATE);
    expect(templateTokens(facts).map(({ type }) => type)).toEqual(
      expect.arrayContaining(['keyword', 'variable', 'method']),
    );
  });

  it('may name only hosts and groups that an inventory has', async () => {
    const found = await toldOf({
      'inventory/hosts.yml': 'all:\n  children:\n    sensors:\n      hosts:\n        pi1:\n',
      'site.yml':
        '- hosts: sensors\n  tasks:\n    - template: src=a.j2 dest=/etc/a mode=0644\n  become: true\n',
      'templates/a.j2': `{{ groups['sensor'] }} {{ hostvars['pi1'].x }} {{ hostvars['pi2'].y }}
{% if 'displays' in groups %}{{ groups['displays'] }}{% endif %}
`,
    });
    expect(found.filter((each) => each.includes('unknown-host'))).toEqual([
      'templates/a.j2:1 warning unknown-host “sensor”',
      'templates/a.j2:1 warning unknown-host “pi2”',
    ]);
  });
});

describe('rpi.yml', () => {
  const text = `version: 1
id: a
ansible:
  provision: site.yml
  deploy: gone.yml
groups:
  - ip: 10.0.0.0/24
    group: sensors
`;
  const facts = readRpiYml(text);

  it('leads to files that are there', () => {
    const pathOf = (path: string): string | undefined =>
      path === 'site.yml' ? `${ROOT}/site.yml` : undefined;
    expect(rpiYmlLinks(facts, { pathOf })).toMatchObject([
      { target: { path: `${ROOT}/site.yml` } },
    ]);
  });

  it('is folded, and its groups have names', () => {
    const folds = yamlFolds(text).map(({ start, end }) => [lineOf(text, start), lineOf(text, end)]);
    expect(folds).toEqual([
      [3, 5],
      [6, 8],
    ]);
    expect(rpiYmlOutline(facts).map(({ name, detail }) => `${name} ${detail}`)).toEqual([
      'version 1',
      'id a',
      'ansible ',
      'groups ',
    ]);
    expect(namedInRpiYmlAt(facts, text.indexOf('sensors') + 2)).toMatchObject({ name: 'sensors' });
  });
});
