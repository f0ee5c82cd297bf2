/** A proposal of the monitor as a node of the Fleet view. */
import * as vscode from 'vscode';
import { proposalWords } from '../monitor/proposal-words.ts';
import type { ProposalNode } from '../nodes.ts';

export function proposalItem({ proposal }: ProposalNode): vscode.TreeItem {
  const { what, why } = proposalWords(proposal);
  const date = (iso: string): string => new Date(iso).toLocaleString();
  const item = new vscode.TreeItem(`Proposed: ${what}`, vscode.TreeItemCollapsibleState.None);
  item.iconPath = new vscode.ThemeIcon(
    'lightbulb',
    new vscode.ThemeColor('list.warningForeground'),
  );
  item.description = why;
  item.contextValue = 'proposal';
  // Plain text: what a check prints may be anything.
  item.tooltip = [
    `The monitor proposes to ${what}.`,
    ...proposal.evidence.map((each) => `– ${each}`),
    `Made ${date(proposal.made)}, stands until ${date(proposal.expires)}.`,
  ].join('\n');
  item.accessibilityInformation = { label: `The monitor proposes to ${what}: ${why}` };
  return item;
}
