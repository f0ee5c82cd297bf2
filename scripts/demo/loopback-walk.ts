/**
 * What of the main job can be had without virtual Pis: real sshd processes of this user on
 * 127.0.0.0/8, key logins, Ansible in check mode. Nothing on the machine is changed. What needs
 * MACs or passwords is reported as skipped, never as passed.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Loopback } from '../../lab/loopback.ts';
import {
  ansibleMarks,
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
  folders: { readonly project: string; readonly home: string },
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
  await writeFile(join(place.project, 'inventory', 'hosts.yml'), inventoryText(lab));
  skip('Detect', 'loopback has no MAC addresses');
  skip('Inventory', 'nothing was detected to adopt; the hosts were written into the inventory');

  const access = await rpi(place, ['access', 'check']);
  const let_in = new Map(
    eventsOf(access.run, 'host.finished').map(({ host, status }): [string, Mark] => [
      host,
      status === 'ok' ? 'done' : 'failed',
    ]),
  );
  finish({ title: 'Access', seconds: access.seconds, marks: let_in }, access.code);

  for (const [title, command] of [
    ['Provision', 'provision'],
    ['Deploy', 'deploy'],
  ] as const) {
    // Check mode predicts and changes nothing; this user is nobody's root, so it doesn't become it.
    const args = [command, '--check', '--', '-e', 'ansible_become=false'];
    const { code, seconds, run } = await rpi(place, args);
    finish({ title, seconds, marks: ansibleMarks(run) }, code);
  }
  skip('Page', 'in check mode nothing was deployed');

  const monitor = await rpi(place, ['monitor', '--once']);
  const seen = new Map(
    eventsOf(monitor.run, 'vitals').map(({ host }): [string, Mark] => [host, 'done']),
  );
  finish({ title: 'Monitor', seconds: monitor.seconds, marks: seen }, monitor.code);
}

/** As a person would write it. */
function inventoryText(lab: Loopback): string {
  const hosts = lab.hosts.map(
    ({ name, address, port, user }) =>
      `        ${name}: { ansible_host: ${address}, ansible_port: ${port}, ansible_user: ${user}, ansible_ssh_private_key_file: ${JSON.stringify(lab.identity)} }\n`,
  );
  return `all:\n  children:\n    ungrouped:\n      hosts:\n${hosts.join('')}`;
}
