/** Where else something stands that has a name. */
import type { Location, ReferenceParams } from 'vscode-languageserver';
import type { ReadText } from '../../core/analysis/features.ts';
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
