/**
 * Enrolling 50 addresses of one sshd by password, beside Ansible with 50 forks adding one key to
 * each: wall time, and the CPU time of the client's processes. Ours does more: it logs in a second
 * time to prove the key, reads who the Pi is, and writes the inventory.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../../core/command/run.ts';
import { generateKeyPair, formatPublicKey } from '../../core/formats/ssh-key.ts';
import { startSshd, type TestSshd } from '../integration/sshd.ts';
import { atMost, beside, median, renderRow, type BenchRow } from './row.ts';
import { stageRpi, type StagedRpi } from './staged-rpi.ts';

const HOSTS = 50;
const PASSWORD = 'enroll bench';
const RUNS = 3;

type Measured = { readonly wall: number; readonly cpu: number };
const NAMES = { wall: 'wall time', cpu: 'client CPU' } as const;

/** Needs root, sshd, ansible and sshpass. */
export async function benchmark(): Promise<BenchRow[]> {
  const addresses = Array.from({ length: HOSTS }, (_, n) => `127.0.77.${n + 1}`);
  await using sshd = await startSshd({ addresses, passwords: { root: PASSWORD } });
  await using staged = await stageRpi();
  const folder = await mkdtemp(join(tmpdir(), 'rpi-bench-enroll-'));
  try {
    const ours: Measured[] = [];
    const peer: Measured[] = [];
    for (let n = 0; n < RUNS; n++) {
      ours.push(await measureRpi(sshd, staged, join(folder, `rpi${n}`), addresses));
      peer.push(
        await again(() => measureAnsible(sshd, join(folder, `ansible${n}`), addresses, false)),
      );
    }
    const pipelined = [
      await again(() => measureAnsible(sshd, join(folder, 'pipelined'), addresses, true)),
    ];
    const of = (list: readonly Measured[], what: keyof Measured): number =>
      median(list.map((measured) => measured[what]));
    const row = (what: keyof Measured, beside: readonly Measured[], options = '') => ({
      name: `enroll ${HOSTS} addresses of one sshd, ${NAMES[what]}`,
      ours: of(ours, what),
      peer: of(beside, what),
      peerName: `ansible --forks ${HOSTS}${options}`,
      unit: 's' as const,
    });
    return [
      atMost(0.1, row('cpu', peer)),
      atMost(0.25, row('wall', peer)),
      beside(row('cpu', pipelined, ' with pipelining')),
      beside(row('wall', pipelined, ' with pipelining')),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measureRpi(
  sshd: TestSshd,
  staged: StagedRpi,
  folder: string,
  addresses: readonly string[],
): Promise<Measured> {
  await fresh(sshd);
  await mkdir(join(folder, 'inventory'), { recursive: true });
  await writeFile(join(folder, 'rpi.yml'), 'version: 1\nid: bench-enroll\n');
  await writeFile(join(folder, 'inventory/hosts.yml'), inventory(sshd, addresses, ''));
  const words = [...staged.words, '--project', folder, 'access', 'enroll', '--accept-new'];
  const measured = await measure(words, {
    ...staged.env,
    HOME: folder,
    XDG_DATA_HOME: join(folder, 'data'),
    RPI_PASSWORD: PASSWORD,
  });
  await expectKeys(sshd, 'authorized_keys');
  return measured;
}

/** With sshpass and 50 forks a pipe breaks now and then: a run that failed is not counted. */
async function again(run: () => Promise<Measured>): Promise<Measured> {
  for (let failures = 0; ; failures++) {
    try {
      return await run();
    } catch (error) {
      if (failures === 4) throw error;
    }
  }
}

/** The least Ansible can do: run `true`, add a key; no facts, no questions about host keys. */
async function measureAnsible(
  sshd: TestSshd,
  folder: string,
  addresses: readonly string[],
  pipelining: boolean,
): Promise<Measured> {
  await fresh(sshd);
  await mkdir(folder, { recursive: true });
  const key = formatPublicKey(generateKeyPair('bench').publicKey);
  const variables = `  vars: {ansible_password: ${PASSWORD}, ansible_python_interpreter: /usr/bin/python3}\n`;
  await writeFile(join(folder, 'hosts.yml'), inventory(sshd, addresses, variables));
  await writeFile(
    join(folder, 'play.yml'),
    [
      '- hosts: all',
      '  gather_facts: false',
      '  tasks:',
      '    - ansible.builtin.command: "true"',
      '    - ansible.builtin.lineinfile:',
      // A file for each: its module is not made for 50 at once on one.
      '        path: /root/.ssh/keys.{{ inventory_hostname }}',
      `        line: ${key}`,
      '        create: true',
      '        mode: "0600"',
      '',
    ].join('\n'),
  );
  const words = [
    'ansible-playbook',
    '--forks',
    String(HOSTS),
    '-i',
    join(folder, 'hosts.yml'),
    join(folder, 'play.yml'),
  ];
  const measured = await measure(words, {
    HOME: folder,
    ANSIBLE_HOST_KEY_CHECKING: 'False',
    ANSIBLE_PIPELINING: String(pipelining),
    LC_ALL: 'C.UTF-8',
  });
  await expectKeys(sshd, `keys.host${HOSTS - 1}`);
  return measured;
}

function inventory(sshd: TestSshd, addresses: readonly string[], more: string): string {
  const hosts = addresses.map(
    (address, n) =>
      `    host${n}: {ansible_host: ${address}, ansible_port: ${sshd.port}, ansible_user: root}`,
  );
  return `ungrouped:\n  hosts:\n${hosts.join('\n')}\n${more}`;
}

async function fresh(sshd: TestSshd): Promise<void> {
  await sshd.inside('rm -rf /root/.ssh; mkdir -m 700 /root/.ssh');
}

async function expectKeys(sshd: TestSshd, file: string): Promise<void> {
  const lines = (await sshd.inside(`cat /root/.ssh/${file}`)).trim().split('\n');
  if (lines.length !== 1) throw new Error(`${lines.length} keys were authorised instead of one`);
}

/** Wall time, and user and system time of the command with all it waited for. */
async function measure(
  words: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Measured> {
  const started = performance.now();
  const finished = await runCommand(
    { command: 'sh', args: ['-c', '"$@" >&2 && times', 'sh', ...words], env },
    { signal: new AbortController().signal, env: { PATH: process.env['PATH'] } },
  );
  const wall = (performance.now() - started) / 1000;
  if (finished.code !== 0) throw new Error(`${words.join(' ')}: ${finished.stderr.slice(0, 3000)}`);
  // Two lines: the shell's own times, then its children's: 1m2.345s 0m0.678s
  const children = finished.stdout.trim().split('\n')[1] ?? '';
  const cpu = [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds),
    0,
  );
  return { wall, cpu };
}

if (import.meta.main) {
  for (const row of await benchmark()) process.stdout.write(`${renderRow(row)}\n`);
}
