/** The long scenarios of `rpi install`: many Pis, power cuts and failures after the wipe. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../core/install/backup.ts';
import { run } from '../../lab/command.ts';
import { enterCommand, labPlug } from '../../lab/lab.ts';
import { eventsOf, expectCode, fullTests, hostsLab, whyNoLab } from './lab-fixture.ts';
import {
  about,
  startInstallLab,
  untilTold,
  yesTo,
  type InstallLab,
} from './install-lab-fixture.ts';
import { ended, type Ended } from './rpi.ts';

const NAMES = ['one', 'two', 'three', 'four'];

describe.skipIf(!hostsLab || !fullTests)(`installing, the long scenarios${whyNoLab}`, () => {
  let lab: InstallLab;

  beforeAll(async () => {
    lab = await startInstallLab(
      NAMES.map((name) => ({ name, installSeconds: name === 'two' ? 20 : 10 })),
    );
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  const nft = async (rule: string): Promise<void> => {
    await run(await enterCommand('nft', rule.split(' '), { dir: lab.lab.lab.dir }));
  };
  const code = async (): Promise<string | undefined> =>
    eventsOf(await lab.project.last(), 'host.finished').at(-1)?.error?.code;
  /** Starts an installation and waits until its installer is so far. */
  const startedUpTo = async (
    host: string,
    detail: RegExp,
    more: readonly string[] = [],
  ): Promise<{ readonly end: Promise<Ended> }> => {
    const child = await lab.project.start(['install', host, ...yesTo([host]), ...more]);
    const end = ended(child);
    await untilTold(
      lab.project,
      (event) =>
        event.kind === 'step.progress' && event.host === host && detail.test(event.detail ?? ''),
    );
    return { end };
  };

  it('four Pis: a canary, then three at once', async () => {
    expectCode(await lab.install(NAMES, ['--parallel', '3']), 0);
    const { events } = await lab.project.last();
    const at = (kind: string, host: string): number =>
      events.findLastIndex(
        (event) => event.kind === kind && 'host' in event && event.host === host,
      );
    for (const name of NAMES.slice(1)) {
      expect(at('host.started', name)).toBeGreaterThan(at('host.finished', 'one'));
    }
    expect(at('host.started', 'four')).toBeLessThan(at('host.finished', 'two'));
    for (const name of NAMES) expect((await lab.jobs(name))[0]?.phase).toBe('proved');
  });

  it('a Pi that is out of order by the time it would begin is refused, and untouched', async () => {
    const { project } = lab;
    const child = await project.start(['install', 'one', 'four', ...yesTo(['one', 'four'])]);
    const end = ended(child);
    await untilTold(project, about('one', 'step.intended', 'restart'));
    // An installed system has its boot partition elsewhere than a new one.
    const boot = 'boot=/boot/firmware; [ -d $boot ] || boot=/boot';
    await lab.lab.on(
      'four',
      `${boot}; mkdir /tmp/b && cp -r $boot/. /tmp/b/ && mount -t tmpfs -o size=1200k tmpfs $boot &&
       cp -r /tmp/b/. $boot/ && { dd if=/dev/zero of=$boot/full bs=4k 2>/dev/null || :; }`,
    );
    expectCode(await end, 4);
    expect(await code()).toBe('install.refused');
    await lab.lab.on(
      'four',
      `${boot}; umount $boot && rm -r /tmp/b; ! ls /var/lib/rpi-install/job.json`,
    );
    expect((await lab.jobs('one'))[0]?.phase).toBe('proved');
  });

  it('config.txt instead of tryboot, also with an option that restarts first', async () => {
    const { project } = lab;
    const config = await project.read('rpi.yml');
    await project.write({ 'rpi.yml': config.replace('release:', 'rtc: ds3231, release:') });
    const refused = await lab.install(['one']);
    expectCode(refused, 4);
    expect(refused.stdout).toMatch(/settings: rtc makes the installer change config\.txt/);
    expectCode(await lab.install(['one'], ['--arm', 'config.txt']), 0);
    await project.write({ 'rpi.yml': config });
    expect((await lab.jobs('one'))[0]).toMatchObject({ phase: 'proved', arming: 'config.txt' });
  });

  it('a stock system gets the installer’s files from here', async () => {
    const folder = join(lab.project.home, 'data/rpi/installtest/payload');
    const files: Record<string, string> = {
      'raspberrypi-ua-netinst/config.txt': `os_prefix=raspberrypi-ua-netinst/\ninitramfs initramfs.gz\n`,
      'raspberrypi-ua-netinst/cmdline.txt': '',
      'raspberrypi-ua-netinst/kernel7.img': 'k',
      'raspberrypi-ua-netinst/initramfs.gz': 'x'.repeat(3_000_000),
    };
    const known: Record<string, { size: number; sha256: string }> = {};
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, 'files', path)), { recursive: true });
      await writeFile(join(folder, 'files', path), text);
      known[path] = { size: text.length, sha256: sha256(Buffer.from(text)) };
    }
    const manifest = { v: 1, name: 'a release', models: [], files: known };
    await writeFile(join(folder, 'payload.json'), JSON.stringify(manifest));
    await lab.lab.on('one', 'rm -rf /boot/raspberrypi-ua-netinst');
    expectCode(await lab.install(['one']), 0);
    expect((await lab.jobs('one'))[0]?.phase).toBe('proved');
  });

  it('power cut after the copy back: the installer starts again by itself, and is followed', async () => {
    const { end } = await startedUpTo('one', /installing the base system/);
    await delay(1000); // the boot files are copied back at once, the system takes longer
    await lab.lab.cut('one');
    await lab.lab.plug('one');
    expectCode(await end, 0);
    expect((await lab.jobs('one'))[0]?.phase).toBe('proved');
  });

  it('power cut while the boot partition is empty: nothing starts, and the note says what to do', async () => {
    const { end } = await startedUpTo('two', /wiping the disk/, ['--deadline', '20']);
    await lab.lab.cut('two');
    await expect(labPlug('two', { dir: lab.lab.lab.dir, timeout: 3 })).rejects.toMatchObject({
      code: 'start-failed',
    });
    expectCode(await end, 1);
    expect(await code()).toBe('install.not-back');
    const explained = await lab.project.rpi(['install', 'explain', 'two']);
    expect(explained.stdout).toContain('Write a new card');
  });

  it('an installer that fails after the wipe tries again, then stands still', async () => {
    const { project } = lab;
    const config = await project.read('rpi.yml');
    await project.write({
      'rpi.yml': config
        .replace('release:', "installer_retries: '2', release:")
        .replace('packages: acl', 'packages: no-such-package'),
    });
    const { end } = await startedUpTo('three', /downloading packages/);
    expectCode(await end, 1);
    await project.write({ 'rpi.yml': config });
    expect(await code()).toBe('install.stopped');
    const warnings = eventsOf(await project.last(), 'log').filter(({ level }) => level === 'warn');
    expect(warnings.map(({ text }) => text)).toContain(
      'a try failed; 1 left, it starts again by itself',
    );
  });

  it('a mirror that dies after the wipe: the installer tries again until it is back', async () => {
    const { project } = lab;
    const config = await project.read('rpi.yml');
    await project.write({
      'rpi.yml': config.replace('release:', "installer_retries: '9', release:"),
    });
    const { end } = await startedUpTo('one', /wiping the disk|base system/);
    await nft('add table inet dead');
    await nft('add chain inet dead in { type filter hook input priority 0 ; }');
    await nft('add rule inet dead in tcp dport 8077 reject with tcp reset');
    await untilTold(project, (event) => event.kind === 'log' && /a try failed/.test(event.text));
    await nft('delete table inet dead');
    expectCode(await end, 0);
    await project.write({ 'rpi.yml': config });
    expect((await lab.jobs('one'))[0]?.phase).toBe('proved');
  });

  it('an installer that keeps silent is followed by who answers, and proved', async () => {
    const { project } = lab;
    const config = await project.read('rpi.yml');
    await project.write({
      'rpi.yml': config.replace('release:', 'installer_telnet: none, release:'),
    });
    expectCode(await lab.install(['one']), 0);
    await project.write({ 'rpi.yml': config });
    const told = eventsOf(await project.last(), 'step.progress').filter(
      ({ step }) => step === 'install',
    );
    expect(told.map(({ detail }) => detail)).not.toContain('setting up the system');
    expect((await lab.jobs('one'))[0]?.phase).toBe('proved');
  });

  it('somebody listens to the installer and reads nothing: it stands still until they go', async () => {
    const { project } = lab;
    await project.write({
      'create/post-install.txt': 'yes "$(printf %04000d 0)" | head -c 12000000\n',
    });
    const { end } = await startedUpTo('four', /wiping the disk|base system/, ['--deadline', '45']);
    // A small buffer, as that of a real Pi's pipe.
    const listen = `import socket, time
while True:
    try:
        s = socket.socket()
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        s.connect(('${lab.lab.address('four')}', 23))
        break
    except OSError:
        time.sleep(0.2)
print('on', flush=True)
time.sleep(600)`;
    const words = await enterCommand('python3', ['-c', listen], { dir: lab.lab.lab.dir });
    const listener = spawn(words.command, words.args, { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(listener.stdout, 'data');
    expectCode(await end, 1);
    expect(await code()).toBe('install.not-back');
    listener.kill();
    expectCode(await project.rpi(['install', 'resume', 'four']), 0);
    await project.write({ 'create/post-install.txt': '' });
    expect((await lab.jobs('four'))[0]?.phase).toBe('proved');
  });

  it('the network is cut while the installer is at work: it is followed again once it is back', async () => {
    const link = async (state: 'down' | 'up'): Promise<void> => {
      // Its port of the bridge: machines are numbered from 0, and so are their cables.
      const words = ['link', 'set', `v${NAMES.indexOf('four')}-0`, state];
      await run(await enterCommand('ip', words, { dir: lab.lab.lab.dir }));
    };
    const { end } = await startedUpTo('four', /base system/);
    await link('down');
    await delay(4000);
    await link('up');
    expectCode(await end, 0);
    expect((await lab.jobs('four'))[0]?.phase).toBe('proved');
  });

  it('rpi killed while the disk is wiped: another terminal sees it through', async () => {
    const before = (await lab.jobs('four'))[0]?.id;
    const child = await lab.project.start(['install', 'four', ...yesTo(['four'])]);
    await untilTold(
      lab.project,
      (event) =>
        event.kind === 'step.progress' &&
        event.host === 'four' &&
        event.detail?.includes('base system') === true,
    );
    child.kill('SIGKILL');
    expect((await lab.jobs('four'))[0]?.phase).toBe('installing');
    expectCode(await lab.project.rpi(['install', 'resume', 'four']), 0);
    const [job] = await lab.jobs('four');
    expect(job?.phase).toBe('proved');
    expect(job?.id).not.toBe(before);
  });
});
