/** The open documents: their texts, their languages, and their findings on the way to the editor. */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { MessageType, ShowMessageNotification, type Connection } from 'vscode-languageserver';
import type { ServerOptions } from '../core/analysis/editor-messages.ts';
import type { ReadText } from '../core/analysis/features.ts';
import { reportOnce } from '../core/analysis/rule.ts';
import { diagnosticOf } from './diagnostics.ts';
import { changedText, Lines, type OpenText } from './document.ts';
import type { LanguageService, OpenLanguage, Reading, ServerLanguage } from './language.ts';
import { pathOf } from './paths.ts';
import type { Refreshes } from './refreshes.ts';
import { createWorkspace, type Workspace } from './workspace.ts';

/** A document as a request sees it. */
export type DocumentView = {
  readonly uri: string;
  readonly path: string;
  readonly version: number;
  readonly reading: Reading;
  readonly lines: Lines;
};

export type Session = {
  readonly opened: (document: OpenText) => void;
  readonly changed: (
    uri: string,
    version: number,
    changes: Parameters<typeof changedText>[1],
  ) => void;
  readonly closed: (uri: string) => void;
  /** Undefined for a document that no language claims, or that is closed. */
  readonly view: (uri: string) => Promise<DocumentView | undefined>;
  /**
   * Looks around again for every document: files have changed (without paths: any of them), or
   * trust was granted.
   */
  readonly refresh: (paths?: readonly string[]) => void;
  readonly workspace: Workspace;
  readonly hasDocuments: () => boolean;
  readonly textOf: (path: string) => string;
  /** Of the editor where it is open, else of the disk; undefined where there is none. */
  readonly readText: ReadText;
};

type Held = {
  readonly path: string;
  readonly languageId: string;
  readonly looksBeside: boolean;
  text: string;
  version: number;
  lines: Lines | undefined;
  /** Undefined while it is loaded, and where loading failed. */
  language: OpenLanguage | undefined;
  docs: string;
  ready: Promise<void>;
  scheduled: boolean;
  examining: AbortController | undefined;
  isOpen: boolean;
  /** What the findings last sent were about, to send nothing twice. */
  sent: Reading | undefined;
};

/** Milliseconds in which file events are gathered: saving is several of them. */
const GATHERED = 100;

