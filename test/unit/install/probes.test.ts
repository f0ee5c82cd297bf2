import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../core/runs/finding.ts';
import type { InstallInput } from '../../../core/install/backend.ts';
import type { Probe } from '../../../core/install/probe.ts';
import { look } from '../../../core/install/probe.ts';
import { INSTALL_PROBES, MACHINE_PROBES } from '../../../core/install/probes.ts';
import { HOST, input, SOURCE, withAnswer, withSettings } from './sample.ts';

const PROBES: readonly Probe<InstallInput>[] = [...MACHINE_PROBES, ...INSTALL_PROBES];

function find(name: string, given: InstallInput): Finding {
  const [finding] = look(
    PROBES.filter((probe) => probe.name === name),
    given,
  );
  if (finding === undefined) throw new Error(`no probe ${name}`);
  return finding;
}

it('find nothing wrong with a Pi that may be installed', () => {
  const wrong = look([...PROBES, ...input().medium.probes], input()).filter(
    ({ status }) => status !== 'ok',
  );
  expect(wrong).toEqual([]);
});

it('say what to do wherever they refuse', () => {
  const bare = withAnswer([
    [/serial .*\n/, ''],
    ['root yes', 'root no'],
    ['boot /boot/firmware\n', ''],
    ['wired 1', 'wired 0'],
    [/root-device .*\n/, ''],
  ]);
  const refusing = look(PROBES, bare).filter(({ status }) => status === 'failed');
  expect(refusing.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['identity', 'root', 'disk', 'boot', 'link']),
  );
  for (const { name, remedy } of refusing) {
    if (name !== 'memory') expect(remedy, name).toBeTruthy();
  }
});

describe('identity', () => {
  it('is refused for another Pi at the same address', () => {
    const finding = find('identity', withAnswer([['E14A1003', 'E14A1004']]));
    expect(finding.status).toBe('failed');
    expect(finding.detail).toContain('10000000e14a1004');
    expect(finding.detail).toContain('10000000e14a1003');
  });

  it('is refused where the inventory does not say which Pi it is', () => {
    const finding = find('identity', input({ host: { ...HOST, serial: undefined } }));
    expect(finding).toMatchObject({
      status: 'failed',
      remedy: expect.stringContaining('enroll') as string,
    });
  });

  it('is refused where none of its MACs is known, and needs only one of them', () => {
    const macs = ['b8:27:eb:00:00:01'];
    expect(find('identity', input({ host: { ...HOST, macs } })).status).toBe('failed');
    const more = { ...HOST, macs: [...macs, ...HOST.macs] };
    expect(find('identity', input({ host: more })).status).toBe('ok');
  });
});

describe('role', () => {
  it.each([
    ['the machine we run on', { bootId: '29a945fa-c120-4280-be81-199b665ce2e3' }],
    ['an address of ours', { addresses: ['192.168.1.40'] }],
    ['our gateway', { gateways: ['192.168.1.40'] }],
    ['our name server', { nameServers: ['192.168.1.40'] }],
  ])('refuses %s', (_name, here) => {
    const { here: around } = input();
    expect(find('role', input({ here: { ...around, ...here } })).status).toBe('failed');
  });

  it('does not take the same container network on both for the same machine', () => {
    const both = withAnswer([['address lo', 'address docker0 172.17.0.1/16\naddress lo']]);
    expect(find('role', both).status).toBe('ok');
  });

  it('refuses a Pi that serves its own packages', () => {
    const sources = [{ ...SOURCE, addresses: ['192.168.1.40'] }];
    expect(find('source role', input({ sources })).status).toBe('failed');
  });
});

describe('power', () => {
  it('refuses under-voltage now, warns of what was before, and says when it can’t tell', () => {
    expect(find('power', input({ vitals: { throttled: 0x50005 } })).status).toBe('failed');
    expect(find('power', input({ vitals: { underVoltage: true } })).status).toBe('failed');
    expect(find('power', input({ vitals: { throttled: 0x50000 } })).status).toBe('warning');
    expect(find('power', input({ vitals: { throttled: 0x8 } })).status).toBe('warning');
    expect(find('power', input({ vitals: {} })).status).toBe('skipped');
    expect(find('power', input({ vitals: undefined })).status).toBe('skipped');
  });
});

it('root is refused where sudo asks', () => {
  expect(find('root', withAnswer([['root yes', 'root no']])).status).toBe('failed');
});

