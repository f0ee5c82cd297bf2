import * as vscode from 'vscode';
import type { Fleet } from '../../core/fleet/fleet.ts';

type GroupItem = vscode.QuickPickItem & { readonly group: string | undefined };

const NEW: GroupItem = { label: '$(add) New group…', group: undefined, alwaysShow: true };

/** A group that exists, or the name of a new one; undefined when the person gave up. */
export async function pickGroup(
  fleet: Fleet,
  options: {
    readonly title: string;
    /** An entry before all others, for which the group is ''. */
    readonly first?: string;
  },
): Promise<string | undefined> {
  const names = [...fleet.groups.keys()].filter((name) => name !== 'ungrouped');
  const items: GroupItem[] = [
    ...(options.first === undefined ? [] : [{ label: options.first, group: '' }]),
    ...names.map((name) => ({
      label: name,
      description: counted(fleet.groups.get(name)?.hosts.length ?? 0),
      group: name,
    })),
    { label: 'ungrouped', description: 'in no group', group: 'ungrouped' },
    NEW,
  ];
  const picked = await vscode.window.showQuickPick(items, {
    title: options.title,
    placeHolder: 'Into which group?',
  });
  return picked === NEW ? askName(options.title, fleet) : picked?.group;
}

function counted(count: number): string {
  return count === 1 ? '1 Pi' : `${count} Pis`;
}

function askName(title: string, fleet: Fleet): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title,
    prompt: 'Name of the new group',
    validateInput: (name) => {
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return 'Letters, digits and _ only.';
      if (name === 'all') return 'Every host is in all.';
      return fleet.pis.has(name) ? 'A host has this name.' : undefined;
    },
  });
}
