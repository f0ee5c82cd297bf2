import * as vscode from 'vscode';

/** Shows progress as a notification that can cancel: for what a person waits for. */
export async function inNotification<Result>(
  title: string,
  work: (tell: (message: string) => void, signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const location = vscode.ProgressLocation.Notification;
  return vscode.window.withProgress({ location, title, cancellable: true }, (progress, token) => {
    const controller = new AbortController();
    token.onCancellationRequested(() => {
      controller.abort();
    });
    const tell = (message: string): void => {
      progress.report({ message });
    };
    return work(tell, controller.signal);
  });
}
