/** `rpi install preflight`, `plan` and what asks for a name, on virtual Pis. */
import { spawn, type ChildProcess } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enterCommand } from '../../lab/lab.ts';
import { run as runInLab } from '../../lab/command.ts';
import {
  eventsOf,
  expectCode,
  hostsLab,
  startTestLab,
  whyNoLab,
  type LabProject,
  type TestLab,
} from './lab-fixture.ts';
import { writeMirror } from './raspbian-mirror.ts';
import { ended, type Ended } from './rpi.ts';

const MIRROR_PORT = 8099;
const MIRROR = `http://10.77.0.1:${MIRROR_PORT}/raspbian/`;
/** A folder served as a mirror is; what it lacks is a 404. */
const SERVER = `const { createServer } = require('node:http');
const { readFileSync } = require('node:fs');
createServer((request, response) => {
  try { response.end(readFileSync(process.argv[1] + request.url)); }
  catch { response.writeHead(404).end(); }
}).listen(${MIRROR_PORT}, '10.77.0.1', () => console.log('listening'));`;
/** What a Pi has that was installed by raspberrypi-ua-netinst before. */
const INSTALLER_FILES = `cd /boot/firmware && mkdir -p raspberrypi-ua-netinst && cd raspberrypi-ua-netinst &&
  printf 'os_prefix=raspberrypi-ua-netinst/\\ninitramfs initramfs.gz\\n' > config.txt &&
  : > cmdline.txt && : > initramfs.gz && : > kernel7.img`;

