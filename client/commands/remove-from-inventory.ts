import * as vscode from 'vscode';
import type { HostChange } from '../../core/inventory/plan.ts';
import type { EditorCommand } from '../editor-command.ts';
import { applyInventoryEdits, tellUnsaved } from '../fleet/inventory-edits.ts';
import { plainText } from '../message.ts';
import { mayStart, pickHosts } from '../target.ts';
import { namesOf } from './names.ts';

/** Takes hosts out of the inventory: an edit that can be undone; the Pis themselves are left. */
export const removeFromInventory: EditorCommand = async (app, ...args) => {
  if (!(await mayStart(app))) return;
  const target = await pickHosts(app, args, { title: 'Remove from Inventory', anyName: true });
  if (target === undefined) return;
  const { project, hosts } = target;
  const remove = 'Remove';
  const chosen = await vscode.window.showWarningMessage(
    plainText(`Remove ${namesOf(hosts)} from the inventory?`),
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
  const programs = { env: process.env, signal: new AbortController().signal };
  const applied = await applyInventoryEdits((files) =>
    planHostEdits(opened, changes, { files, programs }),
  );
  if (applied === undefined) return;
  const done = `${namesOf(hosts)} removed from the inventory.`;
  app.log.info(done);
  await tellUnsaved(applied, done);
};
