/** Templates and expressions by chance: right ones, nearly right ones, and noise. */
import fc from 'fast-check';

const name = fc.constantFrom(
  ...'a b c d item x y z ns hosts users loop caller self foo_bar ansible_facts'.split(' '),
  ...'in is not if else and or for recursive with context defined true none'.split(' ').slice(0, 4),
);
const variable = fc.constantFrom(...'a b c d item x y z hosts users loop caller'.split(' '));
/** Names to bind: what is special inside loops and macros is not assigned to. */
const bindable = fc.constantFrom(...'a b c d item x y z hosts users'.split(' '));
const filter = fc.constantFrom(
  'default',
  'd',
  'upper',
  'join',
  'map',
  'ansible.builtin.bool',
  'my_f',
);
const test = fc.constantFrom(
  'defined',
  'undefined',
  'divisibleby',
  'in',
  'search',
  'a.b.c',
  'none',
);
const literal = fc.constantFrom(
  ...['1', '0', '1_000', '0x_ff', '0b11', '0o17', '1.5', '1e3', '1_0.0_1E-2', 'true', 'None'],
  ...[
    `'s'`,
    `"t"`,
    `'it\\'s'`,
    `"a\\nb"`,
    `'\\x41\\u00e9'`,
    `'a' "b"`,
    `''`,
    `'{{'`,
    `"%}"`,
    `'ü'`,
  ],
);

const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    { weight: 6, arbitrary: variable },
    { weight: 3, arbitrary: literal },
    ...combined(tie('expression')).map((arbitrary) => ({ weight: 2, arbitrary })),
  ),
}));

function combined(e: fc.Arbitrary<string>): fc.Arbitrary<string>[] {
  const args = fc
    .array(
      fc.oneof(
        e,
        fc.tuple(variable, e).map(([key, value]) => `${key}=${value}`),
        e.map((value) => `*${value}`),
        e.map((value) => `**${value}`),
      ),
      { maxLength: 3 },
    )
    .map((list) => list.join(', '));
  const positional = fc.array(e, { maxLength: 3 }).map((list) => list.join(', '));
  const operator = fc.constantFrom(
    ...'+ - * / // % ** ~ == != < <= > >= and or in'.split(' '),
    'not in',
  );
  return [
    fc.tuple(e, operator, e).map(([a, o, b]) => `${a} ${o} ${b}`),
    fc.tuple(e, operator, e).map(([a, o, b]) => `${a} ${o} ${b}`),
    e.map((a) => `not ${a}`),
    e.map((a) => `-${a}`),
    e.map((a) => `(${a})`),
    fc.tuple(e, e).map(([a, b]) => `(${a}, ${b})`),
    positional.map((list) => `[${list}]`),
    fc.tuple(variable, e).map(([a, b]) => `{'k': ${b}, ${a}: 1 }`),
    fc.tuple(e, name).map(([a, b]) => `${a}.${b}`),
    e.map((a) => `${a}.0`),
    fc.tuple(e, e).map(([a, b]) => `${a}[${b}]`),
    fc.tuple(e, e).map(([a, b]) => `${a}[${b}:]`),
    fc.tuple(e, e).map(([a, b]) => `${a}[:${b}:2, 1]`),
    fc.tuple(e, args).map(([a, list]) => `${a}(${list})`),
    fc.tuple(e, filter).map(([a, f]) => `${a} | ${f}`),
    fc.tuple(e, filter, args).map(([a, f, list]) => `${a}|${f}(${list})`),
    fc.tuple(e, test).map(([a, t]) => `${a} is ${t}`),
    fc.tuple(e, test, positional).map(([a, t, list]) => `${a} is not ${t}(${list})`),
    fc.tuple(e, test, e).map(([a, t, b]) => `${a} is ${t} ${b}`),
    fc.tuple(e, test, operator, e).map(([a, t, o, b]) => `${a} is ${t} ${o} ${b}`),
    fc.tuple(e, e, e).map(([a, b, c]) => `${a} if ${b} else ${c}`),
    fc.tuple(e, e).map(([a, b]) => `${a} if ${b}`),
    fc.tuple(fc.constantFrom('lookup', 'range', 'q'), args).map(([f, list]) => `${f}(${list})`),
  ];
}

const sign = fc.constantFrom('', '', '', '-', '+');
const endSign = fc.constantFrom('', '', '', '-');
const target = fc.oneof(
  bindable,
  fc.tuple(bindable, bindable).map(([a, b]) => `${a}, ${b}`),
  fc.tuple(bindable, bindable).map(([a, b]) => `(${a}, ${b})`),
);

const { body } = fc.letrec<{ body: string; part: string }>((tie) => ({
  body: fc.array(tie('part'), { maxLength: 4 }).map((parts) => parts.join('')),
  part: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    { weight: 2, arbitrary: fc.constantFrom('text\n', ' ', '\r\n', 'a { b } c', '} %} }}', 'ü😀') },
    {
      weight: 5,
      arbitrary: fc
        .tuple(sign, expression, endSign)
        .map(([before, e, after]) => `{{${before} ${e} ${after}}}`),
    },
    { weight: 1, arbitrary: fc.constantFrom('{# c #}', '{#- {{ x }} -#}', '{#+#}') },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        '{% raw %}{{ a {% endraw %}',
        '{%- raw -%} {% x %} {%+ endraw -%}',
      ),
    },
    ...statements(tie('body')).map((arbitrary) => ({ weight: 1, arbitrary })),
  ),
}));

