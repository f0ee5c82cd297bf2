/** What a template or an expression names: variables, filters, tests, lookups, hosts, files. */
import { isDefault, isDefinedTest, namesDefinedWhen } from './guards.ts';
import { Frame, type Binding } from './scope.ts';
import {
  inputOf,
  isBlock,
  type Argument,
  type BareExpression,
  type BlockStatement,
  type Expression,
  type Identifier,
  type Parameter,
  type Range,
  type Template,
  type TemplateNode,
} from './tree.ts';

/** A variable that is read. */
export type VariableRead = Identifier & {
  /**
   * Nothing goes wrong if it is not defined: `default()` follows, `is defined` asks, or it stands
   * where such a question was answered with yes.
   */
  readonly guarded: boolean;
  /** How the template itself binds the name at this place. */
  readonly local?: Binding;
  /** The attributes that follow, as far as they are fixed: `['b', 'c']` in `a.b['c']`. */
  readonly path: readonly string[];
};

/** A name that the template binds. */
export type LocalBinding = Identifier & {
  readonly by: 'for' | 'set' | 'with' | 'macro' | 'parameter' | 'import';
};

/** `lookup('file', 'x')`, `query(…)`, `q(…)`. */
export type LookupUse = Range & {
  /** The plugin, if it is written out. */
  readonly plugin?: Identifier;
  /** What is looked up, as far as it is written out: paths, names. */
  readonly terms: readonly Identifier[];
  readonly arguments: readonly Argument[];
};

export type References = {
  /** All in the order of the text. Local names too. */
  readonly reads: readonly VariableRead[];
  readonly bindings: readonly LocalBinding[];
  readonly filters: readonly Identifier[];
  readonly tests: readonly Identifier[];
  readonly lookups: readonly LookupUse[];
  /** Functions by name: `range`, `now`, a macro. */
  readonly calls: readonly Identifier[];
  /** Hosts in `hostvars['x']` and groups in `groups['g']` or `groups.g`, written out. */
  readonly hosts: readonly Identifier[];
  readonly groups: readonly Identifier[];
  /** Paths in `include`, `import`, `from` and `extends`, written out. */
  readonly templates: readonly Identifier[];
  /** Tags that need jinja2_extensions in ansible.cfg: `do`, `break`, `continue`. */
  readonly extensionTags: readonly Identifier[];
};

/** Names that Jinja2 itself and Ansible put into every template. */
export const GLOBALS: ReadonlySet<string> = new Set(
  'range dict lipsum cycler joiner namespace lookup query q now undef'.split(' '),
);

/** The names that are read and that the template does not bind: Ansible has to know them. */
export function undeclaredNames({ reads }: References): Set<string> {
  return new Set(
    reads
      .filter(({ name, local }) => local === undefined && !GLOBALS.has(name))
      .map(({ name }) => name),
  );
}

/**
 * What the tree names. `defined`: variables that are known to be defined where it stands, as an
 * earlier condition of `when` asked for them (namesDefinedWhen).
 */
export function referencesOf(
  tree: Template | BareExpression,
  defined: ReadonlySet<string> = new Set(),
): References {
  const walk = new Walk();
  const frame = new Frame();
  const guards = { defined, all: false };
  if (tree.kind === 'bare') walk.expression(tree.expression, frame, guards);
  else {
    frame.bind('self');
    walk.body(tree.body, frame, guards);
  }
  return walk.finish();
}

type Guards = { readonly defined: ReadonlySet<string>; readonly all: boolean };

/** The lists of References while they are filled. */
type Found = { -readonly [K in keyof References]: References[K][number][] };

class Walk {
  private readonly found: Found = {
    reads: [],
    bindings: [],
    filters: [],
    tests: [],
    lookups: [],
    calls: [],
    hosts: [],
    groups: [],
    templates: [],
    extensionTags: [],
  };
  /** A frame inside another sees all that the other binds, later things too: it is walked last. */
  private readonly later: (() => void)[] = [];

