/** Our reading of Jinja2 against Jinja2 itself: syntax, free variables, filters and tests. */
import { execFile } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseBareExpression, parseTemplate } from '../../core/formats/jinja/parse.ts';
import { GLOBALS, referencesOf, undeclaredNames } from '../../core/formats/jinja/references.ts';
import type { BareExpression, SyntaxFault, Template } from '../../core/formats/jinja/tree.ts';
import {
  edited,
  expression,
  noise,
  tagOfWords,
  template,
  words,
} from '../unit/formats/jinja/random-template.ts';
import { BROKEN, RIGHT } from '../unit/formats/jinja/samples.ts';

const fullTests = process.env['RPI_TEST_FULL'] === '1';

/** The same texts each time in `npm test`; new ones in `npm run test:full`. */
const sample = (arbitrary: fc.Arbitrary<string>, numRuns: number): string[] =>
  fc.sample(arbitrary, { numRuns, ...(fullTests ? {} : { seed: 2015 }) });

/** What Jinja2 says of a text; `error` where it refuses it. */
type Verdict = {
  readonly error?: string;
  readonly filters: readonly string[];
  readonly tests: readonly string[];
  /** Absent where Jinja2 can't say, as its compiler refuses what its parser took. */
  readonly undeclared?: readonly string[];
  /** Names assigned in branches of `if`, which Jinja2 counts among the undeclared. */
  readonly branched: readonly string[];
};

const PROGRAM = `
import json, sys
import jinja2
from jinja2 import meta, nodes
from jinja2.parser import Parser
cases = json.load(sys.stdin)
env = jinja2.Environment(extensions=['jinja2.ext.do', 'jinja2.ext.loopcontrols'])
for name in cases['globals']:
    env.globals.setdefault(name, None)
def collect(node):
    out = {
        'filters': sorted({f.name for f in node.find_all(nodes.Filter)}),
        'tests': sorted({f.name for f in node.find_all(nodes.Test)}),
        'branched': sorted({n.name for i in node.find_all(nodes.If)
                            for n in i.find_all((nodes.Name, nodes.Macro))
                            if isinstance(n, nodes.Macro) or n.ctx == 'store'}
                           | {n.target for i in node.find_all(nodes.If) for n in i.find_all(nodes.Import)}
                           | {(m if isinstance(m, str) else m[1]) for i in node.find_all(nodes.If)
                              for n in i.find_all(nodes.FromImport) for m in n.names}),
    }
    try:
        # The compiler must not stop at filters that it does not know.
        for name in out['filters']: env.filters.setdefault(name, str)
        for name in out['tests']: env.tests.setdefault(name, bool)
        out['undeclared'] = sorted(meta.find_undeclared_variables(node))
    except Exception:
        pass
    return out
def judge(kind, text):
    try:
        if kind == 'template':
            node = env.parse(text)
        else:
            parser = Parser(env, text, state='variable')
            inner = parser.parse_expression()
            if not parser.stream.eos:
                return {'error': 'chunk after expression'}
            node = nodes.Template([nodes.Output([inner], lineno=1)], lineno=1)
            node.set_environment(env)
    except (jinja2.TemplateSyntaxError, RecursionError, AttributeError) as error:
        return {'error': str(error)}
    return collect(node)
json.dump([judge(kind, text) for kind, text in cases['texts']], sys.stdout)
`;

type Case = readonly ['template' | 'expression', string];

/** One process for all; Ansible's Python has Jinja2. */
async function judge(texts: readonly Case[]): Promise<Verdict[]> {
  const output = await new Promise<string>((resolve, reject) => {
    const child = execFile(
      '/usr/bin/python3',
      ['-c', PROGRAM],
      { maxBuffer: 256 * 1024 * 1024 },
      (error, stdout) => {
        if (error === null) resolve(stdout);
        else reject(new Error('Jinja2 can’t be asked', { cause: error }));
      },
    );
    child.stdin?.end(JSON.stringify({ texts, globals: [...GLOBALS] }));
  });
  return JSON.parse(output) as Verdict[];
}

const sorted = (names: Iterable<string>): string[] => [...new Set(names)].sort();

