import * as vscode from 'vscode';

/** Shows progress in the Fleet view: the place where the result will appear. */
export async function inView<Result>(
  work: (progress: (message: string) => void, signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  return withSignal({ location: { viewId: 'rpi.fleet' } }, work);
}

/** Shows progress as a notification that can cancel: for what a person waits for. */
export async function inNotification<Result>(
  title: string,
  work: (progress: (message: string) => void, signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const location = vscode.ProgressLocation.Notification;
  return withSignal({ location, title, cancellable: true }, work);
}

async function withSignal<Result>(
  options: vscode.ProgressOptions,
  work: (progress: (message: string) => void, signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  return vscode.window.withProgress(options, (progress, token) => {
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
