/** `rpi install` for real: virtual Pis are wiped, installed anew, and proved; and what goes wrong on the way. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NETINST_PROGRESS } from '../../core/install/backends/netinst/progress.ts';
import { eventsOf, expectCode, hostsLab, playbook, printed, whyNoLab } from './lab-fixture.ts';
import {
  about,
  bootPartition,
  filesIn,
  hostsFolder,
  startInstallLab,
  textOf,
  untilState,
  untilTold,
  yesTo,
  type InstallLab,
} from './install-lab-fixture.ts';
import { ended } from './rpi.ts';

/** Makes a program on a Pi wait before it does its work, where `condition` holds. */
const slow = (name: string, seconds: number, condition: string): string =>
  `printf '#!/bin/sh\\nif %s; then sleep ${seconds}; fi\\nexec /usr/bin/${name} "$@"\\n' '${condition}' >/usr/local/bin/${name} && chmod 755 /usr/local/bin/${name}`;
const UPLOADING = slow('base64', 20, '[ "$1" = -d ]');
const ARMING = slow('flock', 20, '[ -e /boot/firmware/rpi-install.new ]');
const FAST = 'rm -f /usr/local/bin/*';

describe.skipIf(!hostsLab)(`installing${whyNoLab}`, () => {
  let lab: InstallLab;

  beforeAll(async () => {
    lab = await startInstallLab([
      { name: 'kitchen', installSeconds: 8 },
      { name: 'garden', installSeconds: 4 },
      { name: 'attic', installSeconds: 2 },
      { name: 'cellar', installSeconds: 30 },
    ]);
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  it('gives a running Pi a new system and proves that it is this one', async () => {
    const { project } = lab;
    const before = await lab.lab.on('kitchen', 'cat /etc/machine-id; touch /home/pi/old');
    expectCode(await lab.install(['kitchen']), 0);

    const run = await project.last();
    const steps = eventsOf(run, 'step.intended').map(({ step }) => step);
    expect(steps).toEqual(['arm', 'restart']);
    const last = run.events.findLastIndex(({ kind }) => kind === 'step.intended');
    const proofs = eventsOf({ events: run.events.slice(last) }, 'check');
    expect(proofs.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'new host key ok',
      'job ok',
      'machine id ok',
      'host name ok',
      'packages ok',
    ]);
    const told = eventsOf(run, 'step.progress').filter(({ step }) => step === 'install');
    // What lasts a moment only may not be told.
    const titles = new Set(NETINST_PROGRESS.marks.map(({ title }) => title));
    const phases = told.filter(({ detail = '' }) => titles.has(detail.split(',')[0] ?? ''));
    expect(phases.length, JSON.stringify(told)).toBeGreaterThan(1);
    expect(told.at(-1)?.done).toBeGreaterThan(told[0]?.done ?? 100);

    const [job] = await lab.jobs('kitchen');
    expect(job?.phase).toBe('proved');
    const now = await lab.lab.on(
      'kitchen',
      'cat /etc/machine-id /etc/hostname; ls /home/pi /boot; cat /etc/rpi-install.json',
    );
    expect(now).not.toContain(before.trim());
    expect(now).toContain(job?.nonce);
    expect(now).not.toMatch(/^old$|tryboot|rpi-install\.new/m);
    // The backup stays; the note was for a Pi that does not come back.
    const kept = await filesIn(join(hostsFolder(project), 'kitchen/installs', job?.id ?? ''));
    expect(kept).toContain('backup/boot/firmware/config.txt');
    expect(kept).toContain('backup/etc/ssh/ssh_host_ed25519_key');
    expect(kept).not.toContain('RECOVERY.md');
    // The new host key is on record: nothing is asked, nothing is refused.
    expectCode(await project.rpi(['access', 'check', 'kitchen']), 0);
    expect(await textOf(join(project.home, 'data/rpi/installtest/known_hosts'))).toContain(
      'ssh-ed25519',
    );
    expectCode(await project.rpi(['install', 'status']), 0);
  });

  it('a boot partition that fills up after the checks: nothing is armed, and what was written goes', async () => {
    const { project } = lab;
    await lab.lab.on(
      'garden',
      `mkdir /tmp/b && cp -r /boot/firmware/. /tmp/b/ && mount -t tmpfs -o size=2200k tmpfs /boot/firmware &&
       cp -r /tmp/b/. /boot/firmware/ && rm -r /tmp/b`,
    );
    const before = await bootPartition(lab, 'garden');
    const child = await project.start(['--answers', 'terminal', 'install', 'garden'], {
      input: true,
    });
    await printed(child, /type garden/);
    await lab.lab.on('garden', 'dd if=/dev/zero of=/boot/firmware/full bs=4k 2>/dev/null || :');
    child.stdin?.end('garden\n');
    expectCode(await ended(child), 1);
    expect((await lab.jobs('garden'))[0]).toMatchObject({ phase: 'undone' });
    const end = eventsOf(await project.last(), 'host.finished').at(-1);
    expect(end?.error?.code).toBe('install.upload-failed');
    await lab.lab.on('garden', 'rm /boot/firmware/full');
    expect(await bootPartition(lab, 'garden')).toBe(before);
    await lab.lab.on('garden', 'umount /boot/firmware');
  });

  it('of two operators the second is told who was first; Ctrl-C before the restart takes all back', async () => {
    const { project } = lab;
    const before = await bootPartition(lab, 'garden');
    const other = await lab.colleague();
    await lab.lab.on('garden', slow('base64', 5, '[ "$1" = -d ] && mkdir /tmp/waited 2>/dev/null'));
    const first = await project.start(['install', 'garden', ...yesTo(['garden'])]);
    const firstEnd = ended(first);
    await untilTold(project, about('garden', 'step.started', 'upload'));
    const second = await other.rpi(['install', 'garden', ...yesTo(['garden'])]);
    expectCode(second, 4);
    expect(second.stdout).toMatch(/garden is being installed by \w+@.*, who began at/);
    expect(await lab.jobs('garden', other)).toEqual([]);
    first.kill('SIGINT');
    expectCode(await firstEnd, 130);
    await lab.lab.on('garden', FAST);
    expect(await bootPartition(lab, 'garden')).toBe(before);
    expect(await lab.lab.on('garden', 'ls /var/lib/rpi-install')).toBe('lock\n');
    expect((await lab.jobs('garden'))[0]?.phase).toBe('undone');
  });

  it('power cut during the upload: the old system starts, and what was sent is removed', async () => {
    const { project } = lab;
    const before = await bootPartition(lab, 'attic');
    await lab.lab.on('attic', UPLOADING);
    const child = await project.start(['install', 'attic', ...yesTo(['attic'])]);
    const end = ended(child);
    await untilTold(project, about('attic', 'step.started', 'upload'));
    await lab.lab.cut('attic');
    await lab.lab.plug('attic');
    expectCode(await end, 1);
    await lab.lab.on('attic', FAST);
    expect(await bootPartition(lab, 'attic')).toBe(before);
    expect((await lab.jobs('attic'))[0]?.phase).toBe('undone');
  });

  it('rpi killed during the upload: nothing is armed, and rollback removes what was sent', async () => {
    const { project } = lab;
    const before = await bootPartition(lab, 'attic');
    await lab.lab.on('attic', slow('base64', 2, '[ "$1" = -d ]'));
    const child = await project.start(['install', 'attic', ...yesTo(['attic'])]);
    const end = ended(child);
    await untilTold(project, about('attic', 'step.started', 'upload'));
    child.kill('SIGKILL');
    await end;
    await lab.lab.on('attic', FAST);
    expectCode(await project.rpi(['install', 'rollback', 'attic']), 0);
    expect(await bootPartition(lab, 'attic')).toBe(before);
  });

  it('power cut between upload and arming, and rpi gone: resume begins anew', async () => {
    const { project } = lab;
    await lab.lab.on('attic', ARMING);
    const child = await project.start(['install', 'attic', ...yesTo(['attic'])]);
    await untilTold(project, about('attic', 'step.intended', 'arm'));
    child.kill('SIGKILL');
    await lab.lab.cut('attic');
    await lab.lab.plug('attic');
    await lab.lab.on('attic', FAST);
    expect(await lab.lab.on('attic', 'ls /boot/firmware')).not.toContain('tryboot.txt');
    // What wipes needs the typed name, also the second time.
    expectCode(await project.rpi(['install', 'resume', 'attic']), 5);
    expectCode(await project.rpi(['install', 'resume', 'attic', ...yesTo(['attic'])]), 0);
    expect((await lab.jobs('attic'))[0]?.phase).toBe('proved');
  });

  it('gives a running Pi what an old installer-config.txt says, and the same once more', async () => {
    const { project } = lab;
    const settings = await project.read('rpi.yml');
    await project.write({
      'rpi.yml': settings.replace(/^create:.*\n/m, ''),
      // As it was written for a card, on Windows, years ago.
      'create/installer-config.txt': [
        '# My Pi in the attic',
        'preset=server',
        `mirror=${/mirror: '(.*?)'/.exec(settings)?.[1] ?? ''}`,
        'release=bookworm',
        'packages="acl" # and what it needs',
        'hostname=raspberry',
        "rootpw='it was $ecret'",
        'root_ssh_pwlogin=0',
        'username=ann; userpw="a password"',
        'userperms_admin=1',
        'timezone=Europe/Berlin',
        '',
      ].join('\r\n'),
      'create/post-install.txt': 'echo 2016 >/rootfs/etc/mine\r\n',
      'create/files/my.list': 'root:root 644 /etc/motd\n',
      'create/files/root/etc/motd': 'hello\n',
    });
    const system = (): Promise<string> =>
      lab.lab.on(
        'attic',
        'cat /etc/hostname /etc/timezone /etc/mine /etc/motd; id -nG ann; cut -d: -f1,2 /etc/shadow | grep "^ann:.$" || echo password; cut -c 1-60 /etc/ssh/ssh_host_ed25519_key.pub',
      );
    expectCode(await lab.install(['attic']), 0);
    const [first] = await lab.jobs('attic');
    const once = await system();
    expect(once).toMatch(/^attic\nEurope\/Berlin\n2016\nhello\nann sudo\npassword\nssh-ed25519 /);
    // What lies there for the next time is what would be sent again.
    const compared = await project.rpi(['create', 'render', 'attic', '--diff', '--dry-run']);
    expectCode(compared, 0);
    expect(compared.stdout + compared.stderr).toContain('What is on the Pi is the same.');

    expectCode(await lab.install(['attic']), 0);
    const [second] = await lab.jobs('attic');
    expect(second).toMatchObject({ phase: 'proved', expected: first?.expected });
    expect(second?.before.machineId).not.toBe(first?.before.machineId);
    expect(await system()).toBe(once);
    await project.write({
      'rpi.yml': settings,
      'create/installer-config.txt': 'timezone=Europe/Berlin\n',
      'create/post-install.txt': '',
      'create/files/my.list': '',
    });
  });

  it('power cut after the restart, before the wipe: the old system starts and is told from a new one', async () => {
    const { project } = lab;
    const before = await lab.lab.on('cellar', 'cat /etc/machine-id');
    const files = await bootPartition(lab, 'cellar');
    const child = await project.start(['install', 'cellar', ...yesTo(['cellar'])]);
    const end = ended(child);
    await untilState(lab, 'cellar', 'installing');
    await lab.lab.cut('cellar');
    await lab.lab.plug('cellar');
    expectCode(await end, 1);
    expect(eventsOf(await project.last(), 'host.finished').at(-1)?.error?.code).toBe(
      'install.came-back',
    );
    expect(await lab.lab.on('cellar', 'cat /etc/machine-id')).toBe(before);
    expect(await bootPartition(lab, 'cellar')).toBe(files);
    expect((await lab.jobs('cellar'))[0]?.phase).toBe('came-back');
  });

  it('rpi killed after arming: another terminal follows and proves; a closed terminal stops nothing', async () => {
    const { project } = lab;
    const stages = '{upgrade: null, verify_environment: null, verify_deployment: null}';
    await project.write({
      'rpi.yml': `${await project.read('rpi.yml')}ansible: ${stages}\n`,
      'playbooks/provision.yml': playbook(["- command: 'true'"]),
      'playbooks/deploy.yml': playbook(['- copy: {dest: /home/pi/app, content: deployed}']),
    });
    const child = await project.start(['install', 'kitchen', '--deploy', ...yesTo(['kitchen'])]);
    await untilTold(project, about('kitchen', 'step.intended', 'restart'));
    await untilState(lab, 'kitchen', 'installing');
    child.kill('SIGKILL');
    expectCode(await project.rpi(['install', 'status', 'kitchen']), 0);
    const resumed = await project.start(['install', 'resume', 'kitchen']);
    const end = ended(resumed);
    await untilTold(project, about('kitchen', 'step.started', 'install'));
    resumed.kill('SIGHUP');
    expectCode(await end, 0);
    // What the first run was asked for beyond the proof is done by whoever sees it through, once.
    expect((await lab.jobs('kitchen'))[0]).toMatchObject({ phase: 'proved', afterwards: [] });
    expect(await lab.lab.on('kitchen', 'cat /home/pi/app')).toBe('deployed');
    expect((await project.last()).finished?.summary).toMatch(/proved\. provision: .* deploy: /);
  });

  it('after the first surprise no other Pi is begun', async () => {
    const { project } = lab;
    const before = await bootPartition(lab, 'cellar');
    const held =
      '{"v":1,"nonce":"x","owner":"ann@laptop","started":1000000000,"expires":9000000000}';
    await lab.lab.on(
      'garden',
      `mkdir -p /var/lib/rpi-install; echo '${held}' >/var/lib/rpi-install/job.json`,
    );
    expectCode(await lab.install(['garden', 'cellar']), 4);
    await lab.lab.on('garden', 'rm /var/lib/rpi-install/job.json');
    const ends = eventsOf(await project.last(), 'host.finished').slice(-2);
    expect(ends.map(({ host, status }) => `${host} ${status}`)).toEqual([
      'garden refused',
      'cellar skipped',
    ]);
    expect(ends[0]?.error?.message).toContain('ann@laptop');
    expect(await bootPartition(lab, 'cellar')).toBe(before);
  });

  it('an installer that never comes back: a deadline, and a recovery note', async () => {
    const { project } = lab;
    await project.write({ 'create/post-install.txt': 'sleep 600\n' });
    expectCode(await lab.install(['garden'], ['--deadline', '12']), 1);
    await project.write({ 'create/post-install.txt': '' });
    const end = eventsOf(await project.last(), 'host.finished').at(-1);
    expect(end?.error?.code).toBe('install.not-back');
    const explained = await project.rpi(['install', 'explain', 'garden']);
    expectCode(explained, 0);
    expect(explained.stdout).toMatch(/If garden does not come back/);
    expect(explained.stdout).toMatch(/Start executing post-install/);
    // There is no way back any more, and it says so or that nobody answers.
    expect((await project.rpi(['install', 'rollback', 'garden'])).code).not.toBe(0);
  });
});
