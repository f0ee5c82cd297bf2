/** Commands that are one `rpi` command on the chosen hosts, in a terminal. */
import type { App } from '../app.ts';
import type { EditorCommand } from '../commands.ts';
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

function onHosts(options: OnHosts): EditorCommand {
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

export const syncInventory = onHosts({
  title: 'Update Addresses from Detection',
  words: ['inventory', 'sync'],
});

export const checkAccess = onHosts({ title: 'Check Access', words: ['access', 'check'] });

/** Host keys never seen before are shown and asked about in the terminal. */
export const enroll = onHosts({
  title: 'Enroll',
  words: ['access', 'enroll'],
  asks: true,
});

/** With an empty inventory `rpi provision` detects, asks, adopts and enrolls first. */
export const provision = onHosts({
  title: 'Provision',
  words: ['provision'],
  ansible: true,
  mayBeEmpty: true,
  asks: true,
});

export const deploy = onHosts({ title: 'Deploy', words: ['deploy'], ansible: true });

export const verify = onHosts({ title: 'Verify', words: ['verify'], ansible: true });
