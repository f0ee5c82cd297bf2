/** The main job on the lab: from detect to monitor, on virtual Pis with real sshd and systemd. */
import { join } from 'node:path';
import { enterCommand, type RunningLab } from '../../lab/lab.ts';
import {
  ansibleMarks,
  eventsOf,
  expectMarks,
  init,
  inventoryOf,
  rpi,
  runOpen,
  type Mark,
  type Place,
  type WalkStep,
} from './walk.ts';

type Machine = RunningLab['machines'][number];

/** Walks the whole way. Throws WalkFailed at the first step that is not as it should be. */
export async function walkLab(
  lab: RunningLab,
  folders: Pick<Place, 'project' | 'home' | 'stop'>,
  done: (step: WalkStep) => void,
): Promise<void> {
  const place: Place = {
    ...folders,
    enter: (command, args) => enterCommand(command, args, { dir: lab.dir }),
  };
  const pis = lab.machines.filter(({ kind }) => kind === 'pi');
  const open = pis.filter(({ login }) => login !== 'locked');
  const expectAll = marksOf(pis, () => 'done');
  const expectOpen = marksOf(open, () => 'done');

  const finish = (
    step: WalkStep,
    expected: ReadonlyMap<string, Mark>,
    code: number,
    expectedCode = 0,
  ): void => {
    done(step);
    expectMarks(step, expected, code, expectedCode);
  };

  await init(place, ['--network', lab.network]);

  const detect = await rpi(place, ['detect']);
  finish(
    { title: 'Detect', seconds: detect.seconds, marks: sightedMarks(detect.run, lab.machines) },
    expectAll,
    detect.code,
  );

  const add = await rpi(place, ['inventory', 'add', '--all']);
  const inventory = await inventoryOf(place);
  const machineOf = (host: string): string => {
    const macs = inventory.hosts.find(({ name }) => name === host)?.macs ?? [];
    return (
      lab.machines.find((machine) => machine.macs.some((mac) => macs.includes(mac)))?.name ?? host
    );
  };
  const hostOf = (machine: Machine): string =>
    inventory.hosts.find(({ macs }) => machine.macs.some((mac) => macs.includes(mac)))?.name ??
    machine.name;
  const adopted = new Map(
    inventory.hosts.map(({ name }): [string, Mark] => [machineOf(name), 'done']),
  );
  finish({ title: 'Inventory', seconds: add.seconds, marks: adopted }, expectAll, add.code);

  const byMachine = (marks: ReadonlyMap<string, Mark>): Map<string, Mark> =>
    new Map([...marks].map(([host, mark]) => [machineOf(host), mark]));

  const enroll = await rpi(place, ['access', 'enroll', '--accept-new', '--key', lab.identity]);
  const accessed = new Map(
    eventsOf(enroll.run, 'host.finished').map(({ host, status, error }): [string, Mark] => [
      host,
      status === 'ok' || status === 'changed'
        ? 'done'
        : error?.code === 'access.locked'
          ? 'locked'
          : 'failed',
    ]),
  );
  // A Pi that lets nobody in is a failure of that run, and one that the lab means to have.
  const expectAccess = marksOf(pis, ({ login }) => (login === 'locked' ? 'locked' : 'done'));
  finish(
    { title: 'Access', seconds: enroll.seconds, marks: byMachine(accessed) },
    expectAccess,
    enroll.code,
    open.length === pis.length ? 0 : 1,
  );

  const limit = ['--limit', open.map(hostOf).join(',')];
  for (const [title, command] of [
    ['Provision', 'provision'],
    ['Deploy', 'deploy'],
  ] as const) {
    const { code, seconds, run } = await rpi(place, [command, ...limit]);
    finish({ title, seconds, marks: byMachine(ansibleMarks(run)) }, expectOpen, code);
  }

  finish(await page(place, open, inventory), expectOpen, 0);

  const monitor = await rpi(place, ['monitor', '--once', ...limit]);
  const seen = new Map(
    eventsOf(monitor.run, 'vitals').map(({ host }): [string, Mark] => [host, 'done']),
  );
  finish(
    { title: 'Monitor', seconds: monitor.seconds, marks: byMachine(seen) },
    expectOpen,
    monitor.code,
  );
}

/** The app's page of every Pi, fetched over HTTP from the bridge. */
async function page(
  place: Place,
  machines: readonly Machine[],
  inventory: Awaited<ReturnType<typeof inventoryOf>>,
): Promise<WalkStep> {
  const marks = new Map<string, Mark>();
  let seconds = 0;
  for (const machine of machines) {
    const host = inventory.hosts.find(({ macs }) => machine.macs.some((mac) => macs.includes(mac)));
    const url = `http://${host?.address ?? machine.name}/`;
    process.stdout.write(`\n$ GET ${url}\n`);
    const checked = await runOpen(
      place,
      process.execPath,
      [join(import.meta.dirname, 'page-check.mjs'), url, machine.sensors > 0 ? 'plot' : 'empty'],
      place.project,
    );
    seconds += checked.seconds;
    marks.set(machine.name, checked.code === 0 ? 'done' : 'failed');
  }
  return { title: 'Page', seconds, marks };
}

function sightedMarks(
  run: Parameters<typeof eventsOf>[0],
  machines: readonly Machine[],
): Map<string, Mark> {
  const marks = new Map<string, Mark>();
  for (const { sighting } of eventsOf(run, 'sighting')) {
    if (!sighting.isPi) continue;
    const machine = machines.find(({ macs }) => macs.some((mac) => mac === sighting.mac));
    marks.set(machine?.name ?? sighting.address, 'done');
  }
  return marks;
}

function marksOf(
  machines: readonly Machine[],
  mark: (machine: Machine) => Mark,
): ReadonlyMap<string, Mark> {
  return new Map(machines.map((machine) => [machine.name, mark(machine)]));
}
