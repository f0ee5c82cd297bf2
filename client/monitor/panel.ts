/** The monitor page: measures while it is visible, and shows what the fleet then is. */
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import type {
  FleetMessage,
  FromPage,
  Measuring,
  PageProposal,
  TimelineMessage,
} from '../../webview/messages.ts';
import type { MonitorStatus, OpenProposal } from '../../core/monitor/daemon/control.ts';
import type { App } from '../app.ts';
import { showFault } from '../fault.ts';
import type { PiNode, ProjectNode, ProposalNode, RunNode } from '../nodes.ts';
import type { OpenProject } from '../open-project.ts';
import { intervalOf } from './interval.ts';
import { proposalWords } from './proposal-words.ts';
import { createShownPi } from './shown-pi.ts';
import { askMonitor, statusOfMonitor } from './watching.ts';

const MONITOR_VIEW = 'rpi.monitor';

let shown: vscode.WebviewPanel | undefined;

/** Opens the page, or brings the one there is to the front. */
export async function openMonitor(app: App): Promise<void> {
  if (shown !== undefined) {
    shown.reveal();
    return;
  }
  const panel = vscode.window.createWebviewPanel(
    MONITOR_VIEW,
    'Raspberry Pi Monitor',
    vscode.ViewColumn.Active,
    {},
  );
  await fillMonitor(app, panel);
}

/** Makes a panel the monitor's: a new one, or one that the editor restores after a reload. */
export async function fillMonitor(app: App, panel: vscode.WebviewPanel): Promise<void> {
  shown = panel;
  const dist = vscode.Uri.joinPath(app.context.extensionUri, 'dist');
  panel.webview.options = { enableScripts: true, localResourceRoots: [dist] };
  panel.iconPath = vscode.Uri.joinPath(app.context.extensionUri, 'media', 'board-tab.svg');
  const session = createSession(app, panel);
  panel.webview.onDidReceiveMessage((message: FromPage) => session.receive(message));
  panel.onDidChangeViewState(() => session.onVisible());
  panel.onDidDispose(() => {
    shown = undefined;
    session.dispose();
  });
  panel.webview.html = await pageOf(panel.webview, dist);
  session.onVisible();
}

type Session = {
  readonly dispose: () => void;
  readonly receive: (message: FromPage) => void;
  readonly onVisible: () => void;
};

/** One page and its rounds: a round at a time, the next one after the interval. */
function createSession(app: App, panel: vscode.WebviewPanel): Session {
  let label: string | undefined;
  let measuring: Measuring = { state: 'stopped', why: 'not measured yet' };
  let looking: vscode.Disposable | undefined;
  let rounds: AbortController | undefined;
  let wake = (): void => undefined;
  let roundFault: string | undefined;
  /** What the project's monitor saw last; undefined where none watches it. */
  let watched: MonitorStatus | undefined;
  let monitorFault: string | undefined;

  const chosen = (): OpenProject | undefined => {
    const open = app.projects.open();
    return open.find((project) => project.label === label) ?? open[0];
  };

  const tell = async (): Promise<void> => {
    if (!panel.visible) return;
    const project = chosen();
    const { watchedRows } = await import('../../core/monitor/watched-rows.ts');
    const fleet = await project?.fleet();
    const message: FleetMessage = {
      type: 'fleet',
      project: project?.label ?? '',
      projects: app.projects.open().map((each) => each.label),
      rows: fleet === undefined ? [] : watchedRows(fleet, watched?.hosts ?? []),
      measuring,
      faults: [
        ...(project === undefined ? ['No project is open: a folder with an rpi.yml.'] : []),
        ...(fleet?.faults.map(({ error }) => `${error.message} ${error.remedy ?? ''}`.trim()) ??
          []),
        ...(roundFault === undefined ? [] : [roundFault]),
        ...(monitorFault === undefined ? [] : [monitorFault]),
        ...(watched?.faults ?? []),
      ],
      proposals: project === undefined ? [] : app.proposals.of(project).map(pageProposal),
    };
    await panel.webview.postMessage(message);
  };
  const shownPi = createShownPi({
    project: chosen,
    // Before the first round nobody has asked yet.
    watched: async () => watched ?? (await statusOfMonitor(chosen())),
    post: (message) => panel.webview.postMessage(message),
  });
  const failed = (error: unknown): void => {
    void showFault(app.log, error);
  };
  const say = (next: Measuring): void => {
    measuring = next;
    void tell();
    if (next.state !== 'measuring' && panel.visible) void shownPi.tell().catch(failed);
  };

  const round = async (signal: AbortSignal): Promise<boolean> => {
    const project = chosen();
    if (project === undefined || (await project.fleet()).pis.size === 0) return false;
    say({ state: 'measuring' });
    const { exit, events } = await app.rpi.inBackground({
      project,
      args: ['monitor', '--once'],
      signal,
    });
    const end = events.findLast((event) => event.kind === 'run.finished');
    const error = end?.kind === 'run.finished' ? end.error : undefined;
    roundFault =
      error !== undefined && error.code !== 'run.cancelled'
        ? `${error.message} ${error.remedy ?? ''}`.trim()
        : end === undefined && !signal.aborted
          ? `The round ended without a result (exit ${exit}).`
          : undefined;
    return true;
  };

  const measure = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      ({ status: watched, fault: monitorFault } = await askMonitor(chosen()));
      if (watched !== undefined) roundFault = undefined;
      const measured = watched !== undefined || (await round(signal));
      if (isOver(signal)) return;
      const setting: unknown = vscode.workspace.getConfiguration('rpi').get('monitor.interval');
      const every = intervalOf(watched?.interval ?? setting);
      say(
        measured ? { state: 'waiting', every } : { state: 'stopped', why: 'no Pi to measure yet' },
      );
      const woken = new AbortController();
      wake = () => {
        woken.abort();
      };
      const either = AbortSignal.any([signal, woken.signal]);
      await delay(every * 1000, undefined, { signal: either }).catch(() => undefined);
    }
  };

  const start = (): void => {
    looking ??= app.projects.look();
    if (rounds !== undefined) return;
    if (!vscode.workspace.isTrusted) {
      say({ state: 'stopped', why: 'this folder is not trusted, so nothing is started' });
      return;
    }
    const controller = new AbortController();
    rounds = controller;
    measure(controller.signal).catch(async (error: unknown) => {
      if (controller.signal.aborted) return;
      rounds = undefined;
      say({ state: 'stopped', why: 'measuring failed; Measure Now tries again' });
      await showFault(app.log, error);
    });
  };
  const stop = (): void => {
    rounds?.abort();
    rounds = undefined;
    looking?.dispose();
    looking = undefined;
  };
  const changes = app.projects.onDidChange(() => void tell());
  const proposed = app.proposals.onDidChange(() => void tell());
  const trust = vscode.workspace.onDidGrantWorkspaceTrust(() => {
    if (panel.visible) start();
  });

  return {
    onVisible: () => {
      if (panel.visible) start();
      else stop();
    },
    receive: (message) => {
      switch (message.type) {
        case 'ready':
          label = message.project ?? label;
          void tell();
          break;
        case 'project':
          label = message.project;
          watched = undefined;
          stop();
          start();
          void tell();
          break;
        case 'measure':
          start();
          wake();
          break;
        case 'pi':
          shownPi.show(message.host, message.range).catch(failed);
          break;
        case 'timeline':
          tellTimeline(panel, chosen()).catch(failed);
          break;
        default:
          act(app, chosen(), message).catch(failed);
      }
    },
    dispose: () => {
      stop();
      changes.dispose();
      proposed.dispose();
      trust.dispose();
    },
  };
}

