import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { containsTemplate, readHeader } from '../../../../core/formats/jinja/delimiters.ts';
import { parseBareExpression, parseTemplate } from '../../../../core/formats/jinja/parse.ts';
import { referencesOf } from '../../../../core/formats/jinja/references.ts';
import type { Range, SyntaxFault, Template } from '../../../../core/formats/jinja/tree.ts';
import { edited, expression, noise, tagOfWords, template, words } from './random-template.ts';
import { BROKEN, RIGHT } from './samples.ts';

const fullTests = process.env['RPI_TEST_FULL'] === '1';
const runs = { numRuns: fullTests ? 5000 : 150 };

const marked = (text: string, { faults }: { faults: readonly SyntaxFault[] }): string[] =>
  faults.map(({ start, end }) => text.slice(start, end));
const readNames = (text: string): string[] =>
  referencesOf(parseTemplate(text)).reads.map(({ name }) => name);

describe('a template', () => {
  it.each(RIGHT)('has no fault: %j', (text) => {
    expect(parseTemplate(text).faults).toEqual([]);
  });

  it.each(BROKEN)('has one fault, at its place: %j', (text, where) => {
    const tree = parseTemplate(text);
    expect(marked(text, tree)).toEqual([where]);
    expect(tree.faults[0]?.message).not.toBe('');
  });

  it('keeps what follows a fault', () => {
    expect(readNames('{{ a b }} {{ c }}{% if d = e %}{{ f }}{% endif %}')).toEqual(
      expect.arrayContaining(['a', 'c', 'd', 'f']),
    );
    expect(readNames('{{ a\n{{ b }}\n{% for x in c %}{{ x }}')).toEqual(['a', 'b', 'c', 'x']);
    expect(readNames("{{ 'a }}\n{{ b }} it's {{ c }}")).toEqual(['b', 'c']);
  });

  it('reports each of several faults', () => {
    const text = "{{ a | }}\n{% elseif b %}\n{{ c( }}\n{% nosuchtagatall %}\n{{ 'd }}\n{{ e }}\n";
    expect(marked(text, parseTemplate(text))).toEqual(['|', 'elseif', '(', 'nosuchtagatall', "'d"]);
  });

  it.each([
    ['{{ a }', '{{ a }}'],
    ['{{ a', '{{ a }}'],
    ['{{ a {{ b }}', '{{ a }} {{ b }}'],
    ['{{ a && b }}', '{{ a and b }}'],
    ['{{ a || b }}', '{{ a or b }}'],
    ['{{ !a }}', '{{ not a }}'],
    ['{% if a = 1 %}{% endif %}', '{% if a == 1 %}{% endif %}'],
    ['{% if a %}{% elsif b %}{% endif %}', '{% if a %}{% elif b %}{% endif %}'],
    ['{% if a %}{% else if b %}{% endif %}', '{% if a %}{% elif b %}{% endif %}'],
    ['{% if a %}{% endfor %}', '{% if a %}{% endif %}'],
    ['{% if a %}{% endfi %}', '{% if a %}{% endif %}'],
  ])('is right when corrected: %j', (text, right) => {
    const correction = parseTemplate(text).faults[0]?.correction;
    if (correction === undefined) throw new Error('no correction');
    const { start, end, newText } = correction;
    const corrected = text.slice(0, start) + newText + text.slice(end);
    expect(corrected.replaceAll(/ +/g, ' ')).toBe(right);
    expect(parseTemplate(corrected).faults).toEqual([]);
  });

  it('knows where names, filters and arguments stand', () => {
    const text =
      "{% for user in users %}{{ user.name | indent(width=2) is match('x') }}{% endfor %}";
    const at = ({ start, end }: Range): string => text.slice(start, end);
    const [loop] = parseTemplate(text).body;
    if (loop?.kind !== 'for') throw new Error('no loop');
    expect([at(loop.target), at(loop.iterable), loop.close && at(loop.close)]).toEqual([
      'user',
      'users',
      '{% endfor %}',
    ]);
    const [output] = loop.sections[0]?.body ?? [];
    if (output?.kind !== 'output') throw new Error('no output');
    const test = output.expression;
    if (test.kind !== 'test' || test.input.kind !== 'filter') throw new Error('no test');
    expect([at(test.test), at(test.input), at(test.input.filter)]).toEqual([
      'match',
      'user.name | indent(width=2)',
      'indent',
    ]);
    expect(test.input.arguments.map(at)).toEqual(['width=2']);
  });

  it.each([
    ['a + b ~ c * d ** e', '(a + (b ~ (c * (d ** e))))'],
    ['a or b and not c == d', '(a or (b and not(c == d)))'],
    ['-a | abs', '-a|abs'],
    ['a if b else c if d else e', '(a if b else (c if d else e))'],
    ['a not in b', '(a not in b)'],
    ['1 < a <= 2', '(1 < a <= 2)'],
    ['a is not b and c', '(a is not b and c)'],
  ])('gives operators their precedence: %s', (text, shape) => {
    expect(shapeOf(parseBareExpression(text).expression)).toBe(shape);
  });

  it('may choose its delimiters in the first line', () => {
    const text = "#jinja2: variable_start_string: '[[', variable_end_string: ']]'\n[[ a ]] {{ b\n";
    const { delimiters, start } = readHeader(text);
    const tree = parseTemplate(text, { delimiters, start });
    expect(tree.faults).toEqual([]);
    expect(referencesOf(tree).reads.map(({ name }) => name)).toEqual(['a']);
  });

  it('is told from text that is none', () => {
    expect(['a', '{ a }', '}}', '${a}'].some(containsTemplate)).toBe(false);
    expect(['{{ a }}', '{% a', '{# a'].every(containsTemplate)).toBe(true);
  });
});

