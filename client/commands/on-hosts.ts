/** What commands on the chosen hosts have in common. */
import type { App } from '../app.ts';
import type { EditorCommand } from '../editor-command.ts';
import {
  mayStart,
  pickHosts,
  type HostsQuestion,
  type HostsTarget,
  type Needs,
} from '../target.ts';

type OnHosts = Needs & {
  readonly title: string;
  /** The words before the limit. */
  readonly words: readonly string[];
  readonly mayBeEmpty?: boolean;
  /** It may ask in the terminal. */
  readonly asks?: boolean;
};

/** A command that is one `rpi` command on the chosen hosts, in a terminal. */
export function onHosts(options: OnHosts): EditorCommand {
  return async (app, ...args) => {
    const target = await startOn(app, args, options);
    if (target === undefined) return;
    await app.rpi.inTerminal({
      project: target.project,
      args: [...options.words, ...target.limit],
      focus: options.asks === true,
    });
  };
}

/** The hosts to start on, or undefined when nothing may be started or the person gave up. */
export async function startOn(
  app: App,
  args: readonly unknown[],
  options: Needs & HostsQuestion,
): Promise<HostsTarget | undefined> {
  if (!(await mayStart(app, options))) return undefined;
  return pickHosts(app, args, options);
}
