/** What the commands of a proposal share: which one is meant, and how it is answered. */
import * as vscode from 'vscode';
import type { Answered } from '../../core/monitor/daemon/control.ts';
import type { App } from '../app.ts';
import { plainText } from '../message.ts';
import { proposalWords } from '../monitor/proposal-words.ts';
import { nodesOf, type ProposalNode } from '../nodes.ts';

/** The node of the menu or of the notification, else the one that is picked. */
export async function pickProposal(
  { projects, proposals }: App,
  args: readonly unknown[],
  title: string,
): Promise<ProposalNode | undefined> {
  const given = nodesOf(args).find((node) => node.kind === 'proposal');
  if (given !== undefined) return given;
  await proposals.look();
  const open = projects
    .open()
    .flatMap((project) =>
      proposals.of(project).map((proposal) => ({ kind: 'proposal', project, proposal }) as const),
    );
  if (open.length === 0) {
    await vscode.window.showInformationMessage('No monitor of an open project proposes anything.');
    return undefined;
  }
  const picked = await vscode.window.showQuickPick(
    open.map((node) => {
      const { what, why } = proposalWords(node.proposal);
      return { label: what, detail: why, node };
    }),
    { title, placeHolder: 'Which proposal?', matchOnDetail: true },
  );
  return picked?.node;
}

/** `for`: seconds that it is put off; `yesWipe`: the name that was typed. Throws what monitorAnswer throws. */
export async function answer(
  app: App,
  { project: open, proposal }: ProposalNode,
  given: Answered['answer'],
  more: { readonly for?: number; readonly yesWipe?: string } = {},
): Promise<void> {
  const project = await open.project();
  if (project === undefined) return;
  const [{ monitorAnswer }, { socketFolder }, { owner }] = await Promise.all([
    import('../../core/monitor/daemon/control.ts'),
    import('../../core/project/paths.ts'),
    import('../../core/install/job.ts'),
  ]);
  const about = { proposal: proposal.id, answer: given, by: owner() };
  try {
    await monitorAnswer(socketFolder(process.env), project, { ...about, ...more });
  } finally {
    await app.proposals.look();
  }
  const { what } = proposalWords(proposal);
  vscode.window.setStatusBarMessage(plainText(`${SAID[given]}: ${what}`), 5000);
}

const SAID: Readonly<Record<Answered['answer'], string>> = {
  approve: 'Approved',
  refuse: 'Refused',
  snooze: 'Put off',
};
