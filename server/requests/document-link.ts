import type { DocumentLink, DocumentLinkParams } from 'vscode-languageserver';
import { uriOf } from '../paths.ts';
import type { DocumentRequest } from './request.ts';

export const documentLink: DocumentRequest<DocumentLinkParams, DocumentLink[]> = ({
  reading,
  lines,
}) =>
  reading.links().map(({ target, tooltip, ...range }) => ({
    range: lines.rangeOf(range),
    target: target.url ?? uriOf(target.path),
    tooltip,
  }));
