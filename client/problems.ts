/** Failing Ansible tasks as problems at their file and line, read from the journals. */
import * as vscode from 'vscode';
import type { RunSummary } from '../core/runs/run-summary.ts';
import type { App } from './app.ts';
import { followLine, type LineChange } from './problems/change.ts';
import { grouped } from './problems/grouped.ts';
import { openFailures, type OpenFailure } from './problems/open-failures.ts';
import { placeOf } from './problems/place.ts';

/** A failure, the line where it stands now, and what stands in that line. */
type Shown = { readonly failure: OpenFailure; readonly line: number; readonly text: string };

export function createProblems({ projects, log }: App): vscode.Disposable {
  const diagnostics = vscode.languages.createDiagnosticCollection('rpi');
  const shown = new Map<string, Shown[]>();
  /** Those whose line a person has changed since. */
  const mended = new Set<string>();
  let latest = 0;
  let read: readonly (readonly RunSummary[])[] = [];

  const show = async (): Promise<void> => {
    const turn = ++latest;
    const runs = await Promise.all(projects.open().map((project) => project.runs()));
    // The same arrays: nothing has been run since.
    if (runs.length === read.length && runs.every((each, index) => each === read[index])) return;
    read = runs;
    const open = runs.flatMap(openFailures).filter(({ key }) => !mended.has(key));
    const byPath = grouped(open, ({ path }) => path);
    const placed = await Promise.all(
      [...byPath].map(async ([path, failures]) => ({ path, lines: await linesOf(path, failures) })),
    );
    if (turn !== latest) return; // Something newer is on its way.
    const before = new Map([...shown.values()].flat().map((each) => [each.failure.key, each]));
    shown.clear();
    diagnostics.clear();
    for (const { path, lines } of placed) {
      if (lines.length === 0) continue;
      // Where it was followed through edits is known better than where the journal says.
      shown.set(
        path,
        lines.map((each) => before.get(each.failure.key) ?? each),
      );
      publish(path);
    }
  };
  const publish = (path: string): void => {
    const uri = vscode.Uri.file(path);
    diagnostics.set(uri, (shown.get(path) ?? []).map(diagnosticOf));
  };
  const showNow = (): void => {
    void show().catch((error: unknown) => log.error('Problems:', String(error)));
  };

  return vscode.Disposable.from(
    diagnostics,
    projects.onDidChange(showNow),
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      const here = shown.get(document.uri.fsPath);
      if (here === undefined || document.uri.scheme !== 'file') return;
      const lines = document.getText().split(/\r?\n/);
      const left = here.flatMap((each) => {
        const line = followLine(each, contentChanges.map(changeOf), lines);
        if (line !== undefined) return [{ ...each, line }];
        mended.add(each.failure.key);
        return [];
      });
      shown.set(document.uri.fsPath, left);
      publish(document.uri.fsPath);
    }),
  );
}

/** On the text that is edited, where the file is open; else on the disk's. */
async function linesOf(path: string, failures: readonly OpenFailure[]): Promise<Shown[]> {
  const uri = vscode.Uri.file(path);
  try {
    const { mtime } = await vscode.workspace.fs.stat(uri);
    const open = vscode.workspace.textDocuments.find(
      ({ uri: other }) => other.toString() === uri.toString(),
    );
    const isDirty = open?.isDirty === true;
    const text =
      open?.getText() ?? new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
    const lines = text.split(/\r?\n/);
    return failures.flatMap((failure) => {
      const line = placeOf(failure, lines, isDirty ? Infinity : mtime);
      return line === undefined ? [] : [{ failure, line, text: lines[line - 1] ?? '' }];
    });
  } catch {
    return []; // The file is not there any more.
  }
}

function diagnosticOf({ failure, line, text }: Shown): vscode.Diagnostic {
  const start = text.length - text.trimStart().length;
  const range = new vscode.Range(
    line - 1,
    start,
    line - 1,
    Math.max(start + 1, text.trimEnd().length),
  );
  const { hosts, task, message, command } = failure;
  const where = hosts.length > 3 ? `${hosts.length} Pis` : hosts.join(', ');
  const diagnostic = new vscode.Diagnostic(
    range,
    `${task} failed on ${where}: ${message}`,
    vscode.DiagnosticSeverity.Error,
  );
  diagnostic.source = 'rpi';
  diagnostic.code = command;
  return diagnostic;
}

function changeOf({ range, text }: vscode.TextDocumentContentChangeEvent): LineChange {
  return {
    first: range.start.line + 1,
    character: range.start.character,
    last: range.end.line + 1,
    isInsertion: range.isEmpty,
    text,
  };
}
