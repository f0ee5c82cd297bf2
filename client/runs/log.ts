/** The log of a run as a read-only document that follows the run while it lives. */
import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import type { RunSummary } from '../../core/runs/run-summary.ts';
import type { App } from '../app.ts';
import type { OpenProject } from '../open-project.ts';
import type { JournalTail } from './journal-tail.ts';

const SCHEME = 'rpi-run';
/** Milliseconds between two looks at a journal that grows. */
const FOLLOW = 500;

/** The title is in the path, the journal in the query. */
export function logUri(project: OpenProject, run: RunSummary): vscode.Uri {
  const time = new Date(run.startedAt).toLocaleString('sv').replaceAll(':', '.');
  const title = `${run.command} ${time}.log`.replaceAll('/', '-');
  const query = JSON.stringify({ project: project.root.fsPath, run: basename(run.path) });
  return vscode.Uri.from({ scheme: SCHEME, path: `/${title}`, query });
}

type Followed = { readonly tail: JournalTail; timer: NodeJS.Timeout | undefined };

export function registerRunLogs({ projects, log }: App): vscode.Disposable {
  const changed = new vscode.EventEmitter<vscode.Uri>();
  const followed = new Map<string, Followed>();

  const follow = (uri: vscode.Uri, entry: Followed): void => {
    entry.timer = setTimeout(() => {
      void (async () => {
        const isNew = await entry.tail.readOn().catch(() => false);
        // Closed meanwhile?
        if (followed.get(uri.toString()) !== entry) return;
        if (isNew) {
          stayAtTheEnd(uri);
          changed.fire(uri);
        }
        if (!entry.tail.isOver() && (await isLive(projects, uri))) follow(uri, entry);
      })().catch((error: unknown) => log.error('Following a run:', String(error)));
    }, FOLLOW);
  };

  const provider: vscode.TextDocumentContentProvider = {
    onDidChange: changed.event,
    provideTextDocumentContent: async (uri) => {
      const known = followed.get(uri.toString());
      if (known !== undefined) return known.tail.text();
      const path = journalOf(projects, uri);
      if (path === undefined) return 'The project of this run is not open in this window.\n';
      const { openJournalTail } = await import('./journal-tail.ts');
      const tail = openJournalTail(path);
      try {
        await tail.readOn();
      } catch {
        return 'The journal of this run is not there any more.\n';
      }
      const entry: Followed = { tail, timer: undefined };
      followed.set(uri.toString(), entry);
      if (!tail.isOver()) follow(uri, entry);
      return tail.text();
    },
  };
  const forget = (uri: vscode.Uri): void => {
    clearTimeout(followed.get(uri.toString())?.timer);
    followed.delete(uri.toString());
  };
  return vscode.Disposable.from(
    changed,
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, provider),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => {
      if (uri.scheme === SCHEME) forget(uri);
    }),
    new vscode.Disposable(() => {
      for (const { timer } of followed.values()) clearTimeout(timer);
      followed.clear();
    }),
  );
}

/** Only journals of open projects: a Uri may come from anywhere. */
function journalOf(projects: App['projects'], uri: vscode.Uri): string | undefined {
  const { root, run } = namedBy(uri);
  const project = projects.open().find(({ root: own }) => own.fsPath === root);
  if (project === undefined || run === undefined) return undefined;
  if (!run.endsWith('.jsonl') || dirname(run) !== '.') return undefined;
  return vscode.Uri.joinPath(project.root, '.rpi', 'runs', run).fsPath;
}

async function isLive(projects: App['projects'], uri: vscode.Uri): Promise<boolean> {
  const { root, run } = namedBy(uri);
  const project = projects.open().find(({ root: own }) => own.fsPath === root);
  const found = (await project?.runs())?.find(({ path }) => basename(path) === run);
  return found?.state === 'live';
}

function namedBy(uri: vscode.Uri): {
  readonly root: string | undefined;
  readonly run: string | undefined;
} {
  try {
    const value: unknown = JSON.parse(uri.query);
    if (typeof value !== 'object' || value === null) return { root: undefined, run: undefined };
    const { project: root, run } = value as Readonly<Record<string, unknown>>;
    return {
      root: typeof root === 'string' ? root : undefined,
      run: typeof run === 'string' ? run : undefined,
    };
  } catch {
    return { root: undefined, run: undefined };
  }
}

/** Who looks at the end of a log goes on looking at it; who has scrolled up is left in peace. */
function stayAtTheEnd(uri: vscode.Uri): void {
  const { visibleTextEditors } = vscode.window;
  const editors = visibleTextEditors.filter(
    ({ document, visibleRanges }) =>
      document.uri.toString() === uri.toString() &&
      (visibleRanges.at(-1)?.end.line ?? 0) >= document.lineCount - 2,
  );
  if (editors.length === 0) return;
  // The text may come out the same: then there is no change to wait for.
  const giveUp = setTimeout(() => {
    listener.dispose();
  }, FOLLOW);
  const listener = vscode.workspace.onDidChangeTextDocument(({ document }) => {
    if (document.uri.toString() !== uri.toString()) return;
    clearTimeout(giveUp);
    listener.dispose();
    for (const editor of editors) {
      const end = document.lineAt(document.lineCount - 1).range;
      editor.revealRange(end, vscode.TextEditorRevealType.Default);
    }
  });
}
