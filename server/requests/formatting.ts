import type { DocumentFormattingParams, TextEdit } from 'vscode-languageserver';
import { editsOf } from '../edits.ts';
import type { DocumentRequest } from './request.ts';

export const formatting: DocumentRequest<DocumentFormattingParams, TextEdit[]> = ({
  reading,
  lines,
}) => editsOf(lines, reading.format());
