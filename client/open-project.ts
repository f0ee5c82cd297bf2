/** A project of an open folder, as the views and commands see it. */
import type * as vscode from 'vscode';
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
