/** Starting the bundled `rpi` on the editor's own Node. Arguments are an array, never a line. */
import * as vscode from 'vscode';
import type { Event } from '../core/runs/event.ts';
import type { OpenProject } from './projects.ts';

export type RpiRequest = {
  readonly project: OpenProject | undefined;
  /** The words after `rpi`. */
  readonly args: readonly string[];
};

export type RpiEnd = { readonly exit: number; readonly events: readonly Event[] };

export type Rpi = {
  /** In a terminal, as a task: what takes long, asks, or is worth watching. */
  readonly inTerminal: (request: RpiRequest) => Promise<vscode.TaskExecution>;
  /** As inTerminal; resolves with the exit code when it has ended. */
  readonly untilEnd: (request: RpiRequest) => Promise<number | undefined>;
  /** Without a terminal, its events read as they come; questions are asked by dialogs. */
  readonly inBackground: (
    request: RpiRequest & {
      readonly signal: AbortSignal;
      readonly onEvent?: (event: Event) => void;
    },
  ) => Promise<RpiEnd>;
};