describe('an expression without braces', () => {
  it.each([
    "ansible_facts['os_family'] == 'Debian' and not x is defined",
    'a if b else c',
    "'x' in groups['pis']",
  ])('is read: %s', (text) => {
    expect(parseBareExpression(text).faults).toEqual([]);
  });

  it.each([
    ['{{ a }} == 1', '{{'],
    ['a == {{ b }}', '{{'],
    ['a = b', '='],
    ['a b', 'b'],
    ['(a', '('],
    ['a }}', '}'],
    ["a == 'b", "'b"],
    ['a and', 'and'],
  ])('has one fault: %j', (text, where) => {
    expect(marked(text, parseBareExpression(text))).toEqual([where]);
  });
});

describe('the parser', () => {
  const anything = fc.oneof(
    template,
    edited(template),
    edited(fc.constantFrom(...RIGHT)),
    noise,
    tagOfWords,
    fc.string({ unit: 'grapheme' }),
  );

  it('takes any text, and its ranges are nested and in order', () => {
    fc.assert(
      fc.property(anything, (text) => {
        const tree = parseTemplate(text);
        expectNested(tree, { start: 0, end: text.length });
        expectWhole(tree);
        referencesOf(tree);
      }),
      runs,
    );
    fc.assert(
      fc.property(fc.oneof(expression, edited(expression), words, noise), (text) => {
        const tree = parseBareExpression(text);
        expectNested(tree, { start: 0, end: text.length });
        referencesOf(tree);
      }),
      runs,
    );
  });

  it('keeps the templates around a broken one', () => {
    fc.assert(
      fc.property(edited(expression), (broken) => {
        // Quotes and openings of other tags may take in what follows.
        fc.pre(!/['"]|\{[{%#]|\{$|raw/.test(broken));
        const text = `{{ before }}\n{{ ${broken} }}\n{{ after }}\n`;
        const names = readNames(text);
        expect(names[0]).toBe('before');
        expect(names.at(-1)).toBe('after');
      }),
      runs,
    );
  });

  it.each([
    ['{{ ', 4_000],
    ['{% if a %}', 4_000],
    ['(', 10_000],
    ['{{ (', 4_000],
    ["{{ 'a }} ", 4_000],
    ['{{ a.b', 1],
    ['.b', 10_000],
    ['|f', 10_000],
    ['not ', 10_000],
    ['a if b else ', 4_000],
    ['a if b ', 4_000],
    ['{# ', 4_000],
    ['{% raw %}', 4_000],
    ['{% set x = {', 4_000],
    ['"\\', 10_000],
  ])('ends soon however often %j is repeated', (piece, count) => {
    const text = piece.repeat(count);
    for (const shown of [text, `{{ a${text} }}`, `{{ ${text}`]) referencesOf(parseTemplate(shown));
    referencesOf(parseBareExpression(`a${text}`));
  });
});

/** Every part with a range stands in its parent. */
function expectNested(value: unknown, parent: Range): void {
  if (typeof value !== 'object' || value === null) return;
  const range = isRange(value) ? value : parent;
  if (range.start < parent.start || range.end > parent.end || range.start > range.end) {
    throw new Error(`${JSON.stringify(range)} is not in ${JSON.stringify(parent)}`);
  }
  for (const [key, child] of Object.entries(value)) {
    // What is to be written instead may stand elsewhere.
    expectNested(child, key === 'correction' ? { start: 0, end: Infinity } : range);
  }
}

function isRange(value: object): value is Range {
  return 'start' in value && 'end' in value && typeof value.start === 'number';
}

/** What is at the top level is the whole text, without gaps. */
function expectWhole({ body, start, end }: Template): void {
  let position = start;
  for (const node of body) {
    expect(node.start).toBe(position);
    position = node.end;
  }
  expect(position).toBe(end);
}

/** The expression with its implied parentheses. */
function shapeOf(expression: ReturnType<typeof parseBareExpression>['expression']): string {
  switch (expression.kind) {
    case 'name':
      return expression.name;
    case 'literal':
      return String(expression.value);
    case 'unary':
      return `${expression.operator}${shapeOf(expression.operand)}`;
    case 'logical':
      return `(${expression.operands.map(shapeOf).join(` ${expression.operator} `)})`;
    case 'arithmetic':
    case 'compare': {
      const rest = expression.rest.map((each) => `${each.operator.name} ${shapeOf(each.operand)}`);
      return `(${[shapeOf(expression.first), ...rest].join(' ')})`;
    }
    case 'conditional': {
      const { value, condition, otherwise } = expression;
      const last = otherwise === undefined ? '' : ` else ${shapeOf(otherwise)}`;
      return `(${shapeOf(value)} if ${shapeOf(condition)}${last})`;
    }
    case 'filter':
      return `${expression.input === undefined ? '' : shapeOf(expression.input)}|${expression.filter.name}`;
    case 'test':
      return `${shapeOf(expression.input)} is ${expression.negated ? 'not ' : ''}${expression.test.name}`;
    default:
      return expression.kind;
  }
}
