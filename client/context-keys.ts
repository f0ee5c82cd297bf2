/** What package.json's when-clauses ask of us. */
import * as vscode from 'vscode';
import type { Milestones } from './milestones.ts';
import { followWalkthrough } from './walkthrough.ts';

export type ContextKeys = Milestones & {
  /** The folders have been searched. */
  readonly loaded: boolean;
  readonly hasProject: boolean;
  /** In the inventory, or on the network. */
  readonly hasPis: boolean;
  readonly hasRuns: boolean;
};

/** Extensions that open a folder over ssh: Microsoft's, and the open one of other editors. */
const REMOTE_SSH = ['ms-vscode-remote.remote-ssh', 'jeanp413.open-remote-ssh'];

export type ContextSetter = {
  readonly set: (keys: ContextKeys) => void;
  readonly dispose: () => void;
};

export function followContext(log: vscode.LogOutputChannel): ContextSetter {
  const known = new Map<string, boolean>();
  const put = (key: string, value: boolean): void => {
    if (known.get(key) === value) return;
    known.set(key, value);
    void vscode.commands
      .executeCommand('setContext', key, value)
      .then(undefined, (error: unknown) => log.warn(`setContext ${key}:`, String(error)));
  };
  const look = (): void => {
    const found = REMOTE_SSH.some((id) => vscode.extensions.getExtension(id) !== undefined);
    put('rpi.hasRemoteSsh', found);
  };
  look();
  const listener = vscode.extensions.onDidChange(look);
  const walkthrough = followWalkthrough(log);
  return {
    set: ({ loaded, hasProject, hasPis, hasRuns, hasAdopted, hasEnrolled, hasDeployed }) => {
      put('rpi.hasProject', hasProject);
      put('rpi.hasPis', hasPis);
      put('rpi.hasRuns', hasRuns);
      // The last: welcome texts wait for it, and then find the others as they are.
      put('rpi.loaded', loaded);
      walkthrough.set({
        scaffold: hasProject,
        detect: hasPis,
        adopt: hasAdopted,
        enroll: hasEnrolled,
        deploy: hasDeployed,
      });
    },
    dispose: () => {
      listener.dispose();
      walkthrough.dispose();
    },
  };
}
