/**
 * The projects of the open folders: one a folder, where its rpi.yml is. Each is read when somebody
 * looks, follows its files and its journals, and says when something has changed.
 */
import * as vscode from 'vscode';
import type { Fleet } from '../core/fleet/fleet.ts';
import type { Project } from '../core/project/project.ts';
import type { RunSummary } from '../core/runs/run-summary.ts';

export type OpenProject = {
  readonly folder: vscode.WorkspaceFolder;
  /** The folder of rpi.yml. */
  readonly root: vscode.Uri;
  /** What tells it from the others, in a window with several. */
  readonly label: string;
  /** The project as last read; undefined while rpi.yml is wrong (the fleet's faults say how). */
  readonly project: () => Promise<Project | undefined>;
  /** As last read; read now where it never was, or has changed since. Never rejects. */
  readonly fleet: () => Promise<Fleet>;
  /** Newest first. */
  readonly runs: () => Promise<readonly RunSummary[]>;
};

export type Projects = vscode.Disposable & {
  readonly open: () => readonly OpenProject[];
  /** The project that a file belongs to. */
  readonly of: (uri: vscode.Uri) => OpenProject | undefined;
  /** Fires (debounced) with a project that has changed, and without one when folders came or went. */
  readonly onDidChange: vscode.Event<OpenProject | undefined>;
  /** Somebody looks: until disposed, live runs are followed every 500 ms. */
  readonly look: () => vscode.Disposable;
  /** Reads everything again. */
  readonly refresh: () => void;
};
