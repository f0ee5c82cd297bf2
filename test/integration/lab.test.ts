import { readFileSync, readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attempt, run } from '../../lab/command.ts';
import type { Command } from '../../lab/command.ts';
import { canHostLab } from '../../lab/host.ts';
import {
  enterCommand,
  execCommand,
  labCut,
  labDown,
  labPlug,
  labSnapshot,
  labStatus,
  labUp,
  labWaitFor,
} from '../../lab/lab.ts';
import type { MachineStatus, RunningLab } from '../../lab/lab.ts';
import { labPaths } from '../../lab/paths.ts';

const hosting = await canHostLab();
if (!hosting.ok) {
  const reasons = hosting.reasons.map((reason) => reason.message).join('; ');
  process.stderr.write(`The lab's tests are skipped: ${reasons}\n`);
}

let dir = '';
let lab: RunningLab;

async function inside(machine: string, script: string): Promise<string> {
  const command = await execCommand(machine, 'sh', ['-c', script], { dir });
  return (await run(command)).stdout.trim();
}

async function entered(command: string, ...args: string[]): Promise<Command> {
  return await enterCommand(command, args, { dir, user: '65534' });
}

function machine(name: string): MachineStatus {
  const found = lab.machines.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no machine ${name}`);
  return found;
}

/** The status of a TCP connect from the bridge's side: 0 when somebody listens. */
async function connects(address: string, seconds = 2): Promise<boolean> {
  const command = await entered(
    'timeout',
    `${seconds}`,
    'bash',
    '-c',
    `exec 3<>/dev/tcp/${address}/22`,
  );
  return (await attempt(command)).code === 0;
}

/** A new boot has a new boot id: waits until the machine is back with one. */
async function waitForNewBoot(name: string, before: string): Promise<void> {
  await expect
    .poll(
      async () => {
        await labWaitFor(name, { dir });
        return await inside(name, 'cat /proc/sys/kernel/random/boot_id').catch(() => before);
      },
      { timeout: 60_000, interval: 200 },
    )
    .not.toBe(before);
  await labWaitFor(name, { dir });
}

async function reboot(name: string, command: string): Promise<void> {
  const before = await inside(name, 'cat /proc/sys/kernel/random/boot_id');
  // The connection into the machine ends with it, in whatever manner.
  await attempt(await execCommand(name, 'sh', ['-c', command], { dir }));
  await waitForNewBoot(name, before);
}

/** What of the lab this machine still has: processes of its supervisor, and mounts. */
function traces(): string[] {
  const found = readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid) || pid === String(process.pid)) return false;
    try {
      const groups = readFileSync(`/proc/${pid}/cgroup`, 'utf8');
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      return groups.includes(labPaths(dir).id) || words.includes(dir);
    } catch {
      return false;
    }
  });
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  return [...found, ...mounts.filter((line) => line.includes(dir))];
}

describe.skipIf(!hosting.ok)('the lab', () => {
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'rpi-lab-test-'));
    lab = await labUp({ dir });
  });

  afterAll(async () => {
    await labDown({ dir });
    await rm(dir, { recursive: true });
  });

  it('has every machine answering ssh, Pis as Raspbian and decoys as Debian', () => {
    expect(lab.machines).toHaveLength(8);
    for (const each of lab.machines) {
      expect(each).toMatchObject({ state: 'on', boots: 1 });
      const flavour = each.kind === 'pi' ? / Raspbian-\d\S*$/ : / Debian-\d\S*$/;
      expect(each.banner).toMatch(flavour);
    }
  });

  it('says that it is up already when it is brought up again, and changes nothing', async () => {
    const again = await labUp({ dir });
    expect(again).toMatchObject({ already: true, pid: lab.pid });
  });

  it('gives a Pi the hardware files of its model, and a decoy none', async () => {
    const read = 'tr -d "\\0" < /sys/firmware/devicetree/base/model; grep Serial /proc/cpuinfo';
    expect(await inside('pi5', read)).toMatch(
      /^Raspberry Pi 5 Model B Rev 1\.0.*c6d1f7024a101005$/s,
    );
    expect(
      await inside('nas1', 'ls /sys/firmware/devicetree 2>&1; grep -c Revision /proc/cpuinfo || :'),
    ).toMatch(/No such file.*\n0$/s);
    expect(await inside('pi1', 'systemctl --failed --quiet --plain')).toBe('');
  });

  it('shows its MACs to an ordinary process on the bridge side', async () => {
    const pi1 = machine('pi1');
    expect(await connects(pi1.address ?? '')).toBe(true);
    const { stdout } = await run(await entered('cat', '/proc/net/arp'));
    expect(stdout).toMatch(new RegExp(`^${pi1.address ?? ''} .* ${pi1.macs[0] ?? ''} `, 'm'));
  });

  it('lets in the key where the key is authorised, and not where a machine is locked', async () => {
    const options = ['-F', '/dev/null', '-oBatchMode=yes', '-oStrictHostKeyChecking=no'];
    const login = async (name: string) => {
      const target = `pi@${machine(name).address ?? ''}`;
      const args = [
        ...options,
        '-oUserKnownHostsFile=/dev/null',
        '-i',
        lab.identity,
        target,
        'sudo id -un',
      ];
      return await attempt(await enterCommand('ssh', args, { dir }));
    };
    expect(await login('pi5')).toMatchObject({ code: 0, stdout: 'root\n' });
    const locked = await login('pi6');
    expect(locked.code).toBe(255);
    expect(locked.stderr).toContain('Permission denied (publickey,password)');
  });

  it('has package lists as old as an image’s, so that Ansible’s apt doesn’t take them for fresh', async () => {
    const made = Number(await inside('pi2', 'stat --format=%Y /var/lib/apt/lists'));
    expect(Date.now() / 1000 - made).toBeGreaterThan(24 * 3600);
  });

  it('upgrades a package from the repository on the bridge', async () => {
    const upgrade =
      'apt-get -qq update && apt-get -qqy dist-upgrade && cat /usr/share/rpi-lab-notice/version';
    expect((await inside('pi2', upgrade)).split('\n').at(-1)).toBe('1.1');
    expect(
      await inside('pi2', 'apt-get -qqy install sqlite3 >&2; sqlite3 :memory: "select 6*7"'),
    ).toBe('42');
  });

  it('shows a sensor after a reboot with its overlay in config.txt, at the same address and MAC', async () => {
    const before = machine('pi1').address;
    expect(await inside('pi1', 'ls -d /sys/bus/w1 2>&1 || :')).toContain('No such file');
    await reboot('pi1', 'echo dtoverlay=w1-gpio >> /boot/firmware/config.txt; reboot');
    expect(await inside('pi1', 'cat /sys/bus/w1/devices/28-*/w1_slave')).toMatch(
      /YES\n.* t=2[0-3]\d{3}$/,
    );
    const status = await labStatus({ dir });
    expect(status.up && status.machines.find((each) => each.name === 'pi1')?.address).toBe(before);
    expect(await inside('pi1', 'cat /sys/class/net/eth0/address')).toBe(machine('pi1').macs[0]);
    expect(Number(await inside('pi1', 'cut -d. -f1 /proc/uptime'))).toBeLessThan(60);
  });

  it('boots tryboot.txt once, and config.txt after that', async () => {
    const flag = 'od -An -tx1 /sys/firmware/devicetree/base/chosen/bootloader/tryboot';
    await inside('pi2', 'cp /boot/firmware/config.txt /boot/firmware/tryboot.txt');
    await reboot('pi2', 'reboot "0 tryboot"');
    expect(await inside('pi2', flag)).toBe('00 00 00 01');
    await reboot('pi2', 'reboot');
    expect(await inside('pi2', flag)).toBe('00 00 00 00');
  });

  it('cuts the power of one Pi, which answers nothing until it is plugged in again', async () => {
    const { address = '' } = machine('pi4');
    await labCut('pi4', { dir });
    expect(await connects(address)).toBe(false);
    await expect(execCommand('pi4', 'true', [], { dir })).rejects.toMatchObject({
      code: 'wrong-state',
    });
    expect(await labPlug('pi4', { dir })).toMatchObject({ state: 'on', address });
    expect(await connects(address)).toBe(true);
  });

  it('installs a Pi anew by its network installer, with the config that bash reads', async () => {
    const machineId = await inside('pi3', 'cat /etc/machine-id');
    const key = await inside('pi3', 'cat /etc/ssh/ssh_host_ed25519_key.pub; touch /root/old');
    const arm = [
      'cd /boot/firmware',
      'mkdir -p raspberrypi-ua-netinst/config/files/root/etc',
      String.raw`printf 'hostname="anew"\r\nusername=bob\nuserpw='\''a $b'\''\npackages=acl\n' > raspberrypi-ua-netinst/config/installer-config.txt`,
      'echo kept > raspberrypi-ua-netinst/config/files/root/etc/listed',
      'echo root:root 600 /etc/listed > raspberrypi-ua-netinst/config/files/a.list',
      'echo "chroot /rootfs touch /etc/$(echo post)" > raspberrypi-ua-netinst/config/post-install.txt',
      String.raw`printf 'os_prefix=raspberrypi-ua-netinst/\ninitramfs initramfs.gz\n' > config.txt`,
      'reboot',
    ];
    await reboot('pi3', arm.join(' && '));
    expect(await inside('pi3', 'hostname; cat /etc/listed; ls /etc/post; id -un bob')).toBe(
      'anew\nkept\n/etc/post\nbob',
    );
    expect(await inside('pi3', 'ls /root/old 2>&1 || :')).toContain('No such file');
    expect(await inside('pi3', 'cat /etc/machine-id')).not.toBe(machineId);
    expect(await inside('pi3', 'cat /etc/ssh/ssh_host_ed25519_key.pub')).not.toBe(key);
    expect(await inside('pi3', 'cat /sys/class/net/eth0/address')).toBe(machine('pi3').macs[0]);
  });

  it('an option that restarts first: by tryboot the old system starts, changed and not installed', async () => {
    const machineId = await inside('pi2', 'cat /etc/machine-id');
    const arm = [
      'cd /boot/firmware',
      'mkdir -p raspberrypi-ua-netinst/config',
      'echo rtc=ds3231 > raspberrypi-ua-netinst/config/installer-config.txt',
      String.raw`printf 'os_prefix=raspberrypi-ua-netinst/\n' > tryboot.txt`,
      'reboot "0 tryboot"',
    ];
    await reboot('pi2', arm.join(' && '));
    expect(await inside('pi2', 'cat /etc/machine-id')).toBe(machineId);
    expect(await inside('pi2', 'tail -n 1 /boot/firmware/config.txt')).toBe(
      'dtoverlay=i2c-rtc,ds3231',
    );
    await inside('pi2', 'rm -r /boot/firmware/raspberrypi-ua-netinst');
  });

  it('is a dead machine when the power is cut while the installer has wiped it', async () => {
    const arm = [
      'mkdir -p /boot/firmware/raspberrypi-ua-netinst/config',
      String.raw`printf 'os_prefix=raspberrypi-ua-netinst/\n' > /boot/firmware/tryboot.txt`,
      'reboot "0 tryboot"',
    ];
    // A system that is still starting may not hear that it is to start again.
    await inside('pi2', 'timeout 30 systemctl is-system-running --wait || :');
    const armed = await attempt(await execCommand('pi2', 'sh', ['-c', arm.join(' && ')], { dir }));
    const folder = join(labPaths(dir).machines, 'pi2');
    const told = `${JSON.stringify(armed)}; ${readdirSync(folder).join(', ')}`;
    await expect
      .poll(() => readdirSync(join(folder, 'disk')), { timeout: 60_000, message: told })
      .toContain('wiped');
    await labCut('pi2', { dir });
    await expect(labPlug('pi2', { dir, timeout: 3 })).rejects.toMatchObject({
      code: 'start-failed',
      message: expect.stringContaining('dead') as unknown,
    });
  });

  it('begins from a snapshot as often as one likes', async () => {
    await inside('pi4', 'echo saved > /root/state');
    await labSnapshot('enrolled', { dir });
    expect(await inside('pi4', 'cat /root/state')).toBe('saved');
    for (const text of ['first', 'second']) {
      await inside('pi4', `echo ${text} > /root/state`);
      await labDown({ dir });
      lab = await labUp({ dir, snapshot: 'enrolled', file: await smallLab() });
      expect(await inside('pi4', 'cat /root/state')).toBe('saved');
    }
  });

  it('keeps what the machines had over down and up, and forgets it with the snapshot fresh', async () => {
    await inside('pi4', 'echo mine > /root/state');
    await labDown({ dir });
    lab = await labUp({ dir, file: await smallLab() });
    expect(await inside('pi4', 'cat /root/state')).toBe('mine');
    await labDown({ dir });
    lab = await labUp({ dir, snapshot: 'fresh', file: await smallLab() });
    expect(await inside('pi4', 'ls /root/state 2>&1 || :')).toContain('No such file');
  });

  it('leaves no process and no mount when its one process is killed, and comes up again', async () => {
    process.kill(lab.pid, 'SIGKILL');
    await expect.poll(traces, { timeout: 10_000 }).toEqual([]);
    expect(await labStatus({ dir })).toMatchObject({ up: false });
    lab = await labUp({ dir, file: await smallLab() });
    expect(lab.machines.map((each) => each.state)).toEqual(['on']);
  });

  it('leaves nothing when it is interrupted while it starts', async () => {
    await labDown({ dir });
    const interrupt = new AbortController();
    const up = labUp({ dir, file: await smallLab(), signal: interrupt.signal });
    await expect.poll(() => readdirSync(dir), { timeout: 30_000 }).toContain('cgroups.json');
    interrupt.abort();
    await expect(up).rejects.toMatchObject({ code: 'interrupted' });
    await expect.poll(traces, { timeout: 10_000 }).toEqual([]);
    expect(await labDown({ dir })).toBe(false);
  });

  it('refuses a snapshot that was never saved, and names those that were', async () => {
    const up = labUp({ dir, file: await smallLab(), snapshot: 'provisioned' });
    await expect(up).rejects.toMatchObject({
      code: 'unknown-snapshot',
      message: expect.stringContaining('fresh, enrolled') as unknown,
    });
    await expect.poll(traces).toEqual([]);
  });
});

