/** Asks one monitor what it proposes, and tells a person of it. */
import * as vscode from 'vscode';
import { RpiError } from '../../core/errors.ts';
import { monitorProposals, type OpenProposal } from '../../core/monitor/daemon/control.ts';
import { socketFolder } from '../../core/project/paths.ts';
import { plainText } from '../message.ts';
import type { ProposalNode } from '../nodes.ts';
import type { OpenProject } from '../open-project.ts';
import { ANSWERS, proposalWords } from './proposal-words.ts';

/** None where no monitor runs, or one of another version. */
export async function proposalsOf(open: OpenProject): Promise<readonly OpenProposal[]> {
  const project = await open.project();
  if (project === undefined) return [];
  try {
    return await monitorProposals(socketFolder(process.env), project);
  } catch (error) {
    if (RpiError.is(error, 'monitor.not-running', 'monitor.version', 'input.invalid')) return [];
    throw error;
  }
}

/** With a button for each answer; resolves when one was given, or the notification is gone. */
export async function tell(node: ProposalNode): Promise<void> {
  const { what, why } = proposalWords(node.proposal);
  const chosen = await vscode.window.showWarningMessage(
    plainText(`The monitor proposes: ${what}. ${why}`),
    ...Object.values(ANSWERS),
  );
  if (chosen === ANSWERS.approve) {
    await vscode.commands.executeCommand('rpi.proposal.approve', node);
  } else if (chosen === ANSWERS.refuse) {
    await vscode.commands.executeCommand('rpi.proposal.refuse', node);
  } else if (chosen === ANSWERS.snooze) {
    await vscode.commands.executeCommand('rpi.proposal.snooze', node);
  }
}
