import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { attempt } from '../../lab/command.ts';
import { loopbackUp } from '../../lab/loopback.ts';
import type { Loopback, LoopbackHost } from '../../lab/loopback.ts';

async function ssh(host: LoopbackHost, command: string, ...options: string[]) {
  const known = [`-oUserKnownHostsFile=/dev/null`, '-oStrictHostKeyChecking=no', '-oBatchMode=yes'];
  const place = ['-p', String(host.port), `${host.user}@${host.address}`];
  return await attempt({
    command: 'ssh',
    args: ['-F', '/dev/null', ...known, ...options, ...place, command],
  });
}

function processesNaming(text: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text);
    } catch {
      return false;
    }
  });
}

describe.skipIf(!existsSync('/usr/sbin/sshd'))('the loopback lab', () => {
  let lab: Loopback | undefined;
  afterEach(async () => await lab?.down());

  it('runs a command on each host, which has the host key that the lab names', async () => {
    lab = await loopbackUp({ count: 3 });
    expect(new Set(lab.hosts.map((host) => host.hostKeyPub)).size).toBe(3);
    for (const host of lab.hosts) {
      const { code, stdout } = await ssh(host, 'echo $RPI_LOOPBACK_HOST', '-i', lab.identity);
      expect({ code, stdout }).toEqual({ code: 0, stdout: `${host.name}\n` });
      const scan = await attempt({
        command: 'ssh-keyscan',
        args: ['-t', 'ed25519', '-p', String(host.port), host.address],
      });
      expect(scan.stdout).toContain(host.hostKeyPub.split(' ')[1]);
    }
  });

  it('lets nobody in without the key', async () => {
    lab = await loopbackUp({ count: 1 });
    const [host] = lab.hosts;
    if (host === undefined) throw new Error('no host');
    const { code, stderr } = await ssh(host, 'true', '-oIdentitiesOnly=yes', '-i', '/dev/null');
    expect(code).toBe(255);
    expect(stderr).toContain('Permission denied');
  });

  it('answers on fifty addresses with one host key', async () => {
    lab = await loopbackUp({ count: 50, daemons: 'few' });
    expect(new Set(lab.hosts.map((host) => `${host.address}:${host.port}`)).size).toBe(50);
    expect(new Set(lab.hosts.map((host) => host.hostKeyPub)).size).toBe(1);
    const last = lab.hosts[49];
    if (last === undefined) throw new Error('no host');
    expect((await ssh(last, 'true', '-i', lab.identity)).code).toBe(0);
  });

  it('leaves no process, session or file behind', async () => {
    const here = await loopbackUp({ count: 1 });
    const [host] = here.hosts;
    if (host === undefined) throw new Error('no host');
    const session = ssh(host, `sleep 300 # ${here.dir}`, '-i', here.identity);
    await expect.poll(() => processesNaming(`sleep 300 # ${here.dir}`).length).toBeGreaterThan(0);
    await here.down();
    expect((await session).code).not.toBe(0);
    await expect.poll(() => processesNaming(here.dir)).toEqual([]);
    expect(existsSync(here.dir)).toBe(false);
  });
});
