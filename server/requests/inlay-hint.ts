import type { InlayHint, InlayHintParams } from 'vscode-languageserver';
import { offsetsOf } from '../document.ts';
import type { DocumentRequest } from './request.ts';

export const inlayHint: DocumentRequest<InlayHintParams, InlayHint[]> = (
  { reading, lines },
  { range },
) => {
  const { start, end } = offsetsOf(lines, range);
  return reading
    .hints()
    .filter(({ at }) => start <= at && at <= end)
    .map(({ at, label, tooltip }) => ({
      position: lines.positionAt(at),
      label,
      tooltip,
      paddingLeft: true,
    }));
};
