import {
  FoldingRangeKind,
  type FoldingRange,
  type FoldingRangeParams,
} from 'vscode-languageserver';
import type { DocumentRequest } from './request.ts';

const KINDS = { comment: FoldingRangeKind.Comment, region: FoldingRangeKind.Region } as const;

export const foldingRange: DocumentRequest<FoldingRangeParams, FoldingRange[]> = ({
  reading,
  lines,
}) =>
  reading.folds().map(({ start, end, kind }) => ({
    startLine: lines.positionAt(start).line,
    endLine: lines.positionAt(end).line,
    kind: KINDS[kind],
  }));
