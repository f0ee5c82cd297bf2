/**
 * What a command works on: the nodes of a menu with their selection, else what a person picks.
 * Every command begins here, so that trust, project and system are looked at once and alike.
 */
import * as vscode from 'vscode';
import type { Fleet, FleetPi } from '../core/fleet/fleet.ts';
import { STATE_WORDS } from '../core/fleet/state-words.ts';
import { isWithoutAnsible, offerAnotherSystem } from './another-system.ts';
import type { App } from './app.ts';
import { plainText } from './message.ts';
import { nodesOf } from './nodes.ts';
import type { OpenProject } from './open-project.ts';
import { faultOfLimit, faultOfName, hostsOfNodes, limitOf } from './chosen-hosts.ts';

export type Needs = {
  /** It runs Ansible on this machine. */
  readonly ansible?: boolean;
};

/** True when something may be started here; else the person has been told why not. */
export async function mayStart(app: App, needs: Needs = {}): Promise<boolean> {
  if (!vscode.workspace.isTrusted) {
    const manage = 'Manage Workspace Trust';
    const chosen = await vscode.window.showWarningMessage(
      'This folder is not trusted, so nothing is started here: no detection, no login, no playbook.',
      manage,
    );
    if (chosen === manage) await vscode.commands.executeCommand('workbench.trust.manage');
    return false;
  }
  if (needs.ansible === true && isWithoutAnsible) {
    await offerAnotherSystem();
    return false;
  }
  app.log.trace('starting is allowed');
  return true;
}

/** The project of the nodes, the only one, that of the file being edited, or the one picked. */
export async function pickProject(
  app: App,
  args: readonly unknown[],
): Promise<OpenProject | undefined> {
  const [node] = nodesOf(args);
  if (node !== undefined) return node.project;
  await app.projects.loaded;
  const open = app.projects.open();
  const [only] = open;
  if (only === undefined) {
    const scaffold = 'Scaffold Project…';
    const chosen = await vscode.window.showWarningMessage(
      'There is no project here: no folder of this window has an rpi.yml.',
      scaffold,
    );
    if (chosen === scaffold) await vscode.commands.executeCommand('rpi.scaffold');
    return undefined;
  }
  if (open.length === 1) return only;
  const edited = vscode.window.activeTextEditor?.document.uri;
  const near = edited === undefined ? undefined : app.projects.of(edited);
  const picked = await vscode.window.showQuickPick(
    [...open]
      .sort((a, b) => Number(b === near) - Number(a === near))
      .map((project) => ({ label: project.label, description: project.root.fsPath, project })),
    { title: 'Which project?' },
  );
  return picked?.project;
}

export type HostsTarget = {
  readonly project: OpenProject;
  /** Names; none where the inventory is empty and that is no obstacle. */
  readonly hosts: readonly string[];
  /** `--limit …`, or nothing where there are no hosts. */
  readonly limit: readonly string[];
};

export type HostsQuestion = {
  readonly title: string;
  readonly mayBeEmpty?: boolean;
  /** Nothing is ticked beforehand: for what disturbs the Pis. */
  readonly unticked?: boolean;
  /** The names stand on no command line. */
  readonly anyName?: boolean;
};

/**
 * The hosts of the nodes, else those that are picked (undefined when the person gave up). With
 * `mayBeEmpty` an empty inventory is no obstacle: the command knows what to do about it.
 */
export async function pickHosts(
  app: App,
  args: readonly unknown[],
  options: HostsQuestion,
): Promise<HostsTarget | undefined> {
  const chosen = await chosenHosts(app, args);
  if (chosen === undefined) return undefined;
  const { project, fleet, hosts } = chosen;
  if (hosts !== undefined) return targetOf(project, hosts, fleet, options);
  if (fleet.pis.size === 0) {
    if (options.mayBeEmpty === true) return { project, hosts: [], limit: [] };
    await tellEmpty(project);
    return undefined;
  }
  const all = [...fleet.pis.keys()];
  if (all.length === 1) return targetOf(project, all, fleet, options);
  const ticked = options.unticked !== true;
  const picked = await vscode.window.showQuickPick(itemsOf(fleet, ticked), {
    title: options.title,
    placeHolder: ticked ? 'Which Pis? All of them are ticked.' : 'Which Pis?',
    canPickMany: true,
    matchOnDescription: true,
  });
  const names = picked?.flatMap(({ pi }) => pi ?? []);
  if (names === undefined || names.length === 0) return undefined;
  return targetOf(project, names, fleet, options);
}