/** A lab of pi4 alone, as the default lab has it. */
async function smallLab(): Promise<string> {
  const file = join(dir, 'small.yml');
  const fields =
    "macs: ['2c:cf:67:4a:10:04'], model: Raspberry Pi Zero 2 W Rev 1.0, login: pi/raspberry";
  await writeFile(
    file,
    `version: 1\nmachines:\n  - { name: pi4, ${fields}, serial: '00000000b24a1004' }\n`,
  );
  return file;
}

describe.skipIf(!hosting.ok)('a lab of faults', () => {
  const model = 'model: Raspberry Pi 3 Model B Rev 1.2, login: key';
  const one = (name: string, last: string, fields: string) =>
    `  - { name: ${name}, macs: ['b8:27:eb:00:00:${last}'], ${model}, ${fields} }\n`;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'rpi-lab-test-'));
    const file = join(dir, 'faults.yml');
    const machines = [
      one('hung', '01', 'faults: [sshd-hangs]'),
      one('full', '02', 'faults: [disk-full, under-voltage]'),
      one('solid', '03', 'faults: [read-only]'),
      one('dying', '04', 'faults: [{ dies-after: 12 }]'),
      one('crowd', '05', 'addresses: 40'),
    ];
    await writeFile(file, `version: 1\nmachines:\n${machines.join('')}`);
    lab = await labUp({ dir, file });
  });

  afterAll(async () => {
    await labDown({ dir });
    await rm(dir, { recursive: true });
  });

  it('has an sshd that accepts and says nothing', async () => {
    // `up` waits for greetings, and this one never gives one: it may still be booting.
    let address = '';
    await expect
      .poll(
        async () => {
          const status = await labStatus({ dir });
          const hung = status.up ? status.machines.find(({ name }) => name === 'hung') : undefined;
          address = hung?.address ?? '';
          return address !== '' && (await connects(address));
        },
        { timeout: 30_000 },
      )
      .toBe(true);
    const read = await entered(
      'timeout',
      '1',
      'bash',
      '-c',
      `exec 3<>/dev/tcp/${address}/22; read -r x <&3`,
    );
    expect((await attempt(read)).code).toBe(124);
  });

  it('has a disk without a free byte, and a Pi that reports under-voltage', async () => {
    const write = 'head -c 100000 /dev/zero > /root/more';
    const full = await attempt(await execCommand('full', 'sh', ['-c', write], { dir }));
    expect(full.stderr).toContain('No space left on device');
    expect(
      await inside(
        'full',
        'cat /sys/class/hwmon/hwmon1/name /sys/class/hwmon/hwmon1/in0_lcrit_alarm',
      ),
    ).toBe('rpi_volt\n1');
  });

  it('has a root that turned read-only', async () => {
    await expect
      .poll(async () => await inside('solid', 'awk \'$2 == "/" { print $4 }\' /proc/mounts'))
      .toMatch(/^ro,/);
  });

  it('has a machine that loses its power', async () => {
    const state = async () => {
      const status = await labStatus({ dir });
      return status.up && status.machines.find((each) => each.name === 'dying')?.state;
    };
    await expect.poll(state, { timeout: 30_000 }).toBe('off');
  });

  it('has a machine that answers on forty addresses, each with its own MAC', async () => {
    const places = Array.from({ length: 39 }, (_, index) => `10.77.0.${200 + index}`);
    // So many programs at once take their time to begin, and so does the machine’s sshd.
    const answering = async (): Promise<number> => {
      const answers = await Promise.all(places.map((place) => connects(place, 30)));
      return answers.filter((each) => each).length;
    };
    await expect.poll(answering, { timeout: 60_000, interval: 1000 }).toBe(39);
    const { stdout } = await run(await entered('cat', '/proc/net/arp'));
    const macs = stdout.split('\n').filter((line) => /^10\.77\.0\.2[0-3]\d /.test(line));
    expect(new Set(macs.map((line) => line.split(/\s+/)[3])).size).toBe(39);
  });
});
