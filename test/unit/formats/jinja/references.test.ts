import { describe, expect, it } from 'vitest';
import { namesDefinedWhen } from '../../../../core/formats/jinja/guards.ts';
import { parseBareExpression, parseTemplate } from '../../../../core/formats/jinja/parse.ts';
import type { References } from '../../../../core/formats/jinja/reference-types.ts';
import { referencesOf, undeclaredNames } from '../../../../core/formats/jinja/references.ts';

const of = (text: string): References => referencesOf(parseTemplate(text));
/** What could be missing: neither bound by the template nor guarded. */
const needed = (text: string): string[] =>
  of(text)
    .reads.filter(({ guarded, local }) => !guarded && local === undefined)
    .map(({ name }) => name);
const names = (uses: readonly { readonly name: string }[]): string[] =>
  uses.map(({ name }) => name);

describe('variables', () => {
  it.each([
    ['{{ a }} {{ b.c[d] }}', 'a b d'],
    ['{{ a | default(b) }} {{ c.d | d }} {{ (e + f) | default(1) }}', 'b'],
    ['{{ a is defined }} {{ b is not defined }} {{ c is undefined }}', ''],
    ['{% if a is defined %}{{ a }}{{ b }}{% else %}{{ a }}{% endif %}{{ a }}', 'b a a'],
    ['{% if a is undefined %}{{ a }}{% else %}{{ a }}{% endif %}', 'a'],
    ['{% if a is not defined %}x{% elif a %}{{ a }}{% endif %}', ''],
    ['{% if a is defined and a.b is defined %}{{ a.b }}{% endif %}', ''],
    ['{% if a is defined or b is defined %}{{ a }}{% endif %}', 'a'],
    ['{% if not (a is undefined or b is undefined) %}{{ a ~ b }}{% endif %}', ''],
    ['{% if a | default(false) %}{{ a }}{% endif %}', ''],
    ['{% if a | default(true) %}{{ a }}{% endif %}', 'a'],
    ['{{ a if a is defined else b }} {{ c is defined and c.d }} {{ e is undefined or e }}', 'b'],
    [
      '{% for x in a if x is defined %}{{ x }}{{ loop.index }}{% else %}{{ x }}{% endfor %}{{ x }}',
      'a x x',
    ],
    ['{% set a = b %}{{ a }}{{ c }}{% set c = 1 %}', 'b c'],
    ['{% macro m(p, q=r) %}{{ p ~ q ~ caller() }}{{ s }}{% endmacro %}{{ m(1) }}', 'r s'],
    ["{% import 'x' as m %}{% from 'y' import f as g %}{{ m.a() }}{{ g() }}{{ f() }}", 'f'],
    ['{% with a = b %}{{ a }}{% endwith %}{{ a }}', 'b a'],
    ['{% set ns.x = 1 %}', 'ns'],
    ['{% if c %}{% set a = 1 %}{% else %}{% set a = 2 %}{% endif %}{{ a }}', 'c'],
    ['{% raw %}{{ a }}{% endraw %}{# {{ b }} #}{{ "{{ c }}" }}', ''],
  ])('that are needed: %s', (text, expected) => {
    expect(needed(text).join(' ')).toBe(expected);
  });

  it('are perhaps bound where only one branch binds them', () => {
    const { reads } = of('{% if c %}{% set a = 1 %}{% endif %}{{ a }}');
    expect(reads.map(({ name, local }) => [name, local])).toEqual([
      ['c', undefined],
      ['a', 'maybe'],
    ]);
  });

  it('are known by an earlier condition', () => {
    const condition = parseBareExpression('a is defined and b.c is defined');
    const known = namesDefinedWhen(condition.expression, true);
    const { reads } = referencesOf(parseTemplate('{{ a }} {{ b }} {{ c }}'), known);
    expect(reads.map(({ guarded }) => guarded)).toEqual([true, true, false]);
  });

  it('come with their fixed path and place', () => {
    const text = "{{ ansible_facts['default_ipv4'].address[0].x }}";
    const [read] = of(text).reads;
    expect(read?.path).toEqual(['default_ipv4', 'address']);
    expect(text.slice(read?.start, read?.end)).toBe('ansible_facts');
  });

  it('that are undeclared leave out functions', () => {
    expect([...undeclaredNames(of('{{ range(a) }}{{ now() }}{{ f(b) }}'))]).toEqual([
      'a',
      'f',
      'b',
    ]);
  });
});

describe('what else a template names', () => {
  it('filters, tests and functions', () => {
    const text =
      "{% filter upper %}{% set x | trim %}{{ a | ns.col.f | map('int') is ns.t }}{% endset %}{{ m() }}{% endfilter %}";
    const found = of(text);
    expect(names(found.filters)).toEqual(['upper', 'trim', 'ns.col.f', 'map']);
    expect(names(found.tests)).toEqual(['ns.t']);
    expect(names(found.calls)).toEqual(['m']);
    for (const { name, start, end } of [...found.filters, ...found.tests]) {
      expect(text.slice(start, end)).toBe(name);
    }
  });

  it('lookups with what they look up', () => {
    const { lookups } = of(
      "{{ lookup('file', 'a/b', errors='ignore') }}{{ q('fileglob', ['*.c', d]) }}{{ query(p, 'x') }}{{ x.lookup('no') }}",
    );
    expect(lookups.map(({ plugin, terms }) => [plugin?.name, names(terms)])).toEqual([
      ['file', ['a/b']],
      ['fileglob', ['*.c']],
      [undefined, ['x']],
    ]);
  });

  it('variables of another host, where they are written out', () => {
    const found = of(
      "{{ hostvars['pi1'].port }}{{ hostvars[h]['name'] | upper }}{{ hostvars[h].get('x') }}{{ hostvars[h][v] }}{{ hostvars.pi1 }}",
    );
    expect(names(found.hostVariables)).toEqual(['port', 'name']);
    expect(found.reads.map(({ name }) => name)).not.toContain('port');
  });

  it('groups that are asked for, where the template has no such name of its own', () => {
    const found = of(
      "{{ 'web' in group_names }}{{ 'db' not in groups }}{{ 'x' in names }}{{ 'y' == group_names }}{% for groups in all %}{{ 'own' in groups }}{% endfor %}",
    );
    expect(names(found.groups)).toEqual(['web', 'db']);
  });

  it('hosts, groups and other templates', () => {
    const found = of(
      "{{ hostvars['pi1'].x }}{{ hostvars[h] }}{{ groups['pis'] }}{{ groups.web }}{{ groups.keys() }}{{ groups[g] }}{% include ['a.j2', b] %}{% extends 'c.j2' %}",
    );
    expect(names(found.hosts)).toEqual(['pi1']);
    expect(names(found.groups)).toEqual(['pis', 'web']);
    expect(names(found.templates)).toEqual(['a.j2', 'c.j2']);
  });

  it('tags that need an extension, and names that are bound', () => {
    const found = of('{% for a in b %}{% do c %}{% break %}{% endfor %}{% set d = 1 %}');
    expect(names(found.extensionTags)).toEqual(['do', 'break']);
    expect(found.bindings.map(({ name, by }) => `${by} ${name}`)).toEqual(['for a', 'set d']);
  });
});
