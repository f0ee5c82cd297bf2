/** What views, commands and tasks of the extension share; made once, at activation. */
import type * as vscode from 'vscode';
import type { Passwords } from './passwords.ts';
import type { Projects } from './projects.ts';
import type { Rpi } from './rpi.ts';

export type App = {
  readonly context: vscode.ExtensionContext;
  /** The “Raspberry Pi” output channel: details of what went wrong. */
  readonly log: vscode.LogOutputChannel;
  readonly projects: Projects;
  /** Starts the bundled `rpi`: whatever writes or takes long is done by it, never by the editor. */
  readonly rpi: Rpi;
  readonly passwords: Passwords;
};