  finish(): References {
    for (let next = this.later.shift(); next !== undefined; next = this.later.shift()) next();
    for (const list of Object.values(this.found)) list.sort((a, b) => a.start - b.start);
    return this.found;
  }

  body(nodes: readonly TemplateNode[], frame: Frame, guards: Guards): void {
    for (const node of nodes) {
      if (isBlock(node)) this.block(node, frame, guards);
      else this.statement(node, frame, guards);
    }
  }

  private statement(
    node: Exclude<TemplateNode, BlockStatement>,
    frame: Frame,
    guards: Guards,
  ): void {
    switch (node.kind) {
      case 'output':
        this.expression(node.expression, frame, guards);
        return;
      case 'set':
        this.expression(node.value, frame, guards);
        this.target(node.target, 'set', frame, guards);
        return;
      case 'extends':
      case 'include':
        this.template(node.template, frame, guards);
        return;
      case 'import':
        this.template(node.template, frame, guards);
        if (node.target !== undefined) this.bind(node.target, 'import', frame);
        return;
      case 'fromImport':
        this.template(node.template, frame, guards);
        for (const { name, alias } of node.names) this.bind(alias ?? name, 'import', frame);
        return;
      case 'print':
        for (const each of node.expressions) this.expression(each, frame, guards);
        return;
      case 'do':
        this.found.extensionTags.push(node.tag);
        this.expression(node.expression, frame, guards);
        return;
      case 'break':
      case 'continue':
        this.found.extensionTags.push(node.tag);
        return;
      case 'text':
      case 'comment':
      case 'raw':
      case 'unknown':
        return;
    }
  }

  private block(node: BlockStatement, frame: Frame, guards: Guards): void {
    const bodies = node.sections.map(({ body }) => body);
    const inside = (inner: Frame): void => {
      for (const body of bodies) this.body(body, inner, guards);
    };
    switch (node.kind) {
      case 'if':
        this.conditional(node, frame, guards);
        return;
      case 'for':
        this.loop(node, frame, guards);
        return;
      case 'macro':
        if (node.name !== undefined) this.bind(node.name, 'macro', frame);
        this.callable(node.parameters, frame, guards, inside);
        return;
      case 'call':
        this.expression(node.call, frame, guards);
        this.callable(node.parameters, frame, guards, inside);
        return;
      case 'filterBlock':
        this.expression(node.filter, frame, guards);
        break;
      case 'setBlock':
        if (node.filter !== undefined) this.expression(node.filter, frame, guards);
        this.target(node.target, 'set', frame, guards);
        break;
      case 'with': {
        for (const { value } of node.assignments) this.expression(value, frame, guards);
        this.framed(frame, (inner) => {
          for (const { target } of node.assignments) this.target(target, 'with', inner, guards);
          inside(inner);
        });
        return;
      }
      case 'autoescape':
        this.expression(node.value, frame, guards);
        break;
      case 'block':
        this.framed(frame, (inner) => {
          inner.bind('super');
          inside(inner);
        });
        return;
    }
    this.framed(frame, inside);
  }

  private framed(frame: Frame, walk: (inner: Frame) => void): void {
    this.later.push(() => walk(new Frame(frame)));
  }

  private callable(
    parameters: readonly Parameter[],
    frame: Frame,
    guards: Guards,
    inside: (inner: Frame) => void,
  ): void {
    this.framed(frame, (inner) => {
      for (const name of ['caller', 'kwargs', 'varargs']) inner.bind(name);
      for (const { name } of parameters) this.bind(name, 'parameter', inner);
      for (const each of parameters) {
        if (each.default !== undefined) this.expression(each.default, inner, guards);
      }
      inside(inner);
    });
  }