async function tellTimeline(
  panel: vscode.WebviewPanel,
  project: OpenProject | undefined,
): Promise<void> {
  const { timelineOf } = await import('./pi-story.ts');
  const events = project === undefined ? [] : await timelineOf(project, Date.now());
  const message: TimelineMessage = { type: 'timeline', events };
  await panel.webview.postMessage(message);
}

/** What a button of the page does by a command that there is anyway. */
async function act(
  app: App,
  project: OpenProject | undefined,
  message: Extract<FromPage, { type: 'details' | 'ssh' | 'watch' | 'run' | 'answer' }>,
): Promise<void> {
  if (project === undefined) return;
  switch (message.type) {
    case 'details':
    case 'ssh': {
      const node: PiNode = { kind: 'pi', project, name: message.host };
      const command = message.type === 'ssh' ? 'rpi.ssh.terminal' : 'rpi.showDetails';
      await vscode.commands.executeCommand(command, node);
      return;
    }
    case 'watch': {
      const node: ProjectNode = { kind: 'project', project };
      await vscode.commands.executeCommand('rpi.monitor.start', node);
      return;
    }
    case 'run': {
      const run = (await project.runs()).find(({ id }) => id === message.id);
      if (run === undefined) return;
      const node: RunNode = { kind: 'run', project, run };
      await vscode.commands.executeCommand('rpi.run.openLog', node);
      return;
    }
    case 'answer': {
      const proposal = app.proposals.of(project).find(({ id }) => id === message.proposal);
      if (proposal === undefined) return;
      const node: ProposalNode = { kind: 'proposal', project, proposal };
      await vscode.commands.executeCommand(`rpi.proposal.${message.answer}`, node);
    }
  }
}

function pageProposal(proposal: OpenProposal): PageProposal {
  const { id, host, evidence, expires } = proposal;
  return { id, host, what: proposalWords(proposal).what, evidence, expires };
}

/** Asked again after a wait: the compiler takes what was false before for false still. */
function isOver(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** The page with the addresses that this webview may load from. */
async function pageOf(webview: vscode.Webview, dist: vscode.Uri): Promise<string> {
  const bytes = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(dist, 'monitor.html'));
  const at = (name: string): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(dist, name)).toString();
  const values: Readonly<Record<string, string>> = {
    source: webview.cspSource,
    nonce: randomBytes(16).toString('base64'),
    style: at('monitor.css'),
    script: at('monitor.js'),
  };
  return new TextDecoder()
    .decode(bytes)
    .replace(/\{\{(\w+)\}\}/g, (_whole, name: string) => values[name] ?? '');
}
