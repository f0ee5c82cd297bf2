import type * as vscode from 'vscode';
import { Disposable, workspace } from 'vscode';
import type { App } from './app.ts';

/** Refreshes a view when something has changed, but only one that somebody sees. */
export function followWhileVisible(
  { projects }: App,
  view: vscode.TreeView<unknown>,
  refresh: () => void,
): vscode.Disposable {
  tellTrust(view);
  let isStale = false;
  let looking = view.visible ? projects.look() : undefined;
  const listeners = Disposable.from(
    workspace.onDidGrantWorkspaceTrust(() => {
      if (view.message === UNTRUSTED) view.message = '';
      refresh();
    }),
    projects.onDidChange(() => {
      tellTrust(view);
      if (view.visible) refresh();
      else isStale = true;
    }),
    view.onDidChangeVisibility(({ visible }) => {
      looking?.dispose();
      looking = visible ? projects.look() : undefined;
      if (visible && isStale) {
        isStale = false;
        refresh();
      }
    }),
  );
  return new Disposable(() => {
    looking?.dispose();
    listeners.dispose();
  });
}

const UNTRUSTED =
  'This folder is not trusted: its files are shown, nothing is started and nothing is written.';

/** A view may have something else to say; that it is not trusted, it says first. */
function tellTrust(view: vscode.TreeView<unknown>): void {
  if (!workspace.isTrusted && view.message !== UNTRUSTED) view.message = UNTRUSTED;
}
