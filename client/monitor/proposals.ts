/**
 * What the monitors of the open projects propose: asked of their sockets every few seconds. A new
 * proposal is told once in a window, with its buttons; the Fleet view shows it until it is answered.
 */
import * as vscode from 'vscode';
import type { OpenProposal } from '../../core/monitor/daemon/control.ts';
import type { OpenProject } from '../open-project.ts';
import type { Projects } from '../projects.ts';

export type Proposals = {
  readonly dispose: () => void;
  /** As last asked. */
  readonly of: (project: OpenProject) => readonly OpenProposal[];
  readonly onDidChange: vscode.Event<void>;
  /** Asks at once. */
  readonly look: () => Promise<void>;
};

/** Milliseconds. */
const EVERY = 3000;

export function createProposals(projects: Projects, log: vscode.LogOutputChannel): Proposals {
  const changed = new vscode.EventEmitter<void>();
  const told = new Set<string>();
  let known = new Map<string, readonly OpenProposal[]>();
  let isDisposed = false;
  let timer: NodeJS.Timeout | undefined;
  let asking: Promise<void> | undefined;

  const askAll = async (): Promise<void> => {
    const next = new Map<string, readonly OpenProposal[]>();
    for (const project of vscode.workspace.isTrusted ? projects.open() : []) {
      const { proposalsOf, tell } = await import('./ask-proposals.ts');
      const proposals = await proposalsOf(project);
      if (proposals.length > 0) next.set(project.root.toString(), proposals);
      for (const proposal of proposals) {
        const key = `${project.root.toString()}\n${proposal.id}\n${proposal.made}`;
        if (told.has(key) || isDisposed) continue;
        told.add(key);
        void tell({ kind: 'proposal', project, proposal });
      }
    }
    const before = JSON.stringify([...known]);
    known = next;
    if (!isDisposed && before !== JSON.stringify([...next])) changed.fire();
  };
  const look = (): Promise<void> => {
    asking ??= askAll()
      .catch((error: unknown) => log.warn('Asking the monitor:', String(error)))
      .finally(() => {
        asking = undefined;
      });
    return asking;
  };
  const next = (): void => {
    timer = setTimeout(() => void look().finally(() => isDisposed || next()), EVERY);
  };
  next();
  return {
    of: (project) => known.get(project.root.toString()) ?? [],
    onDidChange: changed.event,
    look,
    dispose: () => {
      isDisposed = true;
      clearTimeout(timer);
      changed.dispose();
    },
  };
}
