/** Dragging in the Fleet view: a discovered Pi onto a group adopts it, a host moves. */
import * as vscode from 'vscode';
import type { App } from '../app.ts';
import { showFault } from '../fault.ts';
import { plainText } from '../message.ts';
import { draggedOf, dropOf, type Dragged } from './drop.ts';
import type { FleetNode } from './nodes.ts';

/** What the editor calls the nodes of a tree: its id in lower case. */
const MIME = 'application/vnd.code.tree.rpi.fleet';

export function createDragAndDrop(app: App): vscode.TreeDragAndDropController<FleetNode> {
  return {
    dragMimeTypes: [MIME],
    dropMimeTypes: [MIME],
    handleDrag: (nodes, transfer) => {
      const dragged = draggedOf(nodes);
      if (dragged !== undefined) {
        transfer.set(MIME, new vscode.DataTransferItem(JSON.stringify(dragged)));
      }
    },
    handleDrop: async (target, transfer) => {
      try {
        const dragged = await draggedIn(transfer);
        if (dragged !== undefined) await drop(app, dragged, target);
      } catch (error) {
        await showFault(app.log, error);
      }
    },
  };
}

async function drop(app: App, dragged: Dragged, target: FleetNode | undefined): Promise<void> {
  const meant = dropOf(dragged, target);
  if (meant.does === 'nothing') return;
  if (meant.does === 'refuse') {
    void vscode.window.showInformationMessage(plainText(meant.why));
    return;
  }
  if (target === undefined) return;
  const { placePis } = await import('./place-pis.ts');
  await placePis(app, target.project, meant);
}

async function draggedIn(transfer: vscode.DataTransfer): Promise<Dragged | undefined> {
  const item = transfer.get(MIME);
  if (item === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(await item.asString());
    return isDragged(value) ? value : undefined;
  } catch {
    return undefined; // Dragged from elsewhere.
  }
}

function isDragged(value: unknown): value is Dragged {
  return (
    typeof value === 'object' &&
    value !== null &&
    'project' in value &&
    typeof value.project === 'string' &&
    'hosts' in value &&
    Array.isArray(value.hosts) &&
    'devices' in value &&
    Array.isArray(value.devices)
  );
}
