/** Where else something stands that has a name, and giving it another one. */
import {
  ResponseError,
  LSPErrorCodes,
  type Location,
  type PrepareRenameParams,
  type Range,
  type ReferenceParams,
  type RenameParams,
  type TextEdit,
  type WorkspaceEdit,
} from 'vscode-languageserver';
import type { Named, ReadText } from '../../core/analysis/features.ts';
import { Lines } from '../document.ts';
import { uriOf } from '../paths.ts';
import type { DocumentView } from '../session.ts';

export type ProjectTexts = { readonly read: ReadText };

export async function references(
  { reading, lines, path }: DocumentView,
  { position, context }: ReferenceParams,
  { read }: ProjectTexts,
): Promise<Location[]> {
  const named = reading.named(lines.offsetAt(position));
  if (named === undefined) return [];
  const places = await reading.occurrences(named, read);
  const wanted = places.filter((place) => context.includeDeclaration || !place.isDefinition);
  return Promise.all(
    wanted.map(async (place) => {
      const own = place.path === path ? lines : new Lines((await read(place.path)) ?? '');
      return { uri: uriOf(place.path), range: own.rangeOf(place) };
    }),
  );
}

export function prepareRename(
  { reading, lines }: DocumentView,
  { position }: PrepareRenameParams,
): { range: Range; placeholder: string } | null {
  const named = reading.named(lines.offsetAt(position));
  if (named === undefined || named.kind === 'role') return null;
  return { range: lines.rangeOf(named), placeholder: named.name };
}

const NAMES: Readonly<Record<Named['kind'], RegExp>> = {
  variable: /^[A-Za-z_]\w*$/,
  group: /^[A-Za-z_]\w*$/,
  host: /^[\w.-]+$/,
  // What needs no quotation marks.
  handler: /^(?!.*(?:: | #|:$))[\p{L}\p{N}][^\n{}"']*$/u,
  role: /^[\w.-]+$/,
};

/** Refuses a name that would mean something else, and what nothing in the project defines. */
export async function rename(
  { reading, lines, path, uri }: DocumentView,
  { position, newName }: RenameParams,
  { read }: ProjectTexts,
): Promise<WorkspaceEdit | null> {
  const named = reading.named(lines.offsetAt(position));
  if (named === undefined) return null;
  const refuse = (message: string): never => {
    throw new ResponseError(LSPErrorCodes.RequestFailed, message);
  };
  if (!NAMES[named.kind].test(newName.trim())) {
    refuse(`“${newName}” can’t be the name of a ${named.kind}.`);
  }
  const places = await reading.occurrences(named, read);
  if (!places.some(({ isDefinition }) => isDefinition)) {
    refuse(`Nothing in this project defines ${named.name}, so it can’t be renamed here.`);
  }
  const changes: Record<string, TextEdit[]> = {};
  for (const place of places) {
    const own = place.path === path ? lines : new Lines((await read(place.path)) ?? '');
    const address = place.path === path ? uri : uriOf(place.path);
    (changes[address] ??= []).push({ range: own.rangeOf(place), newText: newName.trim() });
  }
  return { changes };
}
