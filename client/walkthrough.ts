/**
 * Ticks off the steps of the walkthrough. The editor (1.129) asks for a context key that *becomes*
 * true: one that was true before the walkthrough was first shown counts as seen, and its step is never
 * done. So ours are true for a moment only: when a step has just been done, and again for each that is
 * done whenever something like a walkthrough is shown.
 */
import * as vscode from 'vscode';

export type WalkthroughSteps = {
  readonly scaffold: boolean;
  readonly detect: boolean;
  readonly adopt: boolean;
  readonly enroll: boolean;
  readonly deploy: boolean;
};

export type Walkthrough = {
  readonly set: (done: WalkthroughSteps) => void;
  readonly dispose: () => void;
};

const KEYS: readonly (readonly [key: string, step: keyof WalkthroughSteps])[] = [
  ['rpi.scaffoldDone', 'scaffold'],
  ['rpi.detectDone', 'detect'],
  ['rpi.adoptDone', 'adopt'],
  ['rpi.enrollDone', 'enroll'],
  ['rpi.deployDone', 'deploy'],
];

export function followWalkthrough(log: vscode.LogOutputChannel): Walkthrough {
  let done: readonly string[] = [];
  const tick = async (keys: readonly string[]): Promise<void> => {
    for (const value of [true, false]) {
      for (const key of keys) await vscode.commands.executeCommand('setContext', key, value);
    }
  };
  const tickAll = (keys: readonly string[]): void => {
    tick(keys).catch((error: unknown) => {
      log.warn('The walkthrough can’t be followed:', String(error));
    });
  };
  const shown = vscode.window.tabGroups.onDidChangeTabs(({ opened, changed }) => {
    // A walkthrough is among the editors that an extension is told nothing about.
    if ([...opened, ...changed].some(({ input }) => input === undefined)) tickAll(done);
  });
  return {
    set: (steps) => {
      const before = new Set(done);
      done = KEYS.flatMap(([key, step]) => (steps[step] ? [key] : []));
      tickAll(done.filter((key) => !before.has(key)));
    },
    dispose: () => {
      shown.dispose();
    },
  };
}
