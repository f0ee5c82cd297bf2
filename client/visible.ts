import type * as vscode from 'vscode';
import { Disposable } from 'vscode';
import type { App } from './app.ts';

/** Refreshes a view when something has changed, but only one that somebody sees. */
export function followWhileVisible(
  { projects }: App,
  view: vscode.TreeView<unknown>,
  refresh: () => void,
): vscode.Disposable {
  let isStale = false;
  let looking = view.visible ? projects.look() : undefined;
  const listeners = Disposable.from(
    projects.onDidChange(() => {
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