function statements(inner: fc.Arbitrary<string>): fc.Arbitrary<string>[] {
  const e = expression;
  return [
    fc.tuple(target, e).map(([t, v]) => `{% set ${t} = ${v} %}`),
    fc.tuple(bindable, e).map(([t, v]) => `{% set ${t}.k = ${v} %}`),
    fc.tuple(bindable, inner).map(([t, b]) => `{% set ${t} %}${b}{% endset %}`),
    fc.tuple(bindable, filter, inner).map(([t, f, b]) => `{% set ${t} | ${f} %}${b}{% endset %}`),
    fc.tuple(e, inner).map(([c, b]) => `{% if ${c} %}${b}{% endif %}`),
    fc
      .tuple(e, inner, e, inner, inner)
      .map(([c, b, d, f, g]) => `{% if ${c} %}${b}{%- elif ${d}: %}${f}{% else %}${g}{% endif -%}`),
    fc.tuple(target, e, inner).map(([t, l, b]) => `{% for ${t} in ${l} %}${b}{% endfor %}`),
    fc
      .tuple(target, e, e, inner, inner)
      .map(
        ([t, l, c, b, f]) =>
          `{% for ${t} in ${l} if ${c} %}${b}{{ loop.index }}{% else %}${f}{% endfor %}`,
      ),
    fc
      .tuple(bindable, e, inner)
      .map(([t, l, b]) => `{% for ${t} in ${l} recursive %}${b}{% endfor %}`),
    fc
      .tuple(bindable, bindable, e, inner)
      .map(([m, p, d, b]) => `{% macro ${m}(${p}, q=${d}) %}${b}{{ caller() }}{% endmacro %}`),
    fc
      .tuple(bindable, e, inner)
      .map(([m, a, b]) => `{% call(u) ${m}(${a}) %}${b}{{ u }}{% endcall %}`),
    fc.tuple(filter, inner).map(([f, b]) => `{% filter ${f} | upper %}${b}{% endfilter %}`),
    fc.tuple(bindable, e, inner).map(([t, v, b]) => `{% with ${t} = ${v}, w=1 %}${b}{% endwith %}`),
    inner.map((b) => `{% autoescape true %}${b}{% endautoescape %}`),
    fc.tuple(e).map(([v]) => `{% do ${v} %}`),
    fc.tuple(e, e).map(([v, w]) => `{% print ${v}, ${w} %}`),
    fc.constantFrom(
      `{% include 'a.j2' %}`,
      `{% include ['a.j2', b] ignore missing without context %}`,
      `{% import 'm.j2' as m with context %}{{ m.x() }}`,
      `{% from 'm.j2' import f, g as h %}{{ f(h) }}`,
      `{% from 'm.j2' import f, g with context %}`,
      '{% extends layout %}',
      '{% break %}',
      '{% continue %}',
    ),
  ];
}

/** A right template, as far as chance allows. */
export const template: fc.Arbitrary<string> = body;
export { expression };

const SNIPPETS = [
  ...[
    '{{',
    '}}',
    '{%',
    '%}',
    '{#',
    '#}',
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    '"',
    "'",
    '\\',
    '|',
    '.',
    ',',
  ],
  ...[
    ':',
    '=',
    '==',
    '!',
    '&',
    '$',
    '-',
    '+',
    '~',
    '\n',
    ' ',
    'x',
    'if',
    'else',
    'for',
    'in',
    'is',
  ],
  ...[
    '{% endif %}',
    '{% endfor %}',
    '{% else %}',
    '{% if a %}',
    '{% set x %}',
    '{% raw %}',
    '1',
    'ü',
  ],
];

/** The text with a few things removed, doubled or put in. */
export function edited(text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const edit = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    remove: fc.nat({ max: 4 }),
    insert: fc.oneof(fc.constant(''), fc.constantFrom(...SNIPPETS)),
  });
  return fc.tuple(text, fc.array(edit, { minLength: 1, maxLength: 3 })).map(([before, edits]) =>
    edits.reduce((current, { at, remove, insert }) => {
      const start = Math.floor(at * current.length);
      return current.slice(0, start) + insert + current.slice(start + remove);
    }, before),
  );
}

/** Pieces of the language in any order. */
export const noise: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.constantFrom(...SNIPPETS), fc.string({ maxLength: 3 })), { maxLength: 30 })
  .map((pieces) => pieces.join(''));

const word = fc.constantFrom(
  ...'a b c is is not in if else and or recursive defined true 1 2.5 "s" \'t\''.split(' '),
  ...'( ) ( ) [ ] { } . . , , | | = : * ** - + ~ == < % //'.split(' '),
);

/** Words of an expression in any order. */
export const words: fc.Arbitrary<string> = fc
  .array(word, { minLength: 1, maxLength: 8 })
  .map((list) => list.join(' '));

const tag = fc.constantFrom(
  ...'if for set macro call filter block with include import from print do elif else'.split(' '),
  ...'extends autoescape endif endfor endset break'.split(' '),
);
const tagWord = fc.oneof(
  { weight: 3, arbitrary: word },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ...'as import with without context ignore missing scoped'.split(' '),
    ),
  },
);

/** A tag of words in any order, with the ends that blocks may want. */
export const tagOfWords: fc.Arbitrary<string> = fc
  .tuple(tag, fc.array(tagWord, { maxLength: 7 }))
  .map(([name, list]) => {
    const ends = /^(?:if|for|set|macro|call|filter|block|with|autoescape)$/.test(name);
    const alone = name === 'set' && list.includes('=');
    const inside = name === 'elif' || name === 'else';
    const text = `{% ${name} ${list.join(' ')} %}b${ends && !alone ? `{% end${name} %}` : ''}`;
    return inside ? `{% if a %}${text}{% endif %}` : text;
  });
