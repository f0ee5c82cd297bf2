/**
 * A document to read whose links do something: a webview, because the editor's preview of Markdown
 * follows no commands. What a link does is known here only; the page says which one was clicked.
 */
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { App } from '../app.ts';
import type { OpenProject } from '../open-project.ts';

/** A link of the text with the address `#follow-N` is the N-th action. */
export type LinkedDocument<Action> = {
  readonly title: string;
  /** Markdown. */
  readonly text: string;
  readonly actions: readonly Action[];
};

type Shown = { readonly panel: vscode.WebviewPanel; follow: (index: unknown) => void };

const shown = new Map<string, Shown>();

/** Shows it, in place of the one with the same title in the same project. */
export async function showLinked<Action>(
  { context }: Pick<App, 'context'>,
  { root }: OpenProject,
  { title, text, actions }: LinkedDocument<Action>,
  follow: (action: Action) => void,
): Promise<void> {
  const rendered: unknown = await vscode.commands.executeCommand('markdown.api.render', text);
  const key = JSON.stringify([root.fsPath, title]);
  const page = shown.get(key) ?? open(key, title);
  page.follow = (index) => {
    const action = typeof index === 'number' ? actions[index] : undefined;
    if (action !== undefined) follow(action);
  };
  page.panel.iconPath = vscode.Uri.joinPath(context.extensionUri, 'media', 'board-tab.svg');
  page.panel.webview.html = pageOf(title, String(rendered));
  page.panel.reveal();
}

function open(key: string, title: string): Shown {
  const panel = vscode.window.createWebviewPanel('rpi.document', title, vscode.ViewColumn.Active, {
    enableScripts: true,
    localResourceRoots: [],
    enableFindWidget: true,
  });
  const page: Shown = { panel, follow: () => undefined };
  panel.webview.onDidReceiveMessage((index: unknown) => {
    page.follow(index);
  });
  panel.onDidDispose(() => shown.delete(key));
  shown.set(key, page);
  return page;
}

const STYLE = `
body { max-width: 60em; padding: 0 2em 3em; line-height: 1.5; font-size: 1em; }
h1 { font-size: 1.6em; font-weight: 600; margin: 1em 0 0.4em; }
h2 { font-size: 1.2em; font-weight: 600; margin: 1.8em 0 0.4em; }
h3 { font-size: 1em; font-weight: 600; margin: 1.2em 0 0.2em; }
p { margin: 0.4em 0; }
ul { margin: 0.4em 0; padding-left: 1.4em; }
li { margin: 0.2em 0; }
table { border-collapse: collapse; }
th:empty { padding: 0; }
td { padding: 0.15em 1em 0.15em 0; vertical-align: top; }
td, p, li { overflow-wrap: anywhere; }
td a { text-decoration: var(--text-link-decoration); }
td:first-child { white-space: nowrap; overflow-wrap: normal; }
blockquote {
  margin: 1em 0; padding: 0.3em 1em;
  border: 1px solid var(--vscode-contrastBorder, transparent);
  border-left: 3px solid var(--vscode-textLink-foreground);
  background: var(--vscode-textBlockQuote-background);
}
a:focus-visible { outline: 1px solid var(--vscode-focusBorder); outline-offset: 2px; }
`;

/** The editor makes a page anew that was behind another tab: it is scrolled to where it was. */
const scriptOf = (id: string): string => `
const editor = acquireVsCodeApi();
const before = editor.getState();
if (before?.id === '${id}') scrollTo(0, before.top);
addEventListener('scroll', () => editor.setState({ id: '${id}', top: scrollY }));
document.addEventListener('click', (event) => {
  const link = event.target.closest('a[href^="#follow-"]');
  if (link === null) return;
  event.preventDefault();
  editor.postMessage(Number(link.getAttribute('href').slice('#follow-'.length)));
});
`;

/** `title` is ours and the body is what the editor made of escaped Markdown; no other script runs. */
function pageOf(title: string, body: string): string {
  const nonce = randomBytes(16).toString('base64');
  const allowed = `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'`;
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${allowed}">`,
    `<title>${title.replaceAll(/[^\w .-]/g, '')}</title>`,
    `<style nonce="${nonce}">${STYLE}</style></head>`,
    `<body><main>${body}</main><script nonce="${nonce}">${scriptOf(nonce)}</script></body></html>`,
  ].join('\n');
}