/** Undefined, with a message, for no hosts and where a name could be taken for something else. */
async function targetOf(
  project: OpenProject,
  hosts: readonly string[],
  fleet: Fleet,
  { anyName }: HostsQuestion,
): Promise<HostsTarget | undefined> {
  const fault =
    hosts.length === 0
      ? 'There is no Pi in what is selected.'
      : anyName === true
        ? undefined
        : faultOfLimit(hosts, fleet);
  if (fault === undefined) return { project, hosts, limit: limitOf(hosts) };
  await vscode.window.showWarningMessage(plainText(fault));
  return undefined;
}

export type HostTarget = { readonly project: OpenProject; readonly pi: FleetPi };

/** One host: of the nodes the first, else the one that is picked. */
export async function pickHost(
  app: App,
  args: readonly unknown[],
  options: Pick<HostsQuestion, 'title' | 'anyName'>,
): Promise<HostTarget | undefined> {
  const chosen = await chosenHosts(app, args);
  if (chosen === undefined) return undefined;
  const { project, fleet, hosts } = chosen;
  const names = hosts ?? [...fleet.pis.keys()];
  if (names.length === 0) {
    await tellEmpty(project);
    return undefined;
  }
  const [only] = names;
  const name =
    names.length === 1
      ? only
      : (
          await vscode.window.showQuickPick(
            itemsOf(fleet, false).filter(({ pi }) => pi === undefined || names.includes(pi)),
            { title: options.title, placeHolder: 'Which Pi?', matchOnDescription: true },
          )
        )?.pi;
  const pi = name === undefined ? undefined : fleet.pis.get(name);
  if (pi === undefined) return undefined;
  const fault = options.anyName === true ? undefined : faultOfName(pi.name);
  if (fault === undefined) return { project, pi };
  await vscode.window.showWarningMessage(plainText(fault));
  return undefined;
}

async function chosenHosts(
  app: App,
  args: readonly unknown[],
): Promise<
  | {
      readonly project: OpenProject;
      readonly fleet: Fleet;
      readonly hosts: readonly string[] | undefined;
    }
  | undefined
> {
  const project = await pickProject(app, args);
  if (project === undefined) return undefined;
  const fleet = await project.fleet();
  const nodes = nodesOf(args);
  if (nodes.some((node) => node.project !== project)) {
    await vscode.window.showWarningMessage(
      'The selection holds Pis of several projects. Choose Pis of one.',
    );
    return undefined;
  }
  return { project, fleet, hosts: hostsOfNodes(nodes, fleet) };
}

async function tellEmpty(project: OpenProject): Promise<void> {
  const detect = 'Detect Pis';
  const chosen = await vscode.window.showInformationMessage(
    plainText(
      `The inventory of ${project.label} holds no Pi yet. Detect them, then adopt what is found.`,
    ),
    detect,
  );
  if (chosen === detect) await vscode.commands.executeCommand('rpi.detect');
}

type HostItem = vscode.QuickPickItem & { readonly pi?: string };

/** The hosts below their groups, each once, with what is known of them. */
function itemsOf(fleet: Fleet, ticked: boolean): HostItem[] {
  const listed = new Set<string>();
  return [...fleet.groups.values()].flatMap((group): HostItem[] => {
    const fresh = group.hosts.filter((name) => !listed.has(name));
    for (const name of fresh) listed.add(name);
    if (fresh.length === 0) return [];
    return [
      { label: group.name, kind: vscode.QuickPickItemKind.Separator },
      ...fresh.flatMap((name): HostItem[] => {
        const pi = fleet.pis.get(name);
        if (pi === undefined) return [];
        const known = [pi.address, STATE_WORDS[pi.state], pi.model];
        const description = known.filter((word) => word !== undefined && word !== '').join(' · ');
        return [{ label: name, description, picked: ticked, pi: name }];
      }),
    ];
  });
}
