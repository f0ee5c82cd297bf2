import * as vscode from 'vscode';
import type { HostChange } from '../../core/inventory/plan.ts';
import type { EditorCommand } from '../commands.ts';
import { applyInventoryEdits, tellUnsaved } from '../fleet/inventory-edits.ts';
import { mayStart, pickHosts } from '../target.ts';

/** Takes hosts out of the inventory: an edit that can be undone; the Pis themselves are left. */
export const removeFromInventory: EditorCommand = async (app, ...args) => {
  if (!(await mayStart(app))) return;
  const target = await pickHosts(app, args, { title: 'Remove from Inventory', anyName: true });
  if (target === undefined) return;
  const { project, hosts } = target;
  const remove = 'Remove';
  const chosen = await vscode.window.showWarningMessage(
    plainText(`Remove ${hosts.join(', ')} from the inventory?`),
    {
      modal: true,
      detail:
        'The Pis themselves are not touched, and files of theirs in host_vars stay. One undo in the inventory takes it back.',
    },
    remove,
  );
  const opened = await project.project();
  if (chosen !== remove || opened === undefined) return;
  const { planHostEdits } = await import('../../core/inventory/planned-edits.ts');
  const changes = hosts.map((host): HostChange => ({ type: 'remove', host }));
  const applied = await applyInventoryEdits((files) => planHostEdits(opened, changes, { files }));
  if (applied === undefined) return;
  const done = `${hosts.join(', ')} removed from the inventory.`;
  app.log.info(done);
  await tellUnsaved(applied, done);
};
