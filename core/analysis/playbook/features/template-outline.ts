/** What a template file is made of: blocks to fold and to select, files it leads to, colours. */
import type { Identifier, TemplateNode } from '../../../formats/jinja/tree.ts';
import { isBlock } from '../../../formats/jinja/tree.ts';
import type { AnsibleProject } from '../../ansible-project/project.ts';
import { pathUsesIn } from '../../ansible-project/path-uses.ts';
import type { TemplateFacts } from '../../ansible-project/template-language.ts';
import type { Fold, Link, Outline, TextRange, Token, TokenType } from '../../features.ts';

/** Templates that it includes, files that it looks up. */
export function templateLinks({ path, text }: TemplateFacts, project: AnsibleProject): Link[] {
  return pathUsesIn(project, path, text)
    .filter(({ target }) => project.tree.files.has(target))
    .map(({ start, end, target }) => ({
      start,
      end,
      target: { path: target },
      tooltip: target.slice(project.root.length + 1),
    }));
}

/** Each part of a block up to the tag that ends it, which stays to be seen; long comments. */
export function templateFolds({ text, tree }: TemplateFacts): Fold[] {
  const found: Fold[] = [];
  const add = (start: number, end: number, kind: Fold['kind']): void => {
    if (text.slice(start, end).includes('\n')) found.push({ start, end, kind });
  };
  for (const node of nodesOf(tree.body)) {
    if (node.kind === 'comment') add(node.start, node.end, 'comment');
    else if (node.kind === 'raw') add(node.start, lineBefore(text, node.body.end), 'region');
    else if (isBlock(node)) {
      node.sections.forEach(({ opening }, index) => {
        const next = node.sections[index + 1]?.opening ?? node.close;
        add(opening.start, next === undefined ? node.end : lineBefore(text, next.start), 'region');
      });
    }
  }
  return found.sort((a, b) => a.start - b.start || b.end - a.end);
}

/** The end of the line above, where nothing but blanks stands before the offset. */
function lineBefore(text: string, offset: number): number {
  const line = text.lastIndexOf('\n', offset - 1);
  return line >= 0 && text.slice(line + 1, offset).trim() === '' ? line : offset;
}

/** From the innermost. */
export function templateSelections({ text, tree }: TemplateFacts, offset: number): TextRange[] {
  const around: TextRange[] = [{ start: 0, end: text.length }];
  const add = (start: number, end: number): void => {
    const last = around.at(-1);
    if (last === undefined || start > offset || offset > end) return;
    if (start < last.start || end > last.end || end - start === last.end - last.start) return;
    around.push({ start, end });
  };
  for (const node of nodesOf(tree.body)) {
    if (node.kind === 'text') continue;
    add(node.start, node.end);
    if (!isBlock(node)) continue;
    for (const { opening, body } of node.sections) {
      const [first, last] = [body[0], body.at(-1)];
      add(opening.start, opening.end);
      if (first !== undefined && last !== undefined) add(first.start, last.end);
    }
  }
  const before = /[\w.]*$/.exec(text.slice(Math.max(0, offset - 200), offset))?.[0].length ?? 0;
  const after = /^[\w.]*/.exec(text.slice(offset, offset + 200))?.[0].length ?? 0;
  if (before + after > 0) add(offset - before, offset + after);
  return around.reverse();
}

/** Blocks, macros and what is set. */
export function templateOutline({ tree, text }: TemplateFacts): Outline[] {
  return outlineOf(tree.body, text);
}

function outlineOf(body: readonly TemplateNode[], text: string): Outline[] {
  return body.flatMap((node): Outline[] => {
    const children = isBlock(node)
      ? node.sections.flatMap((section) => outlineOf(section.body, text))
      : [];
    const named = nameOf(node);
    if (named === undefined) return children;
    const { start, end } = node;
    return [
      {
        name: text.slice(named.start, named.end),
        detail: node.kind === 'set' || node.kind === 'setBlock' ? 'set' : node.kind,
        kind: node.kind === 'macro' || node.kind === 'block' ? 'section' : 'variable',
        range: { start, end },
        nameRange: { start: named.start, end: named.end },
        ...(children.length > 0 ? { children } : {}),
      },
    ];
  });
}

function nameOf(node: TemplateNode): TextRange | undefined {
  switch (node.kind) {
    case 'macro':
    case 'block':
      return node.name;
    case 'set':
    case 'setBlock':
      return node.target;
    default:
      return undefined;
  }
}

export function templateTokens({ references, tree }: TemplateFacts): Token[] {
  const found: Token[] = [];
  const add = ({ start, end }: Identifier, type: TokenType): void => {
    if (end > start) found.push({ start, end, type, modifiers: [] });
  };
  for (const read of references.reads) add(read, 'variable');
  for (const filter of references.filters) add(filter, 'method');
  for (const test of references.tests) add(test, 'method');
  for (const node of nodesOf(tree.body)) if ('tag' in node) add(node.tag, 'keyword');
  found.sort((a, b) => a.start - b.start || a.end - b.end);
  let end = -1;
  return found.filter((token) => {
    if (token.start < end) return false;
    end = token.end;
    return true;
  });
}

function* nodesOf(body: readonly TemplateNode[]): Generator<TemplateNode> {
  for (const node of body) {
    yield node;
    if (isBlock(node)) for (const section of node.sections) yield* nodesOf(section.body);
  }
}