export function createSession(
  connection: Connection,
  languages: readonly ServerLanguage[],
  options: {
    readonly isTrusted: () => boolean;
    readonly leavesModules: () => boolean;
    readonly settings: () => ServerOptions;
    readonly refreshes: Refreshes;
    /** Where the section of a code on a page is read. */
    readonly hrefOf: (page: string, code: string) => string;
  },
): Session {
  const { refreshes } = options;
  const held = new Map<string, Held>();
  const services = new Map<ServerLanguage, Promise<LanguageService>>();
  const reports = new Map<ServerLanguage, ReturnType<typeof reportOnce>>();
  let refreshing: NodeJS.Timeout | undefined;
  let looking: NodeJS.Timeout | undefined;
  /** Files of which it was heard and that are not looked at yet. */
  let changedPaths: Set<string> | 'any' = new Set<string>();

  /** Documents that no language claims; those of an installation have to do with them. */
  const others = new Map<string, { readonly path: string; text: string }>();
  const openText = (path: string): string | undefined =>
    [...held.values(), ...others.values()].find((each) => each.path === path)?.text;
  const workspace = createWorkspace({
    isTrusted: options.isTrusted,
    leavesModules: options.leavesModules,
    settings: options.settings,
    openText,
    changed: () => lookAgain(),
    say: (message) => {
      void connection.sendNotification(ShowMessageNotification.type, {
        type: MessageType.Warning,
        message,
      });
    },
    log: (what, error) => log(what, error),
  });
  const textOf = (path: string): string => openText(path) ?? textOnDisk(path);

  const log = (what: string, error: unknown): void => {
    connection.console.error(
      `${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
  };
  const serviceOf = (language: ServerLanguage): Promise<LanguageService> => {
    const loading = services.get(language) ?? language.load();
    services.set(language, loading);
    return loading;
  };
  const reportOf = (language: ServerLanguage): ReturnType<typeof reportOnce> => {
    const report =
      reports.get(language) ??
      reportOnce((code, error) => log(`The rule ${code} of ${language.name} failed`, error));
    reports.set(language, report);
    return report;
  };

  const lookAround = async (document: Held): Promise<void> => {
    try {
      await document.language?.lookAround();
    } catch (error) {
      log(`What surrounds ${document.path} could not be read`, error);
    }
  };
  const begin = async (document: Held, language: ServerLanguage): Promise<void> => {
    try {
      const service = await serviceOf(language);
      document.docs = service.docs;
      document.language = service.open(document, workspace, reportOf(language));
    } catch (error) {
      log(`${language.name} could not be loaded`, error);
    }
    await lookAround(document);
  };

  const publish = async (uri: string, document: Held): Promise<void> => {
    await document.ready;
    const { language, text, version } = document;
    document.examining?.abort();
    if (language?.examine !== undefined) {
      const controller = (document.examining = new AbortController());
      try {
        await language.examine(text, controller.signal);
      } catch (error) {
        if (!controller.signal.aborted) log(`${document.path} could not be examined`, error);
      }
    }
    if (language === undefined || !document.isOpen || document.version !== version) return;
    const reading = language.read(text);
    const { findings } = reading;
    const before = document.sent;
    if (before === undefined) refreshes.told(uri, reading);
    document.sent = reading;
    if (before?.text === text) {
      if (before !== reading) refreshes.readAgain(before, reading);
      if (isDeepStrictEqual(before.findings, findings)) return;
    }
    language.share?.();
    const lines = linesOf(document);
    const hrefOf = (code: string): string => options.hrefOf(document.docs, code);
    const context = { uri, path: document.path, lines, hrefOf, textOf };
    await connection.sendDiagnostics({
      uri,
      version,
      diagnostics: findings.map((finding) => diagnosticOf(finding, context)),
    });
  };
  /** In the next turn: keys that were pressed meanwhile are in the text by then. */
  const schedule = (uri: string, document: Held): void => {
    if (document.scheduled) return;
    document.scheduled = true;
    setImmediate(() => {
      document.scheduled = false;
      publish(uri, document).catch((error: unknown) => log(`${uri} could not be checked`, error));
    });
  };

  /** What is known around the documents is other than it was. */
  const lookAgain = (which: (document: Held) => boolean = () => true): void => {
    for (const [uri, document] of held) {
      if (!which(document)) continue;
      document.ready = document.ready.then(() => lookAround(document));
      schedule(uri, document);
    }
  };

  /** Somebody types: files of the same installation may say something else now. */
  const edited = (): void => {
    const near = [...held.values()].filter(({ looksBeside }) => looksBeside);
    if (near.length === 0 || near.length + others.size < 2) return;
    clearTimeout(looking);
    looking = setTimeout(() => {
      lookAgain(({ looksBeside }) => looksBeside);
    }, GATHERED);
  };

  return {
    opened: ({ uri, languageId, version, text }) => {
      const path = pathOf(uri);
      const language = languages.find(({ claims }) => claims(path, languageId));
      if (language === undefined) {
        others.set(uri, { path, text });
        edited();
        return;
      }
      const document: Held = {
        path,
        languageId,
        looksBeside: language.looksBeside === true,
        text,
        version,
        lines: undefined,
        language: undefined,
        docs: '',
        ready: Promise.resolve(),
        scheduled: false,
        examining: undefined,
        isOpen: true,
        sent: undefined,
      };
      held.set(uri, document);
      document.ready = begin(document, language);
      schedule(uri, document);
      if (document.looksBeside) edited();
    },
    changed: (uri, version, changes) => {
      const document = held.get(uri);
      if (document === undefined) {
        const other = others.get(uri);
        if (other === undefined) return;
        other.text = changedText(other.text, changes);
        edited();
        return;
      }
      document.text = changedText(document.text, changes);
      document.version = version;
      document.lines = undefined;
      schedule(uri, document);
      if (document.looksBeside) edited();
    },
    closed: (uri) => {
      others.delete(uri);
      const document = held.get(uri);
      if (document === undefined) return;
      held.delete(uri);
      document.isOpen = false;
      document.examining?.abort();
      refreshes.closed(uri);
      void connection.sendDiagnostics({ uri, diagnostics: [] });
    },
    view: async (uri) => {
      const document = held.get(uri);
      await document?.ready;
      if (document?.language === undefined || !document.isOpen) return undefined;
      const { path, version, text, language } = document;
      return { uri, path, version, reading: language.read(text), lines: linesOf(document) };
    },
    workspace,
    refresh: (paths) => {
      if (paths === undefined) changedPaths = 'any';
      else if (changedPaths !== 'any') for (const path of paths) changedPaths.add(path);
      clearTimeout(refreshing);
      refreshing = setTimeout(() => {
        const these = changedPaths === 'any' ? undefined : [...changedPaths];
        changedPaths = new Set();
        workspace.forget();
        workspace.ansible.filesChanged(these).then(
          () => lookAgain(),
          (error: unknown) => log('Files that changed could not be read', error),
        );
      }, GATHERED);
    },
    hasDocuments: () => held.size > 0,
    textOf,
    readText: async (path) =>
      openText(path) ?? (await readFile(path, 'utf8').catch(() => undefined)),
  };
}

function linesOf(document: Held): Lines {
  return (document.lines ??= new Lines(document.text));
}

function textOnDisk(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