  private conditional(node: BlockStatement, frame: Frame, guards: Guards): void {
    const branches: Frame[] = [];
    let known = guards;
    for (const { condition, body } of node.sections) {
      const branch = new Frame(frame);
      branches.push(branch);
      if (condition === undefined) this.body(body, branch, known);
      else {
        this.expression(condition, frame, known);
        this.body(body, branch, withDefined(known, namesDefinedWhen(condition, true)));
        known = withDefined(known, namesDefinedWhen(condition, false));
      }
    }
    frame.join(branches, node.sections.at(-1)?.isElse === true);
  }

  private loop(node: BlockStatement & { kind: 'for' }, frame: Frame, guards: Guards): void {
    const { target, iterable, condition, sections } = node;
    this.expression(iterable, frame, guards);
    const inside =
      condition === undefined ? guards : withDefined(guards, namesDefinedWhen(condition, true));
    if (condition !== undefined) {
      this.framed(frame, (inner) => {
        for (const { name } of namesIn(target)) inner.bind(name);
        this.expression(condition, inner, guards);
      });
    }
    for (const { isElse, body } of sections) {
      this.framed(frame, (inner) => {
        if (isElse) {
          this.body(body, inner, guards);
          return;
        }
        this.target(target, 'for', inner, guards);
        inner.bind('loop');
        this.body(body, inner, inside);
      });
    }
  }

  private target(target: Expression, by: LocalBinding['by'], frame: Frame, guards: Guards): void {
    for (const name of namesIn(target)) this.bind(name, by, frame);
    // `set ns.count = 1` reads the namespace.
    const attributes = target.kind === 'tuple' ? target.items : [target];
    for (const each of attributes) {
      if (each.kind === 'attribute') this.expression(each, frame, guards);
    }
  }

  private bind({ name, start, end }: Identifier, by: LocalBinding['by'], frame: Frame): void {
    this.found.bindings.push({ name, start, end, by });
    frame.bind(name);
  }

  private template(expression: Expression, frame: Frame, guards: Guards): void {
    const each =
      expression.kind === 'list' || expression.kind === 'tuple' ? expression.items : [expression];
    this.found.templates.push(...each.flatMap((item) => textOf(item) ?? []));
    this.expression(expression, frame, guards);
  }

  expression(expression: Expression, frame: Frame, guards: Guards): void {
    // What is applied to something stands around it, however often: a loop, not recursion.
    const applied: { expression: Expression; guards: Guards }[] = [];
    let root = expression;
    let inner = guards;
    for (let input = inputOf(root); input !== undefined; input = inputOf(root)) {
      applied.push({ expression: root, guards: inner });
      const asks =
        (root.kind === 'filter' && isDefault(root.filter.name)) ||
        (root.kind === 'test' && isDefinedTest(root.test.name));
      if (asks) inner = { ...inner, all: true };
      root = input;
    }
    applied.reverse();
    if (root.kind === 'name') {
      this.read(
        root,
        applied.map((each) => each.expression),
        frame,
        inner,
      );
    } else this.operands(root, frame, inner);
    for (const each of applied) this.application(each.expression, frame, each.guards);
  }

  private read(
    { name, start, end }: Identifier,
    applied: readonly Expression[],
    frame: Frame,
    guards: Guards,
  ): void {
    const path: string[] = [];
    for (const each of applied) {
      const part = each.kind === 'attribute' ? each.attribute : indexOf(each);
      if (part === undefined) break;
      path.push(part.name);
    }
    const local = frame.find(name);
    this.found.reads.push({
      name,
      start,
      end,
      guarded: guards.all || guards.defined.has(name),
      path,
      ...(local === undefined ? {} : { local }),
    });
    const [first] = applied;
    if (first === undefined || local !== undefined) return;
    const entry = first.kind === 'attribute' ? first.attribute : indexOf(first);
    if (name === 'hostvars' && entry !== undefined && first.kind === 'subscript') {
      this.found.hosts.push(entry);
    }
    if (name === 'groups' && entry !== undefined && !isMethod(applied))
      this.found.groups.push(entry);
    if (first.kind === 'call') {
      this.found.calls.push({ name, start, end });
      if (name === 'lookup' || name === 'query' || name === 'q') {
        this.found.lookups.push(lookupOf(first));
      }
    }
  }

