/**
 * Tells the editor to ask again for what it shows beside a text. By itself it asks when the text
 * changes, but other files change the answers too. And it drops its question for lenses where the
 * text loses the keyboard before the question was sent, as when a panel is opened right after a
 * file (VS Code does); no answer of ours can mend that, only a hint to ask again.
 */
import { isDeepStrictEqual } from 'node:util';
import {
  CodeLensRefreshRequest,
  InlayHintRefreshRequest,
  SemanticTokensRefreshRequest,
  type Connection,
} from 'vscode-languageserver';
import type { Reading } from './language.ts';

export type Refreshes = {
  /** A document was told of for the first time. */
  readonly told: (uri: string, reading: Reading) => void;
  /** The same text is read otherwise, as something around it changed. */
  readonly readAgain: (before: Reading, now: Reading) => void;
  readonly askedForLenses: (uri: string) => void;
  readonly closed: (uri: string) => void;
};

export type Refreshed = keyof typeof REQUESTS;

const REQUESTS = {
  codeLens: CodeLensRefreshRequest.type,
  inlayHint: InlayHintRefreshRequest.type,
  semanticTokens: SemanticTokensRefreshRequest.type,
} as const;

/** Milliseconds after which an editor should have asked for lenses, the first and the second time. */
const LENSES_DUE = [1000, 3000];

/** `can`: what the editor can be told to ask for again. */
export function createRefreshes(
  connection: Connection,
  can: (what: Refreshed) => boolean,
): Refreshes {
  /** Of open documents with lenses: when they are due, or that they were asked for. */
  const lenses = new Map<string, NodeJS.Timeout | 'asked'>();
  const wanted = new Set<Refreshed>();

  /** Once for all documents that are read again in the same turn. */
  const refresh = (what: Refreshed): void => {
    if (!can(what)) return;
    if (wanted.size === 0) setImmediate(send);
    wanted.add(what);
  };
  const send = (): void => {
    for (const what of wanted) {
      // An editor that refuses shows what it has.
      connection.sendRequest(REQUESTS[what]).catch(() => undefined);
    }
    wanted.clear();
  };
  const expectLenses = (uri: string, [due, ...further]: readonly number[]): void => {
    if (due === undefined) return;
    const timer = setTimeout(() => {
      refresh('codeLens');
      expectLenses(uri, further);
    }, due);
    lenses.set(uri, timer.unref());
  };
  const forget = (uri: string): void => {
    const kept = lenses.get(uri);
    if (kept !== 'asked') clearTimeout(kept);
    lenses.delete(uri);
  };

  return {
    told: (uri, reading) => {
      if (!can('codeLens') || lenses.has(uri) || reading.lenses().length === 0) return;
      expectLenses(uri, LENSES_DUE);
    },
    readAgain: (before, now) => {
      if (!isDeepStrictEqual(before.lenses(), now.lenses())) refresh('codeLens');
      if (!isDeepStrictEqual(before.hints(), now.hints())) refresh('inlayHint');
      if (can('semanticTokens') && !isDeepStrictEqual(before.tokens(), now.tokens())) {
        refresh('semanticTokens');
      }
    },
    askedForLenses: (uri) => {
      forget(uri);
      lenses.set(uri, 'asked');
    },
    closed: forget,
  };
}
