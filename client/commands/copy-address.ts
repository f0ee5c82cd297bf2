import * as vscode from 'vscode';
import type { EditorCommand } from '../editor-command.ts';
import { nodesOf } from '../nodes.ts';
import { pickHost } from '../target.ts';

/** The addresses of the selection (else of the Pi that is picked), a line each. */
export const copyAddress: EditorCommand = async (app, ...args) => {
  const nodes = nodesOf(args);
  const known = await Promise.all(
    nodes.map(async (node) => {
      const fleet = await node.project.fleet();
      if (node.kind === 'pi') return fleet.pis.get(node.name)?.address;
      if (node.kind !== 'discovered') return undefined;
      return fleet.discovered.find(({ key }) => key === node.key)?.address;
    }),
  );
  const addresses = [...new Set(known.filter((address) => address !== undefined))];
  if (nodes.length === 0) {
    const target = await pickHost(app, args, { title: 'Copy Address', anyName: true });
    if (target !== undefined) addresses.push(target.pi.address);
  }
  if (addresses.length === 0) return;
  await vscode.env.clipboard.writeText(addresses.join('\n'));
  vscode.window.setStatusBarMessage(`Copied ${addresses.join(', ')}`, 3000);
};
