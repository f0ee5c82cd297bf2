/**
 * Secrets that a run asks for: typed once, kept by the editor if the person wants, never in argv.
 * A run that we start, in a terminal too, asks here: the same box everywhere, no password in a
 * terminal's scrollback, and one that is kept need not be typed again.
 */
import * as vscode from 'vscode';
import type { SecretServer } from '../core/askpass/server.ts';
import type { AskPerson, SecretProject, Secrets } from './askpass/secrets.ts';
import { createStore, type EveryPassword, type SecretStorage } from './askpass/store.ts';
import { plainText } from './message.ts';
import type { OpenProject } from './open-project.ts';

export type Passwords = {
  /** Resolves when nothing is left of what it opened; more than once is fine. */
  readonly close: () => Promise<void>;
  /** Environment for an `rpi` that we start: RPI_ASKPASS, which asks this window over a socket. */
  readonly environment: (
    project: OpenProject | undefined,
  ) => Promise<Readonly<Record<string, string>>>;
  /** Removes every secret that was kept. */
  readonly forget: () => Promise<void>;
};

type Desk = {
  readonly server: SecretServer;
  readonly secrets: Secrets;
  readonly signal: AbortController;
};

/** Nothing is opened before a run is started. */
export function createPasswords(storage: SecretStorage, log: vscode.LogOutputChannel): Passwords {
  /** By root. */
  const projects = new Map<string, OpenProject>();
  const programs = new Map<string, Promise<string>>();
  const store = createStore(storage);
  let desk: Promise<Desk> | undefined;

  const opened = (): Promise<Desk> => {
    desk ??= openDesk(store, projects);
    return desk;
  };
  return {
    environment: async (project) => {
      const id = (await project?.project())?.config.id;
      if (project === undefined || id === undefined) return {};
      const root = project.root.fsPath;
      projects.set(root, project);
      try {
        const key = `${id}\n${root}`;
        const program =
          programs.get(key) ??
          programOf(await opened(), { id, root, label: project.label }, programs.size);
        programs.set(key, program);
        return { RPI_ASKPASS: await program };
      } catch (error) {
        log.warn('Passwords will be asked for in the terminal:', String(error));
        desk = undefined;
        programs.clear();
        return {};
      }
    },
    forget: store.forget,
    close: async () => {
      const open = await desk?.catch(() => undefined);
      desk = undefined;
      programs.clear();
      open?.signal.abort();
      await open?.server[Symbol.asyncDispose]();
    },
  };
}

async function openDesk(
  store: EveryPassword,
  projects: ReadonlyMap<string, OpenProject>,
): Promise<Desk> {
  const [{ serveSecrets }, { secretOutcome }, { createSecrets }, { systemClock }] =
    await Promise.all([
      import('../core/askpass/server.ts'),
      import('../core/askpass/outcome.ts'),
      import('./askpass/secrets.ts'),
      import('../core/runs/clock.ts'),
    ]);
  const signal = new AbortController();
  const outcomeOf = async ({ root }: SecretProject, pid: number) => {
    const project = await projects.get(root)?.project();
    if (project === undefined) return 'unproven';
    return secretOutcome(project.runs, pid, { signal: signal.signal, clock: systemClock });
  };
  return {
    server: await serveSecrets(process.env),
    secrets: createSecrets({ store, ask: askPerson, outcomeOf }),
    signal,
  };
}

/** A program for each project: so the request itself tells for which one it asks. */
function programOf(
  { server, secrets }: Desk,
  project: SecretProject,
  count: number,
): Promise<string> {
  return server.program(`${project.id}-${count}`, ({ args: [prompt = ''], parent, signal }) =>
    secrets.answer({ project, prompt, pid: parent, signal }),
  );
}

const askPerson: AskPerson = ({ project, prompt: asked, again, signal }) =>
  new Promise((resolve) => {
    const prompt = plainText(asked);
    const box = vscode.window.createInputBox();
    let keep = false;
    const show = (): void => {
      box.buttons = [
        keep
          ? { iconPath: new vscode.ThemeIcon('lock'), tooltip: 'Kept once it has proved right' }
          : { iconPath: new vscode.ThemeIcon('unlock'), tooltip: 'Keep it in this editor' },
      ];
      box.prompt = keep
        ? `${prompt}. It is kept in this editor’s secret storage once it has proved right.`
        : `${prompt}. The lock keeps it in this editor for the next time.`;
    };
    const close = (): void => {
      box.hide();
    };
    box.title = `Raspberry Pi · ${project.label}`;
    box.password = true;
    box.ignoreFocusOut = true;
    box.placeholder = prompt;
    if (again) {
      box.validationMessage = {
        message: 'It was not accepted. Type it again.',
        severity: vscode.InputBoxValidationSeverity.Warning,
      };
    }
    show();
    box.onDidTriggerButton(() => {
      keep = !keep;
      show();
    });
    box.onDidAccept(() => {
      resolve({ secret: box.value, keep });
      box.hide();
    });
    box.onDidHide(() => {
      signal.removeEventListener('abort', close);
      resolve(undefined);
      box.dispose();
    });
    signal.addEventListener('abort', close, { once: true });
    if (signal.aborted) resolve(undefined);
    else box.show();
  });
