/** Secrets that a run asks for: typed once, kept by the editor if the person wants, never in argv. */
import type * as vscode from 'vscode';

export type Passwords = vscode.Disposable & {
  /** Environment for an `rpi` that we start: RPI_ASKPASS, which asks this window over a socket. */
  readonly environment: () => Promise<Readonly<Record<string, string>>>;
  /** Removes every secret that was kept. */
  readonly forget: () => Promise<void>;
};
