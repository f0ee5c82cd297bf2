/** What `rpi install` tells from its records, of Pis that answer nothing. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acquireLock } from '../../core/files/lock.ts';
import { saveJob, type Job } from '../../core/install/job.ts';
import type { InstallRequest } from '../../core/install/install.ts';
import { resume, rollback } from '../../core/install/resume.ts';
import { explain, installStatus } from '../../core/install/status.ts';
import { makeProject, run, type TestProject } from './project.ts';

/** A port of this machine where nobody listens. */
const PORT = 9;
const JOB: Job = {
  v: 1,
  id: '20260101T000000000Z-abcdef',
  nonce: 'n'.repeat(32),
  owner: 'ann@laptop',
  host: 'kitchen',
  address: '127.0.0.1',
  port: PORT,
  phase: 'begun',
  started: '2026-01-01T00:00:00.000Z',
  changed: '2026-01-01T00:00:00.000Z',
  arming: 'tryboot',
  backend: 'netinst',
  system: 'bookworm',
  bootFolder: '/boot',
  written: { files: [], folders: [], armedBy: 'tryboot.txt' },
  before: { bootId: 'b' },
  expected: { hostKey: 'ssh-ed25519 AAAA', packages: [] },
  deadline: 60_000,
};

describe('the record of an installation', () => {
  let test: TestProject;

  beforeAll(async () => {
    const at = `ansible_host: 127.0.0.1, ansible_port: ${PORT}`;
    test = await makeProject({
      config: ['access: {identity: key}'],
      inventory: `all: {hosts: {kitchen: {${at}}, garden: {${at}}, attic: {${at}}}}\n`,
    });
    execFileSync('ssh-keygen', [
      ...['-q', '-t', 'ed25519', '-N', '', '-f'],
      join(test.project.root, 'key'),
    ]);
    await saveJob(test.project, JOB);
    await saveJob(test.project, { ...JOB, host: 'gone', phase: 'failed' });
  });
  afterAll(() => test[Symbol.asyncDispose]());

  it('of an unfinished one names what can be done next', async () => {
    const text = await explain('kitchen', test.context());
    expect(text).toContain('begun; nothing was armed');
    expect(text).toMatch(/next: .*rpi install resume kitchen.*rpi install rollback kitchen/);
    const { events } = await run(installStatus({ hosts: 'kitchen' }, test.context()));
    expect(JSON.stringify(events)).toContain('is it switched on?');
  });

  it('of one that another run is at work on names that run, and proposes no second one', async () => {
    await using _lock = await acquireLock(
      test.project.locks,
      'host kitchen',
      'rpi install kitchen',
    );
    const { events } = await run(installStatus({ hosts: 'kitchen' }, test.context()));
    const told = [JSON.stringify(events), await explain('kitchen', test.context())];
    for (const text of told) {
      expect(text).toContain('“rpi install kitchen” is at work on it');
      expect(text).toContain('rpi runs follow');
      expect(text).not.toContain('rpi install resume');
    }
  });

  it('of a Pi that has another address by now is looked for where the inventory says', async () => {
    await using moved = await makeProject({
      config: [`access: {identity: ${join(test.project.root, 'key')}}`],
      inventory: `all: {hosts: {kitchen: {ansible_host: 127.0.0.77, ansible_port: ${PORT}}}}\n`,
    });
    await saveJob(moved.project, JOB);
    const named = { hosts: 'kitchen' };
    const { outcome } = await run(rollback(named, moved.context()));
    expect(outcome.ends[0]?.error?.message).toBe('kitchen (127.0.0.77) does not answer.');
    const { outcome: status } = await run(installStatus(named, moved.context()));
    expect(status.jobs).toMatchObject([{ address: '127.0.0.77' }]);
  });

  it('is resumed for the hosts within --limit, and for no typed name that is none of them', async () => {
    const request = {
      ...{ hosts: 'all', limit: undefined, arming: 'tryboot' as const, yesWipe: [], plans: [] },
      ...{ canary: 1, parallel: 4, deadline: 60_000, afterwards: [], colour: false },
    };
    const resumed = (changes: Partial<InstallRequest>) =>
      run(resume({ ...request, ...changes }, test.context()));
    await expect(resumed({ limit: 'garden' })).rejects.toMatchObject({ code: 'install.no-job' });
    await expect(resumed({ yesWipe: ['kitchn'] })).rejects.toMatchObject({
      code: 'input.invalid',
      remedy: 'It takes the exact name of a host, once for each: kitchen, garden, attic.',
    });
  });

  it('is told of a host that left the inventory, and a name that nobody knows is called that', async () => {
    expect(await explain('gone', test.context())).toContain('not proved');
    await expect(explain('kitchn', test.context())).rejects.toMatchObject({
      code: 'inventory.no-match',
    });
    await expect(explain('garden', test.context())).rejects.toMatchObject({
      code: 'install.no-job',
      remedy: expect.stringContaining('rpi install garden') as string,
    });
  });

  it('of a group leaves out those that were never installed; of none it says so', async () => {
    const { events, outcome } = await run(rollback({ hosts: 'kitchen,garden' }, test.context()));
    expect(events.filter(({ kind }) => kind === 'log')).toMatchObject([
      { host: 'garden', text: 'it was not installed from here, and is left out' },
    ]);
    expect(outcome.ends.map(({ host, status }) => `${host} ${status}`)).toEqual(['kitchen failed']);
    await expect(run(rollback({ hosts: 'garden,attic' }, test.context()))).rejects.toMatchObject({
      code: 'install.no-job',
      message: 'garden, attic were not installed from here.',
    });
  });
});
