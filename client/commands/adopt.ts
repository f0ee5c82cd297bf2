import * as vscode from 'vscode';
import type { Fleet } from '../../core/fleet/fleet.ts';
import type { EditorCommand } from '../editor-command.ts';
import { pickGroup } from '../fleet/pick-group.ts';
import { placePis } from '../fleet/place-pis.ts';
import { nodesOf } from '../nodes.ts';
import { mayStart, pickProject } from '../target.ts';

const TITLE = 'Adopt';

/** Takes discovered Pis into the inventory: those selected, else those that are ticked. */
export const adopt: EditorCommand = async (app, ...args) => {
  if (!(await mayStart(app))) return;
  const project = await pickProject(app, args);
  if (project === undefined) return;
  const fleet = await project.fleet();
  const nodes = nodesOf(args).filter((node) => node.project === project);
  const selected = nodes.flatMap((node) => (node.kind === 'discovered' ? [node.key] : []));
  const devices = selected.length > 0 ? selected : await pickDevices(fleet);
  if (devices === undefined || devices.length === 0) return;
  const rules = (await project.project())?.config.groups ?? [];
  const group = await pickGroup(fleet, {
    title: `${TITLE} ${devices.length === 1 ? '1 Pi' : `${devices.length} Pis`}`,
    ...(rules.length === 0 ? {} : { first: 'As the rules of rpi.yml say' }),
  });
  if (group === undefined) return;
  await placePis(app, project, { hosts: [], devices, group: group === '' ? undefined : group });
};

async function pickDevices(fleet: Fleet): Promise<readonly string[] | undefined> {
  if (fleet.discovered.length === 0) {
    const detect = 'Detect Pis';
    const chosen = await vscode.window.showInformationMessage(
      'Every Pi that was detected is in the inventory.',
      detect,
    );
    if (chosen === detect) await vscode.commands.executeCommand('rpi.detect');
    return undefined;
  }
  const items = fleet.discovered.map(({ key, name, address, mac }) => ({
    label: name ?? address,
    description: [name === undefined ? undefined : address, mac]
      .filter((word) => word !== undefined)
      .join(' · '),
    picked: true,
    key,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: TITLE,
    placeHolder: 'Which Pis? All of them are ticked.',
    canPickMany: true,
    matchOnDescription: true,
  });
  return picked?.map(({ key }) => key);
}
