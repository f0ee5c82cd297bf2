import type { DocumentView } from '../session.ts';

/** A request about an open document: pure, but for what the view computes when it is asked. */
export type DocumentRequest<Params, Result> = (document: DocumentView, params: Params) => Result;