it('packages refuses while dpkg runs', () => {
  const busy = withAnswer([['root yes', 'root yes\nbusy dpkg\nbusy dpkg']]);
  expect(find('packages', busy)).toMatchObject({ status: 'failed', detail: 'dpkg is running' });
});

describe('disk', () => {
  it.each([
    ['can’t be told', [[/root-device .*\n/, '']]],
    ['is not what it runs from', [['root-device mmcblk0p2 mmcblk0', 'root-device sda2 sda']]],
    ['is under LUKS', [['disk mmcblk0', 'holder mmcblk0 dm-0\ndisk mmcblk0']]],
    ['is too small', [['62333952', '1000000']]],
    ['is not there', [['disk mmcblk0', 'disk mmcblk1']]],
    ['starts from elsewhere', [['boot-device mmcblk0p1 mmcblk0', 'boot-device sda1 sda']]],
    ['has more on it', [['mount mmcblk0p2', 'mount mmcblk0p3 mmcblk0 /srv\nmount mmcblk0p2']]],
    ['stands beside another', [['mount mmcblk0p2', 'mount sda1 sda /data\nmount mmcblk0p2']]],
  ] as const)('is refused where it %s', (_name, changes) => {
    expect(find('disk', withAnswer(changes)).status).toBe('failed');
  });

  it('is not known in a container', () => {
    const inside = withAnswer([['root yes', 'root yes\ncontainer systemd-nspawn']]);
    expect(find('disk', inside).status).toBe('skipped');
  });

  it('may be on USB where the settings say so', () => {
    const { facts } = withAnswer([
      ['root-device mmcblk0p2 mmcblk0', 'root-device sda2 sda'],
      ['disk mmcblk0 ', 'disk sda 62333952\ndisk mmcblk0 '],
      ['mount mmcblk0p2 mmcblk0 /\n', 'mount sda2 sda /\n'],
    ]);
    expect(find('disk', { ...withSettings({ usbroot: '1' }), facts }).status).toBe('ok');
    expect(find('disk', { ...withSettings({}), facts }).detail).toContain('runs from sda');
  });
});

describe('boot', () => {
  it.each([
    ['has no config.txt', [['boot /boot/firmware\n', '']]],
    ['is not mounted', [[/boot-mount .*\n/, '']]],
    ['is no FAT', [['boot-mount vfat', 'boot-mount nfs4']]],
    ['is read-only', [['vfat rw,', 'vfat ro,']]],
    ['is full', [['522230 453632', '522230 512']]],
    ['lacks bootcode.bin', [[/boot-file \d+ bootcode.bin\n/, '']]],
  ] as const)('is refused where it %s', (_name, changes) => {
    expect(find('boot', withAnswer(changes)).status).toBe('failed');
  });
});

it('memory refuses where the boot files don’t fit into half of it', () => {
  expect(find('memory', withAnswer([['memory 1917676', 'memory 98304']])).status).toBe('failed');
});

describe('link', () => {
  it('refuses without a cable, and says how to opt in to Wi-Fi', () => {
    const finding = find('link', withAnswer([['wired 1', 'wired 0']]));
    expect(finding).toMatchObject({
      status: 'failed',
      remedy: expect.stringContaining('ifname') as string,
    });
  });

  it('warns where Wi-Fi was opted in to, and refuses where there is none', () => {
    const wifi = { ifname: 'wlan0', wlan_ssid: 'home', wlan_psk: 'password1' };
    expect(find('link', withSettings(wifi)).status).toBe('warning');
    const { facts } = withAnswer([[/link wlan0 .*\n/, '']]);
    expect(find('link', { ...withSettings(wifi), facts }).status).toBe('failed');
  });

  it('warns where it answers by another link than the one it is installed by', () => {
    const other = withAnswer([['address eth0 192.168.1.40', 'address wlan0 192.168.1.40']]);
    expect(find('link', other).status).toBe('warning');
  });
});

describe('mirror from the Pi', () => {
  it.each([
    ['failed', { type: 'failed' }],
    ['failed', { type: 'status', status: '404' }],
    ['failed', undefined],
    ['warning', { type: 'status', status: '302' }],
    ['skipped', { type: 'no-tool' }],
  ] as const)('is %s for %o', (status, fromPi) => {
    expect(find('mirror from the Pi', input({ sources: [{ ...SOURCE, fromPi }] })).status).toBe(
      status,
    );
  });

  it('is refused where the shell computes it', () => {
    expect(find('mirror from the Pi', input({ sources: [] })).status).toBe('failed');
  });
});