  /** What stands beside the input: arguments, an index. */
  private application(expression: Expression, frame: Frame, guards: Guards): void {
    switch (expression.kind) {
      case 'subscript':
        this.expression(expression.index, frame, guards);
        return;
      case 'filter':
        this.found.filters.push(expression.filter);
        this.arguments(expression.arguments, frame, guards);
        return;
      case 'test':
        this.found.tests.push(expression.test);
        this.arguments(expression.arguments, frame, guards);
        return;
      case 'call':
        this.arguments(expression.arguments, frame, guards);
        return;
      default:
        return;
    }
  }

  private arguments(args: readonly Argument[], frame: Frame, guards: Guards): void {
    for (const { value } of args) this.expression(value, frame, guards);
  }

  private operands(expression: Expression, frame: Frame, guards: Guards): void {
    const visit = (each: Expression | undefined, known = guards): void => {
      if (each !== undefined) this.expression(each, frame, known);
    };
    switch (expression.kind) {
      case 'list':
      case 'tuple':
        for (const item of expression.items) visit(item);
        return;
      case 'dict':
        for (const { key, value } of expression.pairs) {
          visit(key);
          visit(value);
        }
        return;
      case 'unary':
        visit(expression.operand);
        return;
      case 'logical': {
        // What stands to the right is reached where the left is true (and) or false (or).
        let known = guards;
        for (const operand of expression.operands) {
          visit(operand, known);
          known = withDefined(known, namesDefinedWhen(operand, expression.operator === 'and'));
        }
        return;
      }
      case 'arithmetic':
      case 'compare':
        visit(expression.first);
        for (const { operand } of expression.rest) visit(operand);
        return;
      case 'conditional': {
        const { condition, value, otherwise } = expression;
        visit(value, withDefined(guards, namesDefinedWhen(condition, true)));
        visit(condition);
        visit(otherwise, withDefined(guards, namesDefinedWhen(condition, false)));
        return;
      }
      case 'slice':
        visit(expression.from);
        visit(expression.to);
        visit(expression.step);
        return;
      case 'filter':
        // Without input: it filters a body.
        this.application(expression, frame, guards);
        return;
      default:
        return;
    }
  }
}

function withDefined(guards: Guards, names: ReadonlySet<string>): Guards {
  return names.size === 0 ? guards : { ...guards, defined: new Set([...guards.defined, ...names]) };
}

function namesIn(target: Expression): Identifier[] {
  if (target.kind === 'name') return [target];
  return target.kind === 'tuple' ? target.items.flatMap(namesIn) : [];
}

/** A string that is written out, with its place; the quotes are a part of that. */
function textOf(expression: Expression): Identifier | undefined {
  if (expression.kind !== 'literal' || typeof expression.value !== 'string') return undefined;
  return { name: expression.value, start: expression.start, end: expression.end };
}

function indexOf(expression: Expression): Identifier | undefined {
  return expression.kind === 'subscript' ? textOf(expression.index) : undefined;
}

/** `groups.keys()` names no group. */
function isMethod(applied: readonly Expression[]): boolean {
  return applied[0]?.kind === 'attribute' && applied[1]?.kind === 'call';
}

function lookupOf(call: Expression & { readonly kind: 'call' }): LookupUse {
  const [first, ...rest] = call.arguments.filter(({ kind }) => kind === 'positional');
  const plugin = first === undefined ? undefined : textOf(first.value);
  const terms = rest.flatMap(({ value }) =>
    (value.kind === 'list' ? value.items : [value]).flatMap((item) => textOf(item) ?? []),
  );
  return {
    start: call.start,
    end: call.end,
    terms,
    arguments: call.arguments,
    ...(plugin === undefined ? {} : { plugin }),
  };
}
