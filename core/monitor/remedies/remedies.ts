/** What each remedy of the ladder is: the same operations that a person starts. */
import { install } from '../../install/install.ts';
import { resume } from '../../install/resume.ts';
import type { InstallRequest } from '../../install/install.ts';
import type { Remedy, Rung } from '../../project/monitor-policy.ts';
import { provision } from '../../provision/provision.ts';
import { reboot } from '../../reboot/reboot.ts';
import type { EventBody } from '../../runs/event.ts';
import type { Outcome, ProjectContext } from '../../runs/operation.ts';
import { powerCycle } from './power-cycle.ts';
import { restartUnits } from './restart.ts';

export type RemedyWork = {
  /** The command line that does the same by hand, without `rpi`; it asks before it does. */
  readonly args: readonly string[];
  readonly operation: (context: ProjectContext) => AsyncGenerator<EventBody, Outcome>;
};

/** Milliseconds in which a Pi must be back after its reboot. */
const BACK = 300_000;
/** Milliseconds from the restart until a new system must answer. */
const INSTALLED = 5_400_000;

const WORKS: Readonly<Record<Remedy, (host: string, rung: Rung) => RemedyWork>> = {
  restart: (host, { units = [] }) => ({
    args: ['exec', '--become', '--limit', host, '--', 'systemctl', 'restart', ...units],
    operation: (context) => restartUnits(host, units, context),
  }),
  reboot: (host) => ({
    args: ['reboot', host],
    operation: (context) =>
      reboot(
        { limit: host, confirmed: true, askBecomePassword: false, parallel: 1, deadline: BACK },
        context,
      ),
  }),
  'power-cycle': (host, { command = [] }) => ({
    args: ['monitor', 'explain', host],
    operation: (context) => powerCycle(host, command, context),
  }),
  provision: (host) => ({
    args: ['provision', '--limit', host],
    operation: (context) =>
      provision(
        {
          limit: host,
          upgrade: true,
          adoptAll: false,
          check: false,
          diff: false,
          extra: [],
          colour: false,
          askBecomePassword: false,
          askVaultPassword: false,
        },
        context,
      ),
  }),
  reinstall: (host) => ({
    args: ['install', host, '--provision', '--deploy'],
    operation: (context) => install(requestFor(host, [host]), context),
  }),
};

export function workOf(rung: Rung, host: string): RemedyWork {
  return WORKS[rung.do](host, rung);
}

/**
 * Goes on with a reinstallation whose run was killed: follows what is under way on the Pi. It has
 * nobody's word for wiping, so what was not restarted yet is taken back and not begun anew.
 */
export function resumedReinstall(host: string): RemedyWork {
  return {
    args: ['install', 'resume', host],
    operation: (context) => resume(requestFor(host, []), context),
  };
}

/** `yesWipe`: the names that an approval, or the policy, stands for. */
function requestFor(host: string, yesWipe: readonly string[]): InstallRequest {
  return {
    hosts: host,
    limit: undefined,
    arming: 'tryboot',
    yesWipe,
    plans: [],
    canary: 1,
    parallel: 1,
    deadline: INSTALLED,
    afterwards: ['provision', 'deploy'],
    colour: false,
  };
}
