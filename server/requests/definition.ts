import type { DefinitionLink, DefinitionParams } from 'vscode-languageserver';
import { uriOf } from '../paths.ts';
import type { DocumentRequest } from './request.ts';

const TOP = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

/** The file that the value names. */
export const definition: DocumentRequest<DefinitionParams, DefinitionLink[]> = (
  { reading, lines },
  { position },
) => {
  const offset = lines.offsetAt(position);
  return reading.links().flatMap(({ target, start, end }) =>
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
};