/** Compares, and says what was compared, so that a test can't become empty. */
async function compare(texts: readonly Case[]): Promise<{ right: number; wrong: number }> {
  const verdicts = await judge(texts);
  const different: string[] = [];
  let wrong = 0;
  texts.forEach(([kind, text], index) => {
    const verdict = verdicts[index];
    if (verdict === undefined) throw new Error('no verdict');
    const tree = kind === 'template' ? parseTemplate(text) : parseBareExpression(text);
    const [fault] = tree.faults;
    const shown = `${kind} ${JSON.stringify(text)}`;
    if (verdict.error !== undefined) wrong++;
    if ((verdict.error === undefined) !== (fault === undefined)) {
      if (!isDictAsKey(text, verdict, fault)) {
        different.push(
          `${shown}: Jinja2: ${verdict.error ?? 'fine'}; we: ${fault?.message ?? 'fine'}`,
        );
      }
    } else if (fault === undefined) different.push(...differencesIn(tree, verdict, shown));
  });
  expect(different.slice(0, 10), `${different.length} differ`).toEqual([]);
  return { right: texts.length - wrong, wrong };
}

/** `{{` inside a tag: Jinja2 reads a dict as the key of a dict, which fails in every run. */
function isDictAsKey(text: string, verdict: Verdict, fault: SyntaxFault | undefined): boolean {
  if (verdict.error !== undefined || fault === undefined) return false;
  if (fault.kind === 'unexpected') return text.slice(fault.start, fault.end) === '{{';
  return fault.kind === 'unclosed-tag' && text.slice(fault.end).includes('{{');
}

function differencesIn(tree: Template | BareExpression, verdict: Verdict, shown: string): string[] {
  const references = referencesOf(tree);
  const different: string[] = [];
  const equal = (what: string, ours: Iterable<string>, theirs: Iterable<string>): void => {
    const [a, b] = [sorted(ours).join(' '), sorted(theirs).join(' ')];
    if (a !== b) different.push(`${shown}: ${what}: Jinja2: ${b}; we: ${a}`);
  };
  const namesOf = (uses: readonly { readonly name: string }[]): string[] =>
    uses.map(({ name }) => name);
  equal('filters', namesOf(references.filters), verdict.filters);
  equal('tests', namesOf(references.tests), verdict.tests);
  if (verdict.undeclared !== undefined) {
    // What a branch of `if` binds is undeclared for Jinja2, even where it is never read. A block
    // is a scope of its own there, though at run time it sees what the template sets.
    const hasBlocks = /\{%[-+]?\s*block/.test(shown);
    const left = new Set([...verdict.branched, ...(hasBlocks ? namesOf(references.bindings) : [])]);
    const without = (names: Iterable<string>): string[] =>
      [...names].filter((name) => !left.has(name));
    equal('variables', without(undeclaredNames(references)), without(verdict.undeclared));
  }
  return different;
}

const asTemplates = (texts: readonly string[]): Case[] => texts.map((text) => ['template', text]);

describe('our reading of Jinja2', () => {
  it('agrees with Jinja2 on what people write, right and wrong', async () => {
    const { right, wrong } = await compare(
      asTemplates([...RIGHT, ...BROKEN.map(([text]) => text)]),
    );
    expect(right).toBe(RIGHT.length);
    expect(wrong).toBe(BROKEN.length);
  });

  it('agrees on right templates by chance, and on edited ones', async () => {
    const { right, wrong } = await compare(
      asTemplates([
        ...sample(template, 3000),
        ...sample(edited(template), 3000),
        ...RIGHT.flatMap((text) => sample(edited(fc.constant(text)), 20)),
        ...sample(noise, 1000),
        ...sample(tagOfWords, 6000),
      ]),
    );
    expect(right).toBeGreaterThan(2000);
    expect(wrong).toBeGreaterThan(2000);
  });

  it('agrees on expressions without braces', async () => {
    const texts = [
      ...sample(expression, 1500),
      ...sample(edited(expression), 1500),
      ...sample(words, 6000),
    ];
    const { right, wrong } = await compare(texts.map((text): Case => ['expression', text]));
    expect(right).toBeGreaterThan(500);
    expect(wrong).toBeGreaterThan(500);
  });
});
