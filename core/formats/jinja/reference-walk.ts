/** Walks a tree with its scopes and guards, and collects what is named. */
import { isDefault, isDefinedTest, namesDefinedWhen } from './guards.ts';
import { entryOf, groupAskedFor, isMethod, lookupOf, namesIn, textOf } from './named.ts';
import type { LocalBinding, References } from './reference-types.ts';
import { Frame } from './scope.ts';
import {
  inputOf,
  isBlock,
  type Argument,
  type BlockStatement,
  type Expression,
  type Identifier,
  type Parameter,
  type TemplateNode,
} from './tree.ts';

/** What is known to be defined, or that nothing needs to be. */
export type Guards = { readonly defined: ReadonlySet<string>; readonly all: boolean };

/** The lists of References while they are filled. */
type Found = { -readonly [K in keyof References]: References[K][number][] };

export class ReferenceWalk {
  private readonly found: Found = {
    reads: [],
    bindings: [],
    filters: [],
    tests: [],
    lookups: [],
    calls: [],
    hosts: [],
    groups: [],
    hostVariables: [],
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
      const part = entryOf(each);
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
    const [first, second] = applied;
    if (first === undefined || local !== undefined) return;
    const entry = entryOf(first);
    if (name === 'hostvars' && first.kind === 'subscript') {
      if (entry !== undefined) this.found.hosts.push(entry);
      const variable = second === undefined ? undefined : entryOf(second);
      if (variable !== undefined && !isMethod(applied.slice(1))) {
        this.found.hostVariables.push(variable);
      }
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
      case 'compare': {
        const asked = groupAskedFor(expression);
        if (asked !== undefined && frame.find(asked.variable) === undefined) {
          this.found.groups.push(asked.group);
        }
        visit(expression.first);
        for (const { operand } of expression.rest) visit(operand);
        return;
      }
      case 'arithmetic':
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
