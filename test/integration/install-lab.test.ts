/** `rpi install` for real: virtual Pis are wiped, installed anew, and proved. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventsOf, expectCode, hostsLab, whyNoLab } from './lab-fixture.ts';
import { filesIn, hostsFolder, startInstallLab, textOf, type InstallLab } from './install-lab-fixture.ts';

describe.skipIf(!hostsLab)(`installing${whyNoLab}`, () => {
  let lab: InstallLab;

  beforeAll(async () => {
    lab = await startInstallLab([{ name: 'kitchen', installSeconds: 2 }]);
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  it('gives a running Pi a new system and proves that it is this one', async () => {
    const { project } = lab;
    const before = await lab.lab.on('kitchen', 'cat /etc/machine-id; touch /home/pi/old');
    expectCode(await lab.install(['kitchen']), 0);

    const run = await project.last();
    const steps = eventsOf(run, 'step.intended').map(({ step }) => step);
    expect(steps).toEqual(['arm', 'restart']);
    const proofs = eventsOf(run, 'check').filter(({ seq }) => seq > (eventsOf(run, 'step.intended').at(-1)?.seq ?? 0));
    expect(proofs.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'new host key ok',
      'job ok',
      'machine id ok',
      'host name ok',
      'packages ok',
    ]);
    const told = eventsOf(run, 'step.progress').filter(({ step }) => step === 'install');
    expect(told.map(({ detail }) => detail?.split(',')[0])).toContain('wiping the disk');
    expect(told.at(-1)?.done).toBeGreaterThan(told[0]?.done ?? 100);

    const [job] = await lab.jobs('kitchen');
    expect(job?.phase).toBe('proved');
    const now = await lab.lab.on('kitchen', 'cat /etc/machine-id /etc/hostname; ls /home/pi /boot; cat /etc/rpi-install.json');
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
    expect(await textOf(join(project.home, 'data/rpi/installtest/known_hosts'))).toContain('ssh-ed25519');
    expectCode(await project.rpi(['install', 'status']), 0);
  });
});
