import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cgroupsIn } from '../../../lab/cgroup.ts';
import { parseLeases } from '../../../lab/network.ts';
import { labPaths } from '../../../lab/paths.ts';
import { withPasswordHash } from '../../../lab/setup.ts';
import { liveRecord, startTimeOf, withLock, writeRecord } from '../../../lab/state.ts';

describe('control groups', () => {
  it('are found on a hybrid host, in both hierarchies', () => {
    const mounts = [
      '30 23 0:26 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755',
      '36 30 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory',
      '39 30 0:35 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,name=systemd',
      '40 30 0:36 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw',
    ].join('\n');
    expect(cgroupsIn('9:name=systemd:/\n4:memory:/agent\n0::/\n', mounts)).toEqual([
      '/sys/fs/cgroup/systemd',
      '/sys/fs/cgroup/unified',
    ]);
  });

  it('are found on a v2 host, below the scope that systemd gave', () => {
    const mounts = '30 23 0:26 / /sys/fs/cgroup rw shared:4 - cgroup2 cgroup2 rw,nsdelegate';
    expect(cgroupsIn('0::/system.slice/run-r1.scope\n', mounts)).toEqual([
      '/sys/fs/cgroup/system.slice/run-r1.scope',
    ]);
  });

  it('are found in a container that sees a part of the hierarchy', () => {
    const mounts = '30 23 0:26 /docker/1f /sys/fs/cgroup rw - cgroup2 cgroup rw';
    expect(cgroupsIn('0::/docker/1f/init\n', mounts)).toEqual(['/sys/fs/cgroup/init']);
  });
});

it('reads the lease of each MAC from dnsmasq', () => {
  const text = [
    '1700000000 b8:27:eb:4a:10:01 10.77.0.71 pi1 ff:01',
    '1700000000 dc:a6:32:4a:10:02 10.77.0.138 * *',
    'duid 00:01',
    '',
  ].join('\n');
  expect([...parseLeases(text)]).toEqual([
    ['b8:27:eb:4a:10:01', '10.77.0.71'],
    ['dc:a6:32:4a:10:02', '10.77.0.138'],
  ]);
});

it('replaces one hash of a shadow file and no other byte', () => {
  const shadow = 'root:*:19000:0:99999:7:::\npi:!:19000:0:99999:7:::\npipi:x:1::::::\n';
  expect(withPasswordHash(shadow, 'pi', '$6$a$b')).toBe(
    'root:*:19000:0:99999:7:::\npi:$6$a$b:19000:0:99999:7:::\npipi:x:1::::::\n',
  );
});

it("refuses a folder whose name an overlay mount can't carry", () => {
  for (const name of ['/tmp/a:b', '/tmp/a,b', '/tmp/a b', '/tmp/a\\b']) {
    expect(() => labPaths(name)).toThrow(expect.objectContaining({ code: 'bad-directory' }));
  }
});

describe("a lab's state", () => {
  let dir = '';
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'rpi-lab-state-'));
  });
  afterEach(async () => {
    await rm(dir, { recursive: true });
  });

  it('does not take a process for the supervisor that only has its pid', async () => {
    const paths = labPaths(dir);
    const record = { pid: process.pid, startTime: '1', bootId: 'another', started: '' };
    await writeRecord(paths, record);
    expect(await liveRecord(paths)).toBeUndefined();
  });

  it('is locked against another process that lives, and against none that died', async () => {
    const paths = labPaths(dir);
    const alive = `${process.ppid} ${startTimeOf(process.ppid) ?? ''}\n`;
    await writeFile(paths.lock, alive);
    await expect(withLock(paths, () => Promise.resolve())).rejects.toMatchObject({ code: 'busy' });
    await writeFile(paths.lock, `${process.ppid} 1\n`);
    await expect(withLock(paths, () => Promise.resolve('ran'))).resolves.toBe('ran');
    await expect(withLock(paths, () => Promise.resolve('again'))).resolves.toBe('again');
  });
});
