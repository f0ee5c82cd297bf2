/**
 * What of the main job can be had without virtual Pis: real sshd processes of this user on
 * 127.0.0.0/8, key logins, Ansible in check mode. Nothing on the machine is changed. What needs
 * MACs or passwords is reported as skipped, never as passed.
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { openProject } from '../../core/project/project.ts';
import type { Loopback } from '../../lab/loopback.ts';
import {
  ansibleMarks,
  environment,
  eventsOf,
  expectMarks,
  init,
  rpi,
  type Mark,
  type Place,
  type WalkStep,
} from './walk.ts';

export async function walkLoopback(
  lab: Loopback,
  folders: Pick<Place, 'project' | 'home' | 'stop'>,
  done: (step: WalkStep) => void,
): Promise<void> {
  const place: Place = {
    ...folders,
    enter: (command, args) => Promise.resolve({ command, args }),
  };
  const expected = new Map(lab.hosts.map(({ name }): [string, Mark] => [name, 'done']));
  const finish = (step: WalkStep, code: number): void => {
    done(step);
    expectMarks(step, expected, code);
  };
  const skip = (title: string, why: string): void =>
    done({ title, seconds: 0, marks: new Map(), skipped: why });

  await init(place, []);
  await prepareLoopback(place, lab);
  skip('Detect', 'loopback has no MAC addresses');
  skip('Inventory', 'nothing was detected to adopt; the hosts were written into the inventory');

  const access = await rpi(place, ['access', 'check']);
  const letIn = new Map(
    eventsOf(access.run, 'check').map(({ host, status }): [string, Mark] => [
      host ?? '',
      status === 'ok' ? 'done' : 'failed',
    ]),
  );
  finish({ title: 'Access', seconds: access.seconds, marks: letIn }, access.code);

  for (const [title, command] of [
    ['Provision', 'provision'],
    ['Deploy', 'deploy'],
  ] as const) {
    // Check mode predicts and changes nothing; this user is nobody's root, so it doesn't become it.
    const systemd = runsSystemd() ? [] : ['--skip-tags', 'systemd'];
    const args = [command, '--check', '--', '-e', 'ansible_become=false', ...systemd];
    const { code, seconds, run } = await rpi(place, args);
    finish({ title, seconds, marks: ansibleMarks(run) }, code);
  }
  if (!runsSystemd()) {
    skip('Systemd', 'that systemd runs the services: here it does not');
  }
  skip('Page', 'in check mode nothing was deployed');

  const monitor = await rpi(place, ['monitor', '--once']);
  const seen = new Map(
    eventsOf(monitor.run, 'vitals').map(({ host }): [string, Mark] => [host, 'done']),
  );
  finish({ title: 'Monitor', seconds: monitor.seconds, marks: seen }, monitor.code);
}

/** Here the machine itself stands in for the Pis. */
function runsSystemd(): boolean {
  return existsSync('/run/systemd/system');
}

/** What a person would write by hand: the hosts, the key to log in with, the host keys they know. */
export async function prepareLoopback(place: Place, lab: Loopback): Promise<void> {
  const config = join(place.project, 'rpi.yml');
  const text = await readFile(config, 'utf8');
  const identity = `identity: ${JSON.stringify(lab.identity)}`;
  await writeFile(
    config,
    text.replace(/identity: .*/, () => identity),
  );
  await writeFile(join(place.project, 'inventory', 'hosts.yml'), inventoryText(lab));
  const { knownHosts } = await openProject(place.project, environment(place));
  const known = lab.hosts.map((host) => `[${host.address}]:${host.port} ${host.hostKeyPub}\n`);
  await mkdir(dirname(knownHosts), { recursive: true, mode: 0o700 });
  await writeFile(knownHosts, known.join(''));
}

function inventoryText(lab: Loopback): string {
  const hosts = lab.hosts.map(
    ({ name, address, port, user }) =>
      `        ${name}: { ansible_host: ${address}, ansible_port: ${port}, ansible_user: ${user} }\n`,
  );
  return `all:\n  children:\n    ungrouped:\n      hosts:\n${hosts.join('')}`;
}
