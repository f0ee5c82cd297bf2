/** Everything known of one Pi as a read-only Markdown document. */
import * as vscode from 'vscode';
import type { App } from '../app.ts';
import type { OpenProject } from '../open-project.ts';

const SCHEME = 'rpi-details';

type Subject = { readonly host: string } | { readonly device: string };

export function detailsUri(project: OpenProject, subject: Subject): vscode.Uri {
  const name = 'host' in subject ? subject.host : subject.device;
  return vscode.Uri.from({
    scheme: SCHEME,
    path: `/${name.replaceAll(/[^\w.-]/g, '-')}.md`,
    query: JSON.stringify({ project: project.root.fsPath, ...subject }),
  });
}

export function registerDetails({ projects }: App): vscode.Disposable {
  const changed = new vscode.EventEmitter<vscode.Uri>();
  return vscode.Disposable.from(
    changed,
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
      onDidChange: changed.event,
      provideTextDocumentContent: async (uri) => {
        await projects.loaded;
        return textOf(projects.open(), uri.query);
      },
    }),
    projects.onDidChange(() => {
      for (const { uri } of vscode.workspace.textDocuments) {
        if (uri.scheme === SCHEME) changed.fire(uri);
      }
    }),
  );
}

async function textOf(open: readonly OpenProject[], query: string): Promise<string> {
  const { project: root, host, device } = wordsIn(query);
  const project = open.find(({ root: own }) => own.fsPath === root);
  if (project === undefined) return 'The project of this Pi is not open in this window.\n';
  const [fleet, runs] = await Promise.all([project.fleet(), project.runs()]);
  const { discoveredTooltip, piDocument } = await import('../../core/fleet/host-detail.ts');
  const pi = host === undefined ? undefined : fleet.pis.get(host);
  if (pi !== undefined) return piDocument(pi, { now: Date.now(), runs });
  const found = fleet.discovered.find(({ key }) => key === device);
  if (found !== undefined) return discoveredTooltip(found, Date.now());
  return 'It is neither in the inventory nor on the network any more.\n';
}

function wordsIn(
  query: string,
): Readonly<Record<'project' | 'host' | 'device', string | undefined>> {
  let value: unknown;
  try {
    value = JSON.parse(query);
  } catch {
    value = undefined;
  }
  const words = new Map(typeof value === 'object' && value !== null ? Object.entries(value) : []);
  const word = (name: string): string | undefined => {
    const found: unknown = words.get(name);
    return typeof found === 'string' ? found : undefined;
  };
  return { project: word('project'), host: word('host'), device: word('device') };
}
