import type { SelectionRange, SelectionRangeParams } from 'vscode-languageserver';
import type { DocumentRequest } from './request.ts';

/** For each position the ranges around it, each within the next. */
export const selectionRange: DocumentRequest<SelectionRangeParams, SelectionRange[]> = (
  { reading, lines },
  { positions },
) =>
  positions.map((position) => {
    const ranges = reading.selections(lines.offsetAt(position));
    const around = ranges.reduceRight<SelectionRange | undefined>(
      (parent, range) => ({
        range: lines.rangeOf(range),
        ...(parent === undefined ? {} : { parent }),
      }),
      undefined,
    );
    return around ?? { range: { start: position, end: position } };
  });
