/**
 * The tree of a Jinja2 template. Offsets are UTF-16 code units of the text, half-open. A child
 * stands inside its parent, and siblings follow each other, so a place in the text has one path.
 * Where the text is wrong the tree holds `error` expressions and `unknown` statements.
 */

export type Range = { readonly start: number; readonly end: number };

/** A word that stands for something: a variable, a filter, an argument. */
export type Identifier = Range & { readonly name: string };

export type NameExpression = Identifier & { readonly kind: 'name' };
export type LiteralExpression = Range & {
  readonly kind: 'literal';
  readonly value: string | number | boolean | null;
};
/** What should be an expression and isn't; may be empty. */
export type ErrorExpression = Range & { readonly kind: 'error' };
export type SequenceExpression = Range & {
  readonly kind: 'list' | 'tuple';
  readonly items: readonly Expression[];
};
export type DictExpression = Range & {
  readonly kind: 'dict';
  readonly pairs: readonly { readonly key: Expression; readonly value: Expression }[];
};
export type UnaryExpression = Range & {
  readonly kind: 'unary';
  readonly operator: 'not' | '-' | '+';
  readonly operand: Expression;
};
/** `a and b and c` is one node of three operands. */
export type LogicalExpression = Range & {
  readonly kind: 'logical';
  readonly operator: 'and' | 'or';
  readonly operands: readonly Expression[];
};
/** `+ -`, `~`, `* / // %`, `**`: operators of one precedence, applied from the left. */
export type ArithmeticExpression = Range & {
  readonly kind: 'arithmetic';
  readonly first: Expression;
  readonly rest: readonly Operand[];
};
/** `== != < <= > >= in`, and `not in`. */
export type CompareExpression = Range & {
  readonly kind: 'compare';
  readonly first: Expression;
  readonly rest: readonly Operand[];
};
export type Operand = { readonly operator: Identifier; readonly operand: Expression };
/** `value if condition else otherwise` */
export type ConditionalExpression = Range & {
  readonly kind: 'conditional';
  readonly value: Expression;
  readonly condition: Expression;
  readonly otherwise?: Expression;
};
/** `object.attribute` */
export type AttributeExpression = Range & {
  readonly kind: 'attribute';
  readonly object: Expression;
  readonly attribute: Identifier;
};
/** `object[index]`, `object.0` */
export type SubscriptExpression = Range & {
  readonly kind: 'subscript';
  readonly object: Expression;
  readonly index: Expression;
};
export type SliceExpression = Range & {
  readonly kind: 'slice';
  readonly from?: Expression;
  readonly to?: Expression;
  readonly step?: Expression;
};
export type CallExpression = Range & {
  readonly kind: 'call';
  readonly callee: Expression;
  readonly arguments: readonly Argument[];
};
/** Without input in `{% filter upper %}` and `{% set x | upper %}`, which filter their body. */
export type FilterExpression = Range & {
  readonly kind: 'filter';
  readonly input?: Expression;
  readonly filter: Identifier;
  readonly arguments: readonly Argument[];
};
export type TestExpression = Range & {
  readonly kind: 'test';
  readonly input: Expression;
  readonly negated: boolean;
  readonly test: Identifier;
  readonly arguments: readonly Argument[];
};
export type Argument = Range & {
  /** `value`, `name=value`, `*value`, `**value` */
  readonly kind: 'positional' | 'keyword' | 'spread' | 'keywordSpread';
  readonly keyword?: Identifier;
  readonly value: Expression;
};

export type Expression =
  | NameExpression
  | LiteralExpression
  | ErrorExpression
  | SequenceExpression
  | DictExpression
  | UnaryExpression
  | LogicalExpression
  | ArithmeticExpression
  | CompareExpression
  | ConditionalExpression
  | AttributeExpression
  | SubscriptExpression
  | SliceExpression
  | CallExpression
  | FilterExpression
  | TestExpression;

/** The expression that this one is applied to: `a` of `a.b`, `a[b]`, `a(b)`, `a | b`, `a is b`. */
export function inputOf(expression: Expression): Expression | undefined {
  switch (expression.kind) {
    case 'attribute':
    case 'subscript':
      return expression.object;
    case 'call':
      return expression.callee;
    case 'filter':
    case 'test':
      return expression.input;
    default:
      return undefined;
  }
}

/** `name`, or `name=value` in a signature. */
export type Parameter = { readonly name: NameExpression; readonly default?: Expression };

