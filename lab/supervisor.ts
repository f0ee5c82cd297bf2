/**
 * The lab's supervisor: the process that `up` starts in namespaces of its own (mounts, network, pids, ipc,
 * host name). It makes the bridge, gives the machines power and answers the control socket; everything it
 * makes ends with those namespaces. Run by lab.ts, not by hand: supervisor.ts LAB-FOLDER.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { appendFile, mkdir, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { labCgroups, removeCgroups } from './cgroup.ts';
import { run } from './command.ts';
import type { Command } from './command.ts';
import { serveControl } from './control.ts';
import type { Answer, Request } from './control.ts';
import { LabError, messageOf } from './errors.ts';
import { createMachine } from './machine.ts';
import type { Machine } from './machine.ts';
import { dnsmasq, gateway, makeBridge, parseLeases } from './network.ts';
import { packageCacheCommand } from './package-cache.ts';
import { cacheDirectory, labPaths } from './paths.ts';
import { serveRepository } from './repository.ts';
import { readRunningDefinition } from './running.ts';
import { writeAtomically } from './state.ts';

const [, , folder] = process.argv;
if (folder === undefined) throw new Error('supervisor.ts needs the folder of its lab');
const paths = labPaths(folder);

async function supervise(): Promise<void> {
  // A /run of our own: network namespaces, nspawn's locks and our socket are nobody else's business.
  await run({ command: 'mount', args: ['-t', 'tmpfs', '-o', 'mode=0755', 'rpi-lab', '/run'] });
  await mkdir('/run/netns', { recursive: true });
  await mkdir(paths.logs, { recursive: true });
  const { definition, base } = await readRunningDefinition(paths);
  const cgroups = labCgroups(paths.id);
  await writeAtomically(paths.cgroups, JSON.stringify(cgroups));
  await run(makeBridge());
  startDaemon(dnsmasq(paths.leases, join(paths.logs, 'dnsmasq.log')));
  if (definition.packageCache) {
    await mkdir(paths.packages, { recursive: true });
    startDaemon(packageCacheCommand(cacheDirectory(), gateway, paths));
  }
  await serveRepository(base.repository, gateway);
  const publicKey = await readFile(join(paths.keys, 'id_ed25519.pub'), 'utf8');
  const machines = definition.machines.map((each, index) =>
    createMachine(each, { lab: paths, base, publicKey, cgroups, index, addressOf }),
  );
  setInterval(() => {
    for (const machine of machines) void machine.refresh(Date.now()).catch(logFailure);
  }, 10_000);
  for (const machine of machines) await machine.powerOn();
  await serveControl(async (request) => await handle(request, machines, cgroups));
}

async function handle(
  request: Request,
  machines: readonly Machine[],
  cgroups: readonly string[],
): Promise<Answer> {
  switch (request.verb) {
    case 'status':
      return { machines: await reports(machines) };
    case 'cut':
      await find(machines, request.machine).cut();
      return { machines: await reports(machines) };
    case 'plug':
      await find(machines, request.machine).powerOn();
      return { machines: await reports(machines) };
    case 'rest': {
      const rested = machines.filter((each) => !['off', 'failed'].includes(each.report().state));
      const installing = rested.find((each) => each.report().state === 'installing');
      if (installing !== undefined) {
        throw new LabError(
          'wrong-state',
          `${installing.definition.name} is being installed.`,
          'Wait.',
        );
      }
      await Promise.all(rested.map((each) => each.shutDown()));
      return { rested: rested.map((each) => each.definition.name) };
    }
    case 'wake':
      for (const name of request.machines) await find(machines, name).powerOn();
      return {};
    case 'down':
      await Promise.all(machines.map((each) => each.shutDown()));
      await Promise.all(machines.map((each) => each.release()));
      await removeCgroups(cgroups);
      // After the answer is on its way.
      setTimeout(() => process.exit(0), 20);
      return {};
  }
}

async function reports(machines: readonly Machine[]): Promise<NonNullable<Answer['machines']>> {
  const leaders = await findLeaders();
  return machines.map((each) => {
    const report = each.report();
    const leader = report.pid === undefined ? undefined : leaders.get(report.pid);
    return { ...report, ...(leader === undefined ? {} : { leader }) };
  });
}

/** Pid 1 of each container, by the pid of the systemd-nspawn that is its parent. */
async function findLeaders(): Promise<Map<number, number>> {
  const leaders = new Map<number, number>();
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const status = readFileSync(`/proc/${name}/status`, 'utf8');
      const parent = Number(/^PPid:\t(\d+)$/m.exec(status)?.[1]);
      const numbers = /^NSpid:\t(.*)$/m.exec(status)?.[1]?.split('\t') ?? [];
      if (numbers.length > 1 && numbers.at(-1) === '1') leaders.set(parent, Number(name));
    } catch {
      // It ended while we looked.
    }
  }
  return leaders;
}

function find(machines: readonly Machine[], name: string): Machine {
  const found = machines.find((each) => each.definition.name === name);
  if (found !== undefined) return found;
  const names = machines.map((each) => each.definition.name).join(', ');
  throw new LabError(
    'unknown-machine',
    `There is no machine ${name}; there are ${names}.`,
    'Check the name.',
  );
}

function addressOf(mac: string): string | undefined {
  try {
    return parseLeases(readFileSync(paths.leases, 'utf8')).get(mac);
  } catch {
    return undefined;
  }
}

/** Ends with the lab's namespaces; should it end before, the log says so. */
function startDaemon({ command, args, env }: Command): void {
  const child = spawn(command, args, {
    stdio: 'inherit',
    ...(env === undefined ? {} : { env }),
  });
  child.on('error', logFailure);
  child.on('exit', (status) => logFailure(`${command} ended with status ${status ?? 'none'}`));
}

function logFailure(error: unknown): void {
  void appendFile(
    join(paths.logs, 'supervisor.log'),
    `${new Date().toISOString()} ${messageOf(error)}\n`,
  );
}

process.on('SIGTERM', () => undefined);
await supervise();