describe.skipIf(!hostsLab)(`before an installation${whyNoLab}`, () => {
  let lab: TestLab;
  let project: LabProject;
  let mirror: ChildProcess;

  beforeAll(async () => {
    lab = await startTestLab([
      { name: 'kitchen', login: 'key' },
      { name: 'garden', login: 'key', faults: ['under-voltage'] },
      { name: 'attic', login: 'key', model: 'Raspberry Pi 5 Model B Rev 1.0' },
      { name: 'cellar', login: 'key', model: 'Raspberry Pi Zero 2 W Rev 1.0' },
    ]);
    const hosts = ['kitchen', 'garden', 'attic', 'cellar'].map(
      (name) => `    ${name}: {ansible_host: ${lab.address(name)}, ansible_user: pi}\n`,
    );
    project = await lab.project({
      'rpi.yml': [
        'version: 1',
        'id: installtest',
        `access: {identity: ${lab.lab.identity}}`,
        `create: {settings: {mirror: '${MIRROR}', release: bookworm, root_ssh_pwlogin: false}}`,
        '',
      ].join('\n'),
      'inventory/hosts.yml': `all:\n  hosts:\n${hosts.join('')}`,
      'create/installer-config.txt': 'timezone=Europe/Berlin\n',
      // There is no way out of the lab.
      'create/apt/raspberrypi.org.list': '# none\n',
    });
    await writeMirror(join(project.home, 'srv', 'raspbian'), []);
    const { command, args } = await enterCommand(
      process.execPath,
      ['-e', SERVER, join(project.home, 'srv')],
      { dir: lab.lab.dir },
    );
    mirror = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise((resolve) => mirror.stdout?.once('data', resolve));
    expectCode(await project.rpi(['access', 'enroll', '--accept-new']), 0);
    for (const name of ['kitchen', 'garden', 'cellar']) await lab.on(name, INSTALLER_FILES);
  });

  afterAll(async () => {
    mirror.kill();
    await lab[Symbol.asyncDispose]();
  });

  /** Checks of the last run by name, of one host. */
  const checks = async (host: string): Promise<Record<string, string>> =>
    Object.fromEntries(
      eventsOf(await project.last(), 'check')
        .filter((event) => event.host === host)
        .map(({ name, status, detail }) => [name, `${status}: ${detail}`]),
    );
  const refusals = async (host: string): Promise<string[]> =>
    Object.entries(await checks(host))
      .filter(([, text]) => text.startsWith('failed'))
      .map(([name]) => name);
  /** Everything on the boot partition, and which boot it is. */
  const stateOf = (host: string): Promise<string> =>
    lab.on(
      host,
      'cat /proc/sys/kernel/random/boot_id; cd /boot/firmware && find . -type f | sort | xargs sha256sum',
    );
  const typed = async (args: readonly string[], line: string): Promise<Ended> => {
    const child = await project.start(['--answers', 'terminal', ...args], { input: true });
    child.stdin?.end(`${line}\n`);
    return ended(child);
  };

  it('a Pi that may be installed is ready, whatever its model, and nothing on it changes', async () => {
    const before = await stateOf('kitchen');
    expectCode(await project.rpi(['install', 'preflight', 'kitchen', 'cellar']), 0);
    for (const host of ['kitchen', 'cellar']) {
      const found = await checks(host);
      expect(await refusals(host), JSON.stringify(found)).toEqual([]);
      expect(found).toMatchObject({
        identity: expect.stringMatching(/^ok: serial \w+ and a MAC/) as string,
        'mirror from the Pi': `ok: it reaches ${MIRROR}dists/bookworm/Release`,
        release: expect.stringMatching(/^ok/) as string,
        'repository: mirror': expect.stringMatching(/^ok: Raspbian bookworm armhf/) as string,
        'repository: packages': expect.stringMatching(/^ok: \d+ packages, /) as string,
        'installer files': expect.stringMatching(/^ok/) as string,
        // A container's disk can't be told: that is said, and not passed over.
        disk: expect.stringMatching(/^skipped: .*systemd-nspawn/) as string,
      });
    }
    expect(await stateOf('kitchen')).toBe(before);
  });

  it('asks from the Pi with whatever is there: curl where it is installed', async () => {
    await lab.on(
      'cellar',
      `printf '#!/bin/sh\\necho 503\\n' > /usr/local/bin/curl; chmod 755 /usr/local/bin/curl`,
    );
    expectCode(await project.rpi(['install', 'preflight', 'cellar']), 4);
    expect((await checks('cellar'))['mirror from the Pi']).toContain('answers it with 503');
    await lab.on('cellar', 'rm /usr/local/bin/curl');
  });

  it('a Pi 5 is refused, with the reason and what else there is', async () => {
    const run = await project.rpi(['install', 'preflight', 'attic']);
    expectCode(run, 4);
    expect(await refusals('attic')).toEqual(['model']);
    expect(run.stdout).toMatch(/Raspberry Pi 5 .* can’t be installed .*BCM2712/);
    expect(run.stdout).toMatch(/Write an image of Raspberry Pi OS to a card or a USB disk once/);
  });

  it('under-voltage refuses one Pi, and the others are told apart from it', async () => {
    expectCode(await project.rpi(['install', 'preflight', 'all', '--limit', 'kitchen,garden']), 4);
    expect(await refusals('garden')).toEqual(['power']);
    expect(await refusals('kitchen')).toEqual([]);
  });

  it('a changed host key is refused before anything is asked', async () => {
    const known = join(project.home, 'data/rpi/installtest/known_hosts');
    const before = (await runInLab({ command: 'cat', args: [known] })).stdout;
    const [kitchen, garden] = ['kitchen', 'garden'].map((name) => lab.address(name));
    const lines = before.split('\n').filter((line) => !line.startsWith(`${kitchen ?? ''} `));
    const other = lines.find((line) => line.startsWith(`${garden ?? ''} `)) ?? '';
    await writeFile(known, [...lines, other.replace(garden ?? '', kitchen ?? ''), ''].join('\n'));
    const run = await project.rpi(['install', 'preflight', 'kitchen']);
    await writeFile(known, before);
    expectCode(run, 4);
    expect(Object.keys(await checks('kitchen'))).toEqual(['login']);
    expect((await checks('kitchen'))['login']).toMatch(/^failed: .*host key/);
  });

  it('another Pi at the address is refused', async () => {
    const inventory = await project.read('inventory/hosts.yml');
    const serial = /kitchen:[\s\S]*?rpi_serial: ['"]?(\w+)/.exec(inventory)?.[1] ?? 'none';
    await project.write({ 'inventory/hosts.yml': inventory.replace(serial, '10000000deadbeef') });
    expectCode(await project.rpi(['install', 'preflight', 'kitchen']), 4);
    await project.write({ 'inventory/hosts.yml': inventory });
    expect(await refusals('kitchen')).toEqual(['identity']);
  });

  it('a full boot partition is refused', async () => {
    await lab.on(
      'kitchen',
      `mkdir /tmp/b && cp -r /boot/firmware/. /tmp/b/ && mount -t tmpfs -o size=1200k tmpfs /boot/firmware &&
       cp -r /tmp/b/. /boot/firmware/ && { dd if=/dev/zero of=/boot/firmware/old.img bs=4k 2>/dev/null || :; }`,
    );
    expectCode(await project.rpi(['install', 'preflight', 'kitchen']), 4);
    await lab.on('kitchen', 'umount /boot/firmware && rm -r /tmp/b');
    expect(await refusals('kitchen')).toEqual(['boot']);
    expect((await checks('kitchen'))['boot']).toMatch(/has .* left, and .* are needed/);
  });

  it('a release that the mirror has not is refused: bullseye would come instead', async () => {
    const config = await project.read('rpi.yml');
    await project.write({ 'rpi.yml': config.replace('release: bookworm', 'release: trixie') });
    expectCode(await project.rpi(['install', 'preflight', 'kitchen']), 4);
    await project.write({ 'rpi.yml': config });
    expect(await refusals('kitchen')).toEqual([
      'mirror from the Pi',
      'release',
      'repository: mirror',
    ]);
    expect((await checks('kitchen'))['release']).toContain('bullseye');
  });

  it('a mirror that is down is refused, by what the Pi sees', async () => {
    const config = await project.read('rpi.yml');
    const nobody = `:${MIRROR_PORT + 1}/`;
    await project.write({ 'rpi.yml': config.replace(`:${MIRROR_PORT}/`, nobody) });
    expectCode(await project.rpi(['install', 'kitchen', '--yes-wipe', 'kitchen']), 4);
    await project.write({ 'rpi.yml': config });
    expect(await refusals('kitchen')).toContain('mirror from the Pi');
    expect((await checks('kitchen'))['mirror from the Pi']).toMatch(/it does not reach .*:8100\//);
  });

  it('a mirror of another architecture is refused', async () => {
    const config = await project.read('rpi.yml');
    await project.write({ 'rpi.yml': config.replace('release:', 'arch: arm64, release:') });
    expectCode(await project.rpi(['install', 'preflight', 'kitchen']), 4);
    await project.write({ 'rpi.yml': config });
    expect(await refusals('kitchen')).toContain('release');
    expect((await checks('kitchen'))['release']).toMatch(/has armhf, not arm64/);
  });

  it('a package that no archive has is refused', async () => {
    const config = await project.read('rpi.yml');
    await project.write({ 'rpi.yml': config.replace('release:', 'packages: acll, release:') });
    expectCode(await project.rpi(['install', 'preflight', 'kitchen']), 4);
    await project.write({ 'rpi.yml': config });
    expect(await refusals('kitchen')).toEqual(['repository: packages']);
    expect((await checks('kitchen'))['repository: packages']).toContain('acll');
  });

  it('settings that nothing can be made of are refused with what is wrong', async () => {
    const config = await project.read('rpi.yml');
    await project.write({ 'rpi.yml': config.replace('release:', 'hostnam: x, release:') });
    expectCode(await project.rpi(['install', 'preflight', 'kitchen']), 4);
    await project.write({ 'rpi.yml': config });
    expect(await refusals('kitchen')).toEqual(['create']);
    expect((await checks('kitchen'))['create']).toContain('hostnam');
  });

  it('our own gateway is refused', async () => {
    const route = async (action: string): Promise<void> => {
      const via = ['route', action, 'default', 'via', lab.address('kitchen')];
      await runInLab(await enterCommand('ip', via, { dir: lab.lab.dir }));
    };
    await route('add');
    const run = await project.rpi(['install', 'preflight', 'kitchen']);
    await route('del');
    expectCode(run, 4);
    expect(await refusals('kitchen')).toEqual(['role']);
    expect((await checks('kitchen'))['role']).toContain('gateway');
  });

  it('the plan names what is written and wiped, and holds no secret', async () => {
    const run = await project.rpi(['install', 'plan', 'kitchen']);
    expectCode(run, 0);
    const [plan] = eventsOf(await project.last(), 'plan');
    const targets = plan?.items.map(({ target }) => target) ?? [];
    expect(targets).toContain('/boot/firmware/tryboot.txt');
    expect(targets).toContain('/boot/firmware/raspberrypi-ua-netinst/config/installer-config.txt');
    expect(plan?.items.find(({ action }) => action === 'WIPE')?.target).toContain('mmcblk0');
    expect(run.stdout).not.toContain('PRIVATE KEY');
  });

  it('installing needs the typed name, and refuses another: nothing changes', async () => {
    const before = await stateOf('kitchen');
    const wrong = await typed(['install', 'kitchen'], 'kitchn');
    expectCode(wrong, 4);
    expect((await project.last()).finished?.error?.code).toBe('answer.refused');
    const yes = await typed(['install', 'kitchen'], 'yes');
    expectCode(yes, 4);
    expect((await project.last()).finished?.error?.code).toBe('answer.refused');
    expect(await stateOf('kitchen')).toBe(before);
  });

  it('a script types the name by --yes-wipe, of each host and of no other', async () => {
    expectCode(await project.rpi(['install', 'kitchen']), 5);
    expectCode(await project.rpi(['install', 'kitchen', '--yes-wipe', 'garden']), 2);
    expect(eventsOf(await project.last(), 'host.started')).toEqual([]);
    expectCode(await project.rpi(['install', 'kitchen', '--yes-wipe', 'all']), 2);
    expectCode(await project.rpi(['install', 'kitchen', 'cellar', '--yes-wipe', 'kitchen']), 5);
    expectCode(await project.rpi(['install', 'kitchen', '--dry-run']), 0);
  });

  it('a plan that was read is carried out, and no other', async () => {
    expectCode(await project.rpi(['install', 'plan', 'kitchen']), 0);
    const [plan] = eventsOf(await project.last(), 'plan');
    const digest = plan?.digest ?? '';
    expect(digest).not.toBe('');
    const wipe = ['install', 'kitchen', '--yes-wipe', 'kitchen'];
    expectCode(await project.rpi([...wipe, '--plan', digest, '--dry-run']), 0);
    expectCode(await project.rpi([...wipe, '--plan', digest, '--arm', 'config.txt']), 4);
    expect((await project.last()).finished?.error?.code).toBe('install.plan-changed');
    expectCode(await project.rpi(['install', 'kitchen', '--plan', 'another']), 4);
    expect(eventsOf(await project.last(), 'question')).toEqual([]);
  });

  it('what is to follow is looked at before anything else: its playbooks must be there', async () => {
    const run = await project.rpi(['install', 'kitchen', '--provision', '--yes-wipe', 'kitchen']);
    expectCode(run, 2);
    expect(run.stdout + run.stderr).toContain('upgrade.yml does not exist');
    expect(eventsOf(await project.last(), 'host.started')).toEqual([]);
  });

  it('options before a subcommand are not passed over', async () => {
    const before = await project.rpi(['install', '--limit', 'garden', 'plan', 'kitchen']);
    expectCode(before, 2);
    expect(before.stderr).toContain('--limit stands before “plan”');
    expectCode(await project.rpi(['install', '--yes-wipe', 'kitchen', 'plan', 'kitchen']), 2);
    expectCode(await project.rpi(['install', 'plan', 'kitchen', '--arm', 'usb']), 2);
  });

  it('one Pi that is refused stops the run before it asks about the others', async () => {
    const run = await project.rpi(['install', 'kitchen', 'garden', '--yes-wipe', 'kitchen']);
    expectCode(run, 4);
    expect(eventsOf(await project.last(), 'question')).toEqual([]);
    expect((await project.last()).finished?.summary).toContain('Nothing was changed');
  });

  it('hosts must be named', async () => {
    expectCode(await project.rpi(['install']), 2);
    expectCode(await project.rpi(['install', 'preflight']), 2);
  });
});
