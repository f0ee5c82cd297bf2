/** Nodes of the Fleet view as the editor shows them. */
import * as vscode from 'vscode';
import { lookOf, titleOfFault } from './looks.ts';
import { idOf, type FleetNode } from './nodes.ts';

const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;

/** `now`: milliseconds since the epoch, for “2 min ago”. */
export async function itemOf(node: FleetNode, now: number): Promise<vscode.TreeItem> {
  const item = await bareItemOf(node, now);
  item.id = idOf(node);
  return item;
}

async function bareItemOf(node: FleetNode, now: number): Promise<vscode.TreeItem> {
  switch (node.kind) {
    case 'project': {
      const item = new vscode.TreeItem(node.project.label, Expanded);
      item.iconPath = new vscode.ThemeIcon('root-folder');
      item.contextValue = 'project';
      item.tooltip = node.project.root.fsPath;
      return item;
    }
    case 'group': {
      const item = new vscode.TreeItem(node.name, node.path.length === 0 ? Expanded : Collapsed);
      item.iconPath = new vscode.ThemeIcon('folder');
      item.description = String(node.size);
      item.contextValue = 'group';
      item.tooltip = `Group ${node.name}: ${counted(node.size)}`;
      item.accessibilityInformation = { label: `Group ${node.name}, ${counted(node.size)}` };
      return item;
    }
    case 'pi': {
      const { piDescription } = await import('../../core/fleet/host-detail.ts');
      const look = lookOf(node.pi);
      const description = piDescription(node.pi, now);
      const item = new vscode.TreeItem(node.name, None);
      item.iconPath = themed(look.icon, look.color);
      item.description = description;
      item.contextValue = `pi:${node.pi.state}`;
      item.accessibilityInformation = { label: `${node.name}, ${look.words}, ${description}` };
      return item;
    }
    case 'discovered-root': {
      const item = new vscode.TreeItem('Discovered', Expanded);
      item.iconPath = new vscode.ThemeIcon('broadcast');
      item.description = String(node.count);
      item.contextValue = 'discovered-root';
      item.tooltip = 'On the network and in no inventory. Drag one onto a group to adopt it.';
      item.accessibilityInformation = {
        label: `Discovered, ${counted(node.count)} in no inventory`,
      };
      return item;
    }
    case 'discovered': {
      const { discoveredDescription } = await import('../../core/fleet/host-detail.ts');
      const { device } = node;
      const description = discoveredDescription(device, now);
      const item = new vscode.TreeItem(device.name ?? device.address, None);
      item.iconPath = themed('circle-large-outline', 'charts.blue');
      item.description = description;
      item.contextValue = 'discovered';
      item.accessibilityInformation = {
        label: `${device.name ?? device.address}, discovered, ${description}`,
      };
      return item;
    }
    case 'proposal':
      return (await import('./proposal-item.ts')).proposalItem(node);
    case 'fault': {
      const { fault, more } = node;
      const others = more === 0 ? '' : ` (and ${more} more)`;
      const item = new vscode.TreeItem(titleOfFault(fault), None);
      item.iconPath = themed('error', 'list.errorForeground');
      item.description = `${fault.error.message.split('\n')[0] ?? ''}${others}`;
      item.contextValue = 'fault';
      item.tooltip = [`${fault.error.message}${others}`, fault.error.remedy ?? '']
        .join('\n')
        .trimEnd();
      item.command = {
        command: 'rpi.fault.open',
        title: 'Show What Is Wrong',
        arguments: [node],
      };
      item.accessibilityInformation = {
        label: `${titleOfFault(fault)}: ${fault.error.message}`,
      };
      return item;
    }
  }
}

/** Everything known, as Markdown; made when somebody points at the node. */
export async function tooltipOf(
  node: FleetNode,
  now: number,
): Promise<vscode.MarkdownString | undefined> {
  if (node.kind !== 'pi' && node.kind !== 'discovered') return undefined;
  const { discoveredTooltip, piTooltip } = await import('../../core/fleet/host-detail.ts');
  // Never trusted and without HTML: names and banners are what strangers on the network say.
  return new vscode.MarkdownString(
    node.kind === 'pi' ? piTooltip(node.pi, now) : discoveredTooltip(node.device, now),
  );
}

function themed(icon: string, color: string | undefined): vscode.ThemeIcon {
  return color === undefined
    ? new vscode.ThemeIcon(icon)
    : new vscode.ThemeIcon(icon, new vscode.ThemeColor(color));
}

function counted(count: number): string {
  return count === 1 ? '1 Pi' : `${count} Pis`;
}