/** What a tag alone says. `template` is the path of what is included. */
export type SimpleHead =
  | { readonly kind: 'set'; readonly target: Expression; readonly value: Expression }
  | { readonly kind: 'extends'; readonly template: Expression }
  | {
      readonly kind: 'include';
      readonly template: Expression;
      readonly ignoreMissing: boolean;
      readonly withContext: boolean;
    }
  | {
      readonly kind: 'import';
      readonly template: Expression;
      readonly target?: NameExpression;
      readonly withContext: boolean;
    }
  | {
      readonly kind: 'fromImport';
      readonly template: Expression;
      readonly names: readonly { readonly name: Identifier; readonly alias?: NameExpression }[];
      readonly withContext: boolean;
    }
  /** A tag of the extension jinja2.ext.do. */
  | { readonly kind: 'do'; readonly expression: Expression }
  | { readonly kind: 'print'; readonly expressions: readonly Expression[] }
  /** Tags of the extension jinja2.ext.loopcontrols. */
  | { readonly kind: 'break' | 'continue' }
  /** A tag that does not exist, or one that stands where it can't. */
  | { readonly kind: 'unknown' };

/** What the opening tag of a block says; conditions of `if` and `elif` stand in the sections. */
export type BlockHead =
  | { readonly kind: 'if' }
  | {
      readonly kind: 'for';
      readonly target: Expression;
      readonly iterable: Expression;
      readonly condition?: Expression;
      readonly recursive: boolean;
    }
  | {
      readonly kind: 'macro';
      readonly name?: NameExpression;
      readonly parameters: readonly Parameter[];
    }
  | {
      readonly kind: 'call';
      readonly parameters: readonly Parameter[];
      readonly call: Expression;
    }
  | { readonly kind: 'filterBlock'; readonly filter: Expression }
  | { readonly kind: 'setBlock'; readonly target: Expression; readonly filter?: Expression }
  | {
      readonly kind: 'block';
      readonly name?: Identifier;
      readonly scoped: boolean;
      readonly required: boolean;
    }
  | {
      readonly kind: 'with';
      readonly assignments: readonly { readonly target: Expression; readonly value: Expression }[];
    }
  | { readonly kind: 'autoescape'; readonly value: Expression };

export type SimpleStatement = Range & SimpleHead & { readonly tag: Identifier };
/** From the opening tag to the end of the closing one, or of what it holds if that is missing. */
export type BlockStatement = Range &
  BlockHead & {
    readonly tag: Identifier;
    /** The opening tag with its body first, then those of `elif` and `else`. */
    readonly sections: readonly Section[];
    /** The closing tag, if there is one. */
    readonly close?: Range;
  };
export type Section = {
  /** All of the tag, from `{%` to `%}`. */
  readonly opening: Range;
  readonly condition?: Expression;
  readonly isElse: boolean;
  readonly body: readonly TemplateNode[];
};

export type TemplateNode =
  | (Range & { readonly kind: 'text' | 'comment' })
  /** `body` is what stands between `{% raw %}` and `{% endraw %}`. */
  | (Range & { readonly kind: 'raw'; readonly body: Range })
  | (Range & { readonly kind: 'output'; readonly expression: Expression })
  | SimpleStatement
  | BlockStatement;

export function isBlock(node: TemplateNode): node is BlockStatement {
  return 'sections' in node;
}

/** One fault: what is wrong, where a person must change the text. */
export type SyntaxFault = Range & {
  readonly kind: SyntaxFaultKind;
  readonly message: string;
  /** What to write instead of a part of the text, where that is almost certain. */
  readonly correction?: Range & { readonly newText: string };
};

export type SyntaxFaultKind =
  | 'unclosed-tag'
  | 'unclosed-block'
  | 'unclosed-bracket'
  | 'unclosed-string'
  | 'unclosed-comment'
  | 'unexpected'
  | 'missing'
  | 'unknown-tag'
  | 'misplaced-tag'
  | 'too-deep';

export type Template = Range & {
  readonly kind: 'template';
  readonly body: readonly TemplateNode[];
  /** In the order of the text. */
  readonly faults: readonly SyntaxFault[];
};

/** An expression without braces, as in `when`. */
export type BareExpression = Range & {
  readonly kind: 'bare';
  readonly expression: Expression;
  readonly faults: readonly SyntaxFault[];
};
