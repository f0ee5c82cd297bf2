/**
 * Secrets that a run asks for: typed once, kept by the editor if the person wants, never in argv.
 * A run that we start, in a terminal too, asks here: the same box everywhere, no password in a
 * terminal's scrollback, and one that is kept need not be typed again.
 */
import * as vscode from 'vscode';
import type { SecretServer } from '../core/askpass/server.ts';
import type { AskPerson, SecretProject, Secrets, SecretStore } from './askpass/secrets.ts';
import type { OpenProject } from './projects.ts';

export type Passwords = {
  readonly dispose: () => void;
  /** Environment for an `rpi` that we start: RPI_ASKPASS, which asks this window over a socket. */
  readonly environment: (
    project: OpenProject | undefined,
  ) => Promise<Readonly<Record<string, string>>>;
  /** Removes every secret that was kept. */
  readonly forget: () => Promise<void>;
};

/** All that is kept, as one secret: the editor can't list the secrets of an extension. */
const KEPT = 'rpi.passwords';

type Desk = {
  readonly server: SecretServer;
  readonly secrets: Secrets;
  readonly signal: AbortController;
};

/** Nothing is opened before a run is started. */
export function createPasswords(
  storage: vscode.SecretStorage,
  log: vscode.LogOutputChannel,
): Passwords {
  const projects = new Map<string, OpenProject>();
  const programs = new Map<string, Promise<string>>();
  let desk: Promise<Desk> | undefined;

  const opened = (): Promise<Desk> => {
    desk ??= openDesk(storage, projects);
    return desk;
  };
  return {
    environment: async (project) => {
      const id = (await project?.project())?.config.id;
      if (project === undefined || id === undefined) return {};
      projects.set(id, project);
      try {
        const program = programs.get(id) ?? programOf(await opened(), { id, label: project.label });
        programs.set(id, program);
        return { RPI_ASKPASS: await program };
      } catch (error) {
        log.warn('Passwords will be asked for in the terminal:', String(error));
        desk = undefined;
        programs.clear();
        return {};
      }
    },
    forget: async () => {
      await storage.delete(KEPT);
    },
    dispose: () => {
      void desk?.then(async ({ server, signal }) => {
        signal.abort();
        await server[Symbol.asyncDispose]();
      });
    },
  };
}

async function openDesk(
  storage: vscode.SecretStorage,
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
  const outcomeOf = async ({ id }: SecretProject, pid: number) => {
    const project = await projects.get(id)?.project();
    if (project === undefined) return 'unproven';
    return secretOutcome(project.runs, pid, { signal: signal.signal, clock: systemClock });
  };
  return {
    server: await serveSecrets(process.env),
    secrets: createSecrets({ store: storeIn(storage), ask: askPerson, outcomeOf }),
    signal,
  };
}

/** A program for each project: so the request itself tells for which one it asks. */
function programOf({ server, secrets }: Desk, project: SecretProject): Promise<string> {
  return server.program(project.id, ({ args: [prompt = ''], parent, signal }) =>
    secrets.answer({ project, prompt, pid: parent, signal }),
  );
}

function storeIn(storage: vscode.SecretStorage): SecretStore {
  const all = async (): Promise<Record<string, unknown>> => {
    try {
      const kept: unknown = JSON.parse((await storage.get(KEPT)) ?? '{}');
      return typeof kept === 'object' && kept !== null ? { ...kept } : {};
    } catch {
      return {};
    }
  };
  return {
    get: async (key) => {
      const secret = (await all())[key];
      return typeof secret === 'string' ? secret : undefined;
    },
    store: async (key, secret) => {
      await storage.store(KEPT, JSON.stringify({ ...(await all()), [key]: secret }));
    },
    delete: async (key) => {
      const kept = await all();
      if (!Object.hasOwn(kept, key)) return;
      const rest = Object.entries(kept).filter(([name]) => name !== key);
      await storage.store(KEPT, JSON.stringify(Object.fromEntries(rest)));
    },
  };
}

const askPerson: AskPerson = ({ project, prompt, again, signal }) =>
  new Promise((resolve) => {
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
