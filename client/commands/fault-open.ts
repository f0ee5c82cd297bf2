import * as vscode from 'vscode';
import type { FleetFault } from '../../core/fleet/fleet.ts';
import type { EditorCommand } from '../editor-command.ts';

/** Opens the file at fault where it is wrong; where no file is, the doctor looks. */
export const faultOpen: EditorCommand = async (_app, node) => {
  const fault = faultOf(node);
  if (fault?.path === undefined) {
    await vscode.commands.executeCommand('rpi.doctor');
    return;
  }
  const at = new vscode.Position((fault.line ?? 1) - 1, (fault.column ?? 1) - 1);
  await vscode.window.showTextDocument(vscode.Uri.file(fault.path), {
    selection: new vscode.Range(at, at),
  });
};

function faultOf(node: unknown): Pick<FleetFault, 'path' | 'line' | 'column'> | undefined {
  if (typeof node !== 'object' || node === null || !('fault' in node)) return undefined;
  // Only the Fleet view makes nodes with a fault in them.
  return node.fault as FleetFault;
}
