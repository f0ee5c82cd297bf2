import type { DefinitionLink, DefinitionParams } from 'vscode-languageserver';
import { Lines } from '../document.ts';
import { uriOf } from '../paths.ts';
import type { DocumentView } from '../session.ts';
import type { ProjectTexts } from './occurrences.ts';

const TOP = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

/** The file that the value names; what defines the variable, handler, role, host or group. */
export async function definition(
  { reading, lines, path }: DocumentView,
  { position }: DefinitionParams,
  { read }: ProjectTexts,
): Promise<DefinitionLink[]> {
  const offset = lines.offsetAt(position);
  const files = reading.links().flatMap(({ target, start, end }): DefinitionLink[] =>
    target.path === undefined || offset < start || offset > end
      ? []
      : [
          {
            originSelectionRange: lines.rangeOf({ start, end }),
            targetUri: uriOf(target.path),
            targetRange: TOP,
            targetSelectionRange: TOP,
          },
        ],
  );
  const named = files.length > 0 ? undefined : reading.named(offset);
  if (named === undefined) return files;
  const places = await reading.occurrences(named, read, 'definitions');
  return Promise.all(
    places.map(async (place) => {
      const own = place.path === path ? lines : new Lines((await read(place.path)) ?? '');
      const range = own.rangeOf(place);
      return {
        originSelectionRange: lines.rangeOf(named),
        targetUri: uriOf(place.path),
        targetRange: range,
        targetSelectionRange: range,
      };
    }),
  );
}
