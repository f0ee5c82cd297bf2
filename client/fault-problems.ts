/**
 * What is wrong in rpi.yml and in the inventory, as problems at their file and line. Of a file that
 * is open the language server tells it, as it is typed; what both told would stand there twice.
 */
import * as vscode from 'vscode';
import type { FleetFault } from '../core/fleet/fleet.ts';
import type { App } from './app.ts';
import { isServed } from './language-client.ts';
import { createTurns } from './turns.ts';

export function createFaultProblems({ projects, log }: App): vscode.Disposable {
  const diagnostics = vscode.languages.createDiagnosticCollection('rpi-files');
  let shown = '';
  const begin = createTurns();
  const show = async (): Promise<void> => {
    const place = begin();
    const fleets = await Promise.all(projects.open().map((project) => project.fleet()));
    const { ansibleKindOf } = await import('../core/lint/ansible-kind.ts');
    const served = vscode.workspace.textDocuments
      .filter((document) => document.uri.scheme === 'file' && isServed(document))
      .map(({ uri }) => uri.fsPath)
      .filter((path) => ['rpi-yml', 'inventory'].includes(ansibleKindOf(path) ?? ''));
    const faults = fleets
      .flatMap((fleet) => fleet.faults)
      .filter(({ line, path }) => line !== undefined && !served.includes(path ?? ''));
    const now = JSON.stringify(faults);
    if (!place() || now === shown) return;
    shown = now;
    diagnostics.clear();
    const paths = new Set(faults.flatMap(({ path }) => path ?? []));
    for (const path of paths) {
      const here = faults.filter((fault) => fault.path === path);
      diagnostics.set(vscode.Uri.file(path), here.map(diagnosticOf));
    }
  };
  const showNow = (): void => {
    void show().catch((error: unknown) => log.error('Problems:', String(error)));
  };
  const ofFiles = ({ uri }: vscode.TextDocument): void => {
    if (uri.scheme === 'file') showNow();
  };
  return vscode.Disposable.from(
    diagnostics,
    projects.onDidChange(showNow),
    vscode.workspace.onDidOpenTextDocument(ofFiles),
    vscode.workspace.onDidCloseTextDocument(ofFiles),
  );
}

function diagnosticOf({ error, line = 1, column = 1 }: FleetFault): vscode.Diagnostic {
  const at = new vscode.Position(line - 1, column - 1);
  const diagnostic = new vscode.Diagnostic(
    // The editor makes a word of it.
    new vscode.Range(at, at),
    error.message,
    vscode.DiagnosticSeverity.Error,
  );
  diagnostic.source = 'rpi';
  diagnostic.code = error.code;
  return diagnostic;
}
