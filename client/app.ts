/** What views, commands and tasks of the extension share; made once, at activation. */
import type * as vscode from 'vscode';
import type { Discovery } from './discovery.ts';
import type { Passwords } from './passwords.ts';
import type { Proposals } from './monitor/proposals.ts';
import type { OpenProject } from './open-project.ts';
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
  /** Looking for Pis all the while; the Fleet view is handed to its `follow`. */
  readonly discovery: Discovery;
  /** What the monitors of the projects wait to have answered. */
  readonly proposals: Proposals;
  /** Selects a Pi in the Fleet view, where it stands in the group (else where it first stands). */
  readonly reveal: (project: OpenProject, name: string, group?: string) => Promise<void>;
};
