/** Nodes of the Runs view as the editor shows them. */
import * as vscode from 'vscode';
import type { RunSummary } from '../../core/runs/run-summary.ts';
import {
  detailOf,
  hasNodesBelow,
  idOfRun,
  lastStep,
  lifeOf,
  lookOfResult,
  lookOfRun,
  nowOf,
  titleOfRun,
  tookOf,
  type RunLook,
  type RunsNode,
} from './nodes.ts';

const { None, Collapsed } = vscode.TreeItemCollapsibleState;

/** `now`: milliseconds since the epoch; `isOneOfMany`: the window has several projects. */
export async function itemOfRun(
  node: RunsNode,
  { now, isOneOfMany }: { readonly now: number; readonly isOneOfMany: boolean },
): Promise<vscode.TreeItem> {
  const item = await bareItemOf(node, now, isOneOfMany);
  item.id = idOfRun(node);
  item.collapsibleState = hasNodesBelow(node) ? Collapsed : None;
  return item;
}

async function bareItemOf(
  node: RunsNode,
  now: number,
  isOneOfMany: boolean,
): Promise<vscode.TreeItem> {
  const { run } = node;
  switch (node.kind) {
    case 'run': {
      const { timeAgo } = await import('../../core/fleet/host-detail.ts');
      const look = lookOfRun(run);
      const title = titleOfRun(run);
      const life = lifeOf(run);
      const words = [
        life === 'finished' && run.status === 'ok' ? '' : (look.words.split(':')[0] ?? ''),
        life === 'live' ? nowOf(run) : '',
        tookOf(run, now),
        run.state === 'live' ? '' : timeAgo(run.startedAt, now),
        isOneOfMany ? node.project.label : '',
      ].filter((word) => word !== '');
      const item = shown(title, look, words.join(' · '));
      item.contextValue = `run:${life}`;
      item.tooltip = tooltipOfRun(run, look);
      return item;
    }
    case 'run-rounds': {
      const { timeAgo } = await import('../../core/fleet/host-detail.ts');
      const look = lookOfRun(run);
      const words = [
        `${node.rounds.length} rounds`,
        run.state === 'live' ? look.words : timeAgo(run.startedAt, now),
        isOneOfMany ? node.project.label : '',
      ].filter((word) => word !== '');
      const item = shown(titleOfRun(run), look, words.join(' · '));
      item.contextValue = 'run-rounds';
      item.tooltip = tooltipOfRun(run, look);
      return item;
    }
    case 'run-host': {
      const { host } = node;
      const look = lookOfResult(host.status, run.state === 'live');
      const item = shown(host.host, look, host.summary?.split('\n')[0] ?? lastStep(host.steps));
      item.contextValue = 'run-host';
      item.tooltip = [host.summary, host.error?.message, host.error?.remedy]
        .filter((text, index, all) => text !== undefined && all.indexOf(text) === index)
        .join('\n');
      return item;
    }
    case 'run-step': {
      const { step } = node;
      const look = lookOfResult(step.status, run.state === 'live');
      const item = shown(step.title, look, detailOf(step));
      item.contextValue = 'run-step';
      item.tooltip = [step.title, step.detail ?? ''].filter((text) => text !== '').join('\n');
      return item;
    }
    case 'run-note': {
      const item = new vscode.TreeItem(node.text.split('\n')[0] ?? '', None);
      item.iconPath = new vscode.ThemeIcon('info');
      item.contextValue = 'run-note';
      item.tooltip = node.text;
      return item;
    }
  }
}

function shown(label: string, look: RunLook, description: string): vscode.TreeItem {
  const item = new vscode.TreeItem(label, None);
  item.iconPath =
    look.color === undefined
      ? new vscode.ThemeIcon(look.icon)
      : new vscode.ThemeIcon(look.icon, new vscode.ThemeColor(look.color));
  item.description = description;
  item.accessibilityInformation = { label: `${label}, ${look.words}, ${description}` };
  return item;
}

/** Plain text in a Markdown tooltip: what hosts said is in it. */
function tooltipOfRun(run: RunSummary, look: RunLook): vscode.MarkdownString {
  const tooltip = new vscode.MarkdownString();
  const line = (text: string): void => {
    tooltip.appendText(text).appendMarkdown('\n\n');
  };
  tooltip.appendMarkdown('**').appendText(titleOfRun(run)).appendMarkdown('** — ');
  line(look.words);
  if (run.question !== undefined && run.state === 'live') line(run.question.question.text);
  if (run.summary !== undefined) line(run.summary);
  if (run.error?.remedy !== undefined) line(`→ ${run.error.remedy}`);
  for (const sentence of run.undone) line(`Undone: ${sentence}`);
  line(`Started ${new Date(run.startedAt).toLocaleString()}`);
  tooltip.appendCodeblock(['rpi', ...run.args].join(' '), 'text');
  return tooltip;
}
