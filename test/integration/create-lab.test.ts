/** What `rpi create render` makes, installed by the lab's installer on a virtual Pi. */
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hostKeyFile } from '../../core/create/host-keys.ts';
import { readManifest } from '../../core/create/output.ts';
import { renderCreate } from '../../core/create/render.ts';
import { attempt, run } from '../../lab/command.ts';
import {
  canHostLab,
  enterCommand,
  execCommand,
  labDown,
  labUp,
  labWaitFor,
} from '../../lab/lab.ts';
import type { RunningLab } from '../../lab/lab.ts';
import type { EventBody } from '../../core/runs/event.ts';
import { RPI } from './rpi.ts';
import { makeProject, run as runOperation, type TestProject } from './project.ts';

const hosting = await canHostLab();
if (!hosting.ok)
  process.stderr.write('Installing on the lab is skipped: this machine can’t host it.\n');

const LAB_FILE = `version: 1
machines:
  - name: pi1
    macs: ['e4:5f:01:4a:12:01']
    model: Raspberry Pi 4 Model B Rev 1.5
    serial: '10000000e14a1201'
    login: key
    installSeconds: 1
`;

const MEDIUM = '/boot/firmware/raspberrypi-ua-netinst';
const ARM = `os_prefix=raspberrypi-ua-netinst/\ninitramfs initramfs.gz\n`;

describe.skipIf(!hosting.ok)('a Pi installed from what was rendered', () => {
  let dir: string;
  let lab: RunningLab;
  let address: string;
  let test: TestProject;

  const inside = async (script: string, input = ''): Promise<string> => {
    const command = await execCommand('pi1', 'sh', ['-c', script], { dir });
    return (await run({ ...command, input })).stdout.trim();
  };
  const bootId = (): Promise<string> =>
    inside('cat /proc/sys/kernel/random/boot_id').catch(() => '');

  /** What `create render --diff` says, run at the bridge's side of the lab. */
  const compare = async (): Promise<unknown[]> => {
    const words = [RPI, '--project', test.project.root, 'create', 'render', '--diff', '--json'];
    const rpi = await enterCommand(process.execPath, words, { dir });
    const { PATH } = process.env;
    const home = dirname(test.project.root);
    const env = { PATH, HOME: home, XDG_DATA_HOME: join(home, 'data'), XDG_RUNTIME_DIR: home };
    const { stdout } = await run({ ...rpi, env });
    return stdout
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line))
      .filter((event) => (event as EventBody).kind === 'file.changed');
  };

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'rpi-create-lab-'));
    await writeFile(join(dir, 'lab.yml'), LAB_FILE);
    lab = await labUp({ dir: join(dir, 'lab'), file: join(dir, 'lab.yml') });
    dir = lab.dir;
    address = lab.machines[0]?.address ?? '';
    test = await makeProject({
      config: [
        'access:',
        `  identity: ${lab.identity}`,
        '  users: [{name: ann, sudo: true}]',
        'create: {settings: {timezone: Europe/Berlin}}',
      ],
      inventory: `all: {hosts: {kitchen: {ansible_host: ${address}, ansible_user: pi, rpi_model: Raspberry Pi 4 Model B}}}\n`,
    });
    await mkdir(join(test.project.root, 'create'));
    await writeFile(
      join(test.project.root, 'create/installer-config.txt'),
      "# CRLF, as from a Windows machine\r\nrootpw='it is $ecret'\r\n",
    );
    await writeFile(join(test.project.root, 'create/post-install.txt'), 'touch /rootfs/etc/mine\n');
  });

  afterAll(async () => {
    await labDown({ dir });
    await test[Symbol.asyncDispose]();
    await rm(join(dir, '..'), { recursive: true });
  });

  it('answers by its pre-made host key, lets us and the users in by key, and proves by its nonce what it is', async () => {
    const input = { hosts: undefined, limit: undefined, output: undefined, diff: false };
    const { outcome } = await runOperation(renderCreate(input, test.context()));
    expect(outcome.status).toBe('ok');
    const folder = outcome.hosts[0]?.folder ?? '';
    const archive = execFileSync('tar', ['-C', folder, '-cf', '-', 'config']).toString('base64');
    const before = await bootId();
    await inside(
      `mkdir -p ${MEDIUM} && base64 -d | tar -C ${MEDIUM} --no-same-owner -xf -`,
      archive,
    );
    const known = await inside('cat /etc/ssh/ssh_host_ed25519_key.pub');
    await mkdir(dirname(test.project.knownHosts), { recursive: true });
    await writeFile(test.project.knownHosts, `${address} ${known}\n`);
    const compared = await compare();
    expect(compared).toEqual([]);
    await inside(`printf 'hostname=other\\n' > ${MEDIUM}/config/installer-config.txt`);
    expect(await compare()).toMatchObject([
      { path: `kitchen:${MEDIUM}/config/installer-config.txt`, action: 'updated' },
    ]);
    await inside(`base64 -d | tar -C ${MEDIUM} --no-same-owner -xf -`, archive);

    await inside('cat > /boot/firmware/config.txt', ARM);
    await attempt(await execCommand('pi1', 'reboot', [], { dir }));
    await expect
      .poll(
        async () => {
          await labWaitFor('pi1', { dir });
          const after = await bootId();
          return after !== '' && after !== before && (await inside('hostname')) === 'kitchen';
        },
        { timeout: 90_000, interval: 500 },
      )
      .toBe(true);

    const manifest = await readManifest(folder);
    expect(JSON.parse(await inside('cat /etc/rpi-install.json'))).toEqual({
      v: 1,
      host: 'kitchen',
      nonce: manifest?.nonce,
    });
    expect(await inside('ls /etc/ssh | grep ^ssh_host')).toBe(
      'ssh_host_ed25519_key\nssh_host_ed25519_key.pub',
    );
    expect(
      await inside('cat /etc/timezone; ls /etc/mine; find /boot -name ssh_host_ed25519_key'),
    ).toBe('Europe/Berlin\n/etc/mine');

    const key = await readFile(`${hostKeyFile(test.project, 'kitchen')}.pub`, 'utf8');
    const knownHosts = join(test.project.root, 'known');
    await writeFile(knownHosts, `${address} ${key}`);
    for (const user of ['pi', 'ann', 'root']) {
      const options = [
        '-F',
        '/dev/null',
        '-oBatchMode=yes',
        '-oStrictHostKeyChecking=yes',
        `-oUserKnownHostsFile=${knownHosts}`,
        '-i',
        lab.identity,
      ];
      const ask = user === 'root' ? 'id -un' : 'sudo -n id -un';
      const ssh = await enterCommand('ssh', [...options, `${user}@${address}`, ask], { dir });
      expect((await run(ssh)).stdout.trim(), user).toBe('root');
    }
  });
});
