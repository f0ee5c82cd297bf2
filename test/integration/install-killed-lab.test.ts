/** `rpi` killed with SIGKILL, or the power cut, where nothing of the disk is lost yet; and killed at the proof. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Event } from '../../core/runs/event.ts';
import { expectCode, hostsLab, printed, whyNoLab } from './lab-fixture.ts';
import {
  about,
  filesIn,
  hostsFolder,
  startInstallLab,
  textOf,
  untilTold,
  yesTo,
  type InstallLab,
} from './install-lab-fixture.ts';
import { ended } from './rpi.ts';

/** A program that waits before it does its work where `condition` holds, and leaves a file then. */
const slow = (name: string, seconds: number, condition: string): string =>
  `#!/bin/sh\nif ${condition}; then : >/tmp/waiting; sleep ${seconds}; fi\nexec /usr/bin/${name} "$@"\n`;
const onPi = (name: string, text: string): string =>
  `cat >/usr/local/bin/${name} <<'RPI'\n${text}RPI\nchmod 755 /usr/local/bin/${name}`;
const WAITING = 'timeout 60 sh -c "until [ -e /tmp/waiting ]; do sleep 0.1; done"';

describe.skipIf(!hostsLab)(`an installation that is killed${whyNoLab}`, () => {
  let lab: InstallLab;

  beforeAll(async () => {
    lab = await startInstallLab([{ name: 'attic', installSeconds: 2 }]);
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  const on = (script: string): Promise<string> => lab.lab.on('attic', script);
  /** Everything on the boot partition, by content; a new system has it elsewhere than a stock one. */
  const bootFiles = (): Promise<string> =>
    on(
      'cd /boot/firmware 2>/dev/null || cd /boot; find . -type f | sort | xargs -d "\\n" sha256sum',
    );
  /** Starts an installation and kills it once `reached`. */
  const killed = async (reached: () => Promise<unknown>): Promise<void> => {
    const child = await lab.project.start(['install', 'attic', ...yesTo(['attic'])]);
    const end = ended(child);
    await reached();
    child.kill('SIGKILL');
    await end;
  };
  const told = (fits: (event: Event) => boolean) => (): Promise<void> =>
    untilTold(lab.project, fits);
  const phases = async (): Promise<string[]> => (await lab.jobs('attic')).map(({ phase }) => phase);
  const explained = async (): Promise<string> => {
    const done = await lab.project.rpi(['install', 'explain', 'attic']);
    expectCode(done, 0);
    return done.stdout;
  };

  it('rpi killed while it takes the Pi for itself: rollback lets go of it, and resume begins anew', async () => {
    const before = await bootFiles();
    await on(onPi('flock', slow('flock', 2, '[ ! -e /var/lib/rpi-install/job.json ]')));
    await killed(() => on(`rm -f /tmp/waiting; ${WAITING}`));
    expect(await phases()).toEqual(['begun']);
    expect(await explained()).toContain('begun; nothing was armed');
    // What was sent to the Pi goes on there without rpi.
    await on('timeout 30 sh -c "until [ -e /var/lib/rpi-install/job.json ]; do sleep 0.1; done"');
    expectCode(await lab.project.rpi(['install', 'rollback', 'attic']), 0);
    expect(await on('ls /var/lib/rpi-install')).toBe('lock\n');
    expect(await bootFiles()).toBe(before);

    // The other order: the killed run's word reaches the Pi when its job is already taken back.
    await on('rm -f /var/lib/rpi-install/job.json');
    await on(onPi('flock', slow('flock', 6, 'mkdir /tmp/once 2>/dev/null')));
    await killed(() => on(`rm -f /tmp/waiting; ${WAITING}`));
    expectCode(await lab.project.rpi(['install', 'rollback', 'attic']), 0);
    await on('timeout 30 sh -c "until [ -e /var/lib/rpi-install/job.json ]; do sleep 0.1; done"');
    expectCode(await lab.project.rpi(['install', 'resume', 'attic', ...yesTo(['attic'])]), 0);
    expect(await phases()).toEqual(['proved', 'undone', 'undone']);
  });

  it('rpi killed during the backup: nothing was written on the Pi, and resume begins anew', async () => {
    await on(onPi('base64', slow('base64', 5, '[ "$1" = /etc/hostname ]')));
    const before = await bootFiles();
    await killed(() => on(`rm -f /tmp/waiting; ${WAITING}`));
    expect((await phases())[0]).toBe('begun');
    expect(await bootFiles()).toBe(before);
    expect(await explained()).toContain('rpi install resume attic');
    const status = await lab.project.rpi(['install', 'status', 'attic']);
    expect(status.stdout).toContain('rpi install resume attic goes on');
    expectCode(await lab.project.rpi(['install', 'resume', 'attic', ...yesTo(['attic'])]), 0);
    expect((await phases()).slice(0, 2)).toEqual(['proved', 'undone']);
  });

  it('power cut during arming: the old system starts later, and what was replaced is put back', async () => {
    const before = await bootFiles();
    await on(
      onPi(
        'mv',
        slow(
          'mv',
          30,
          'case "$*" in *post-install*) mkdir /var/tmp/once 2>/dev/null ;; *) false ;; esac',
        ),
      ),
    );
    await on('rm -f /tmp/waiting');
    const child = await lab.project.start(['install', 'attic', ...yesTo(['attic'])]);
    const end = ended(child);
    await on(WAITING);
    expect(await bootFiles()).not.toMatch(/tryboot\.txt|\.\/raspberry.*post-install/);
    await lab.lab.cut('attic');
    // As long as a Pi takes to be switched on again and to start.
    await untilTold(
      lab.project,
      (event) => event.kind === 'log' && event.text.startsWith('it does not answer'),
    );
    await lab.lab.plug('attic');
    expectCode(await end, 1);
    await on('rm -f /usr/local/bin/*');
    expect(await bootFiles()).toBe(before);
    expect((await phases())[0]).toBe('undone');
  });

  it('rpi killed during the proof: resume proves it, and nothing is installed twice', async () => {
    const { project } = lab;
    const wrapper = slow('dpkg-query', 4, 'mkdir /tmp/once 2>/dev/null');
    await project.write({
      'create/post-install.txt': `cat >/rootfs/usr/local/bin/dpkg-query <<'RPI'\n${wrapper}RPI\nchmod 755 /rootfs/usr/local/bin/dpkg-query\n`,
    });
    await killed(told(about('attic', 'step.finished', 'install')));
    await project.write({ 'create/post-install.txt': '' });
    const [job] = await lab.jobs('attic');
    expect(job?.phase).toBe('installing');
    const machine = await on('cat /etc/machine-id');
    const status = await project.rpi(['install', 'status', 'attic']);
    expect(status.stdout).toContain('its new system answers: rpi install resume attic proves it');
    // There is no way back, and rollback says so.
    expect((await project.rpi(['install', 'rollback', 'attic'])).code).not.toBe(0);
    const resumed = await project.start(['install', 'resume', 'attic']);
    const end = ended(resumed);
    await printed(resumed, /packages/);
    expectCode(await end, 0);
    expect((await lab.jobs('attic'))[0]).toMatchObject({ id: job?.id, phase: 'proved' });
    expect(await on('cat /etc/machine-id')).toBe(machine);
    const kept = await filesIn(join(hostsFolder(project), 'attic/installs', job?.id ?? ''));
    expect(kept).not.toContain('RECOVERY.md');
    expect(await textOf(join(project.home, 'data/rpi/installtest/known_hosts'))).toContain(
      'ssh-ed25519',
    );
    expect(await explained()).not.toContain('If attic does not come back');
  });
});
