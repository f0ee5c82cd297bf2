/**
 * The blocks that are open while a template is read, and what is said of those that do not fit.
 * The tree is as deep as blocks are nested; its depth is bounded, as whoever walks it recurses.
 */
import { END_TAGS, type TagHead } from './parse-tag.ts';
import type { TokenReader } from './token-reader.ts';
import type {
  BlockHead,
  BlockStatement,
  Expression,
  Identifier,
  Range,
  SimpleHead,
  SyntaxFault,
  TemplateNode,
} from './tree.ts';

const MAX_DEPTH = 150;

/** A tag's name, and all of it from `{%` to `%}`. */
export type TagPlace = { readonly tag: Identifier; readonly range: Range };

type OpenSection = {
  readonly opening: Range;
  readonly condition?: Expression;
  readonly isElse: boolean;
  readonly body: TemplateNode[];
};

type OpenBlock = {
  readonly name: string;
  readonly place: TagPlace;
  readonly head: BlockHead;
  readonly sections: OpenSection[];
};

export class BlockStack {
  readonly faults: SyntaxFault[] = [];
  private readonly text: string;
  private readonly root: TemplateNode[] = [];
  private readonly openBlocks: OpenBlock[] = [];
  /** End tags that are still to come. */
  private readonly remaining: Map<string, number>;
  /** End tags whose block was given up earlier: the fault is reported there. */
  private readonly forgiven = new Map<string, number>();

  constructor(text: string, remaining: Map<string, number>) {
    this.text = text;
    this.remaining = remaining;
  }

  note(fault: SyntaxFault | undefined): void {
    if (fault !== undefined) this.faults.push(fault);
  }

  add(node: TemplateNode): void {
    (this.openBlocks.at(-1)?.sections.at(-1)?.body ?? this.root).push(node);
  }

  addStatement({ tag, range }: TagPlace, head: SimpleHead, fault: SyntaxFault | undefined): void {
    // A broken `set` may have been meant to have a body.
    if (fault !== undefined) this.forgive(END_TAGS.get(tag.name));
    this.note(fault);
    this.add({ ...head, tag, ...range });
  }

  addUnknown(place: TagPlace, fault: SyntaxFault): void {
    if (!this.takeForgiven(place.tag.name)) {
      this.forgive(`end${place.tag.name}`);
      this.note(fault);
    }
    this.add({ kind: 'unknown', tag: place.tag, ...place.range });
  }

  open(
    name: string,
    place: TagPlace,
    { head, condition }: Extract<TagHead, { opens: true }>,
    fault: SyntaxFault | undefined,
  ): void {
    this.note(fault);
    const givenUp = fault !== undefined && head.kind === 'setBlock' && !this.canBeClosed('endset');
    if (this.openBlocks.length >= MAX_DEPTH || givenUp) {
      if (!givenUp)
        this.note({ kind: 'too-deep', message: 'This is nested too deeply.', ...place.range });
      this.forgive(END_TAGS.get(name));
      this.add({ kind: 'unknown', tag: place.tag, ...place.range });
      return;
    }
    const first: OpenSection = {
      opening: place.range,
      isElse: false,
      body: [],
      ...(condition === undefined ? {} : { condition }),
    };
    this.openBlocks.push({ name, place, head, sections: [first] });
  }

  /** `elif` with its condition, or `else` without one. */
  continueWith(
    place: TagPlace,
    condition: Expression | undefined,
    fault: SyntaxFault | undefined,
  ): void {
    const { tag, range } = place;
    const isElse = condition === undefined;
    const takes = ({ name }: OpenBlock): boolean => name === 'if' || (isElse && name === 'for');
    const at = this.openBlocks.findLastIndex(takes);
    if (at === -1) {
      const found = isElse
        ? '“else” stands in no “if” or “for”.'
        : `“${tag.name}” stands in no “if”.`;
      this.note(fault ?? { kind: 'misplaced-tag', message: found, ...placeOf(tag) });
      this.add({ kind: 'unknown', tag, ...range });
      return;
    }
    this.note(fault);
    while (this.openBlocks.length > at + 1) this.giveUp(range.start);
    const block = this.openBlocks[at];
    if (block?.sections.at(-1)?.isElse === true && fault === undefined) {
      this.note({
        kind: 'misplaced-tag',
        message: `“${tag.name}” stands after the “else” of its “${block.name}”.`,
        ...placeOf(tag),
      });
    }
    block?.sections.push({
      opening: range,
      isElse,
      body: [],
      ...(condition === undefined ? {} : { condition }),
    });
  }

  /** After `endblock` the block's name may be repeated. */
  skipBlockName(reader: TokenReader): void {
    const block = this.openBlocks.findLast(({ name }) => name === 'block');
    if (block?.head.kind === 'block' && block.head.name !== undefined) {
      reader.skipName(block.head.name.name);
    }
  }

  end(name: string, place: TagPlace, fault: SyntaxFault | undefined): void {
    this.remaining.set(place.tag.name, (this.remaining.get(place.tag.name) ?? 1) - 1);
    this.note(fault);
    const at = this.openBlocks.findLastIndex((block) => END_TAGS.get(block.name) === name);
    const innermost = this.openBlocks.at(-1);
    if (at === -1 || this.isMistakenFor(name, at)) {
      if (this.takeForgiven(name)) {
        this.add({ kind: 'unknown', tag: place.tag, ...place.range });
        return;
      }
      if (innermost !== undefined && !this.canBeClosed(END_TAGS.get(innermost.name))) {
        this.closeWrongly(innermost, place, fault);
        return;
      }
      if (fault === undefined) {
        const message = `“${name}” closes nothing: no “${name.slice(3)}” is open.`;
        this.note({ kind: 'misplaced-tag', message, ...placeOf(place.tag) });
      }
      this.add({ kind: 'unknown', tag: place.tag, ...place.range });
      return;
    }
    while (this.openBlocks.length > at + 1) this.giveUp(place.range.start);
    this.close(place.range);
  }

  finish(end: number): readonly TemplateNode[] {
    while (this.openBlocks.length > 0) this.giveUp(end);
    return this.root;
  }

  /**
   * True where the end tag at hand is a slip for the innermost block's: it would close a block
   * further out, which has an end tag of its own later, while the innermost has none.
   */
  private isMistakenFor(name: string, at: number): boolean {
    const innermost = this.openBlocks.at(-1);
    if (innermost === undefined || at === this.openBlocks.length - 1) return false;
    const open = this.openBlocks.filter((block) => END_TAGS.get(block.name) === name).length;
    return (
      (this.remaining.get(name) ?? 0) >= open && !this.canBeClosed(END_TAGS.get(innermost.name))
    );
  }

  private closeWrongly(block: OpenBlock, { tag, range }: TagPlace, fault?: SyntaxFault): void {
    const end = END_TAGS.get(block.name) ?? '';
    if (fault === undefined) {
      this.note({
        kind: 'misplaced-tag',
        message: `“${block.name}” is closed by “${end}”, not by “${tag.name}”.`,
        ...placeOf(tag),
        correction: { ...placeOf(tag), newText: end },
      });
    }
    this.close(range);
  }

  private canBeClosed(end: string | undefined): boolean {
    return end !== undefined && (this.remaining.get(end) ?? 0) > 0;
  }

  private forgive(end: string | undefined): void {
    if (end !== undefined) this.forgiven.set(end, (this.forgiven.get(end) ?? 0) + 1);
  }

  private takeForgiven(end: string): boolean {
    const count = this.forgiven.get(end) ?? 0;
    if (count > 0) this.forgiven.set(end, count - 1);
    return count > 0;
  }

  /** The innermost block has no end; `end` is where it stops. */
  private giveUp(end: number): void {
    const block = this.openBlocks.at(-1);
    if (block === undefined) return;
    const closing = END_TAGS.get(block.name) ?? '';
    this.note({
      kind: 'unclosed-block',
      message: `“${block.name}” is never closed: “${closing}” is missing.`,
      ...block.place.range,
    });
    this.forgive(closing);
    this.close(undefined, end);
  }

  private close(closing: Range | undefined, end = 0): void {
    const block = this.openBlocks.pop();
    if (block === undefined) return;
    const { head, place, sections } = block;
    const range = { start: place.range.start, end: closing?.end ?? end };
    if (head.kind === 'block') this.checkBlock(block, head);
    const statement: BlockStatement = {
      ...head,
      tag: place.tag,
      sections,
      ...range,
      ...(closing === undefined ? {} : { close: closing }),
    };
    this.add(statement);
  }

  private checkBlock({ place, sections }: OpenBlock, head: BlockHead & { kind: 'block' }): void {
    if (!head.required) return;
    const filled = sections[0]?.body.some((node) => !this.isBlank(node)) === true;
    if (!filled) return;
    this.note({
      kind: 'unexpected',
      message: 'A required block may only hold comments and space.',
      ...place.range,
    });
  }

  private isBlank(node: TemplateNode): boolean {
    if (node.kind === 'comment') return true;
    const body = node.kind === 'raw' ? node.body : node;
    return (
      (node.kind === 'text' || node.kind === 'raw') &&
      this.text.slice(body.start, body.end).trim() === ''
    );
  }
}

function placeOf({ start, end }: Range): Range {
  return { start, end };
}
