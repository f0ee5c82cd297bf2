import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { judgeDevice, parseBlockDevices } from '../../../core/create/block-devices.ts';
import { cardContent } from '../../../core/create/card-content.ts';
import { cloudInitFiles } from '../../../core/create/cloud-init.ts';
import { parseFromPi, differencesOnPi } from '../../../core/create/compare-with-pi.ts';
import { firstRunFiles } from '../../../core/create/first-run.ts';
import { judgeContent } from '../../../core/create/installer-content.ts';
import type { SystemFacts } from '../../../core/create/system-facts.ts';
import { formatPublicKey, generateKeyPair } from '../../../core/formats/ssh-key.ts';

const disk = (path: string, more: object = {}): object => ({
  path,
  type: 'disk',
  size: 32_000_000_000,
  model: 'Card Reader ',
  rm: true,
  hotplug: true,
  ro: false,
  tran: 'usb',
  mountpoints: [null],
  ...more,
});
const judged = (devices: readonly object[], path: string): string => {
  const verdict = judgeDevice(parseBlockDevices(JSON.stringify({ blockdevices: devices })), path);
  return verdict.ok ? 'ok' : verdict.why;
};
const part = (path: string, mountpoint: string | null, type = 'part'): object =>
  disk(path, { type, mountpoints: [mountpoint] });

describe('a block device', () => {
  it('that is a card and not in use may be written', () => {
    expect(judged([disk('/dev/sdb', { children: [part('/dev/sdb1', null)] })], '/dev/sdb')).toBe(
      'ok',
    );
    const slot = disk('/dev/mmcblk0', { rm: '0', hotplug: '0', tran: null });
    expect(judged([slot], '/dev/mmcblk0')).toBe('ok');
  });

  it.each([
    ['/', 'this machine runs from /dev/sdb'],
    ['/boot/firmware', 'this machine runs from /dev/sdb'],
    ['[SWAP]', 'this machine runs from /dev/sdb'],
    ['/media/ada/pictures', 'it is mounted: /dev/sdb1 at /media/ada/pictures'],
  ])('with something at %s is refused', (mountpoint, why) => {
    const device = disk('/dev/sdb', { children: [part('/dev/sdb1', mountpoint)] });
    expect(judged([device], '/dev/sdb')).toContain(why);
  });

  it('is refused also when the system is in something on it', () => {
    const volume = part('/dev/mapper/vg-root', '/', 'lvm');
    const partition = disk('/dev/sdb1', { type: 'part', children: [volume] });
    expect(judged([disk('/dev/sdb', { children: [partition] })], '/dev/sdb')).toContain(
      'runs from',
    );
    const locked = disk('/dev/sdb1', {
      type: 'part',
      children: [part('/dev/mapper/x', null, 'crypt')],
    });
    expect(judged([disk('/dev/sdb', { children: [locked] })], '/dev/sdb')).toContain(
      '(crypt) is in use',
    );
  });

  it('is refused when it is built in, locked, empty, a partition, or not there', () => {
    const builtIn = { rm: false, hotplug: false, tran: 'nvme' };
    expect(judged([disk('/dev/nvme0n1', builtIn)], '/dev/nvme0n1')).toContain(
      'built into this machine',
    );
    expect(judged([disk('/dev/sdb', { ro: true })], '/dev/sdb')).toBe('it can’t be written');
    expect(judged([disk('/dev/sdb', { size: 0 })], '/dev/sdb')).toBe('there is no card in it');
    const device = disk('/dev/sdb', { children: [part('/dev/sdb1', null)] });
    expect(judged([device], '/dev/sdb1')).toBe('/dev/sdb1 is a part of /dev/sdb');
    expect(judged([device], '/dev/sdc')).toBe('lsblk knows no /dev/sdc');
  });
});

describe('what is on a card', () => {
  const trixie = [
    'config.txt',
    'cmdline.txt',
    'user-data',
    'meta-data',
    'network-config',
    'kernel8.img',
  ];
  it.each([
    [[], 'installer'],
    [['System Volume Information'], 'installer'],
    [['raspberrypi-ua-netinst', 'config.txt', 'cmdline.txt'], 'installer'],
    [trixie, 'cloud-init'],
    [['config.txt', 'cmdline.txt', 'issue.txt'], 'first-run'],
  ])('%j decides what it gets', (names, kind) => {
    expect(cardContent(names)).toEqual({ ok: true, kind });
  });

  it('is left alone when it is something else', () => {
    expect(cardContent(['DCIM'])).toMatchObject({
      ok: false,
      why: expect.stringContaining('dcim') as string,
    });
  });
});

describe('the installer’s files', () => {
  const release = [
    ...['bootcode.bin', 'start.elf', 'fixup.dat', 'config.txt'],
    ...['kernel7.img', 'bcm2710-rpi-3-b.dtb', 'bcm2711-rpi-4-b.dtb', 'overlays/x.dtbo'].map(
      (name) => `raspberrypi-ua-netinst/${name}`,
    ),
    ...['initramfs.gz', 'config.txt', 'cmdline.txt'].map(
      (name) => `raspberrypi-ua-netinst/${name}`,
    ),
  ];
  const files = (paths: readonly string[]): { path: string; size: number }[] =>
    paths.map((path) => ({ path, size: 1 }));

  it('boot the models whose device tree, kernel and firmware are all there', () => {
    expect(judgeContent(files(release))).toEqual({ type: 'installer', models: ['3B'] });
    const more = [...release, 'start4.elf', 'raspberrypi-ua-netinst/kernel8.img'];
    expect(judgeContent(files(more))).toEqual({ type: 'installer', models: ['3B', '4B'] });
  });

  it('are not whole when one is missing or empty', () => {
    for (const path of release.filter((name) => name !== 'config.txt')) {
      const without = files(release).filter((file) => file.path !== path);
      const empty = files(release).map((file) => (file.path === path ? { path, size: 0 } : file));
      if (path.endsWith('4-b.dtb') || path.endsWith('3-b.dtb')) continue;
      expect(judgeContent(without), path).toMatchObject({ type: 'incomplete' });
      expect(judgeContent(empty), path).toMatchObject({ type: 'incomplete' });
    }
  });

  it('are told from Raspberry Pi OS and from the older installer', () => {
    expect(judgeContent(files(['config.txt', 'cmdline.txt', 'kernel8.img']))).toMatchObject({
      what: expect.stringContaining('Raspberry Pi OS') as string,
    });
    expect(judgeContent(files(['installer-config.txt', 'kernel.img']))).toMatchObject({
      what: expect.stringContaining('raspbian-ua-netinst') as string,
    });
  });
});

const hostKey = generateKeyPair('root@kitchen');
const { publicKey } = generateKeyPair('ada');
const facts: SystemFacts = {
  host: 'kitchen',
  hostname: 'kitchen',
  domain: 'example.org',
  timezone: 'Europe/Berlin',
  accounts: {
    root: [publicKey],
    first: { name: 'pi', sudo: true, keys: [publicKey] },
    others: [{ name: 'bob', sudo: false, keys: [] }],
  },
  hostKey,
  passwords: false,
  wifi: { name: 'no: "wifi"', key: 'a'.repeat(64), country: 'DE' },
  address: {
    interface: 'eth0',
    address: '10.0.0.5/8',
    gateway: '10.0.0.1',
    nameServers: ['9.9.9.9'],
  },
  nonce: 'abc',
};

describe('the first start of Raspberry Pi OS', () => {
  it('by cloud-init: files that YAML reads back as they were meant', () => {
    const files = new Map(
      cloudInitFiles(facts, 'root=x ds=nocloud;i=old rootwait\n').map(({ path, content }) => [
        path,
        content,
      ]),
    );
    expect(files.get('cmdline.txt')).toBe('root=x rootwait ds=nocloud;i=rpi-abc\n');
    expect(files.get('user-data')).toMatch(/^#cloud-config\n/);
    expect(parse(files.get('user-data') ?? '', { version: '1.1' })).toMatchObject({
      hostname: 'kitchen',
      fqdn: 'kitchen.example.org',
      ssh_pwauth: false,
      disable_root: false,
      ssh_keys: {
        ed25519_private: hostKey.privateKey,
        ed25519_public: formatPublicKey(hostKey.publicKey),
      },
      users: [
        {
          name: 'pi',
          sudo: 'ALL=(ALL) NOPASSWD:ALL',
          ssh_authorized_keys: [formatPublicKey(publicKey)],
        },
        { name: 'bob', lock_passwd: true },
        { name: 'root' },
      ],
      write_files: [{ permissions: '0644' }],
    });
    expect(parse(files.get('network-config') ?? '', { version: '1.1' })).toMatchObject({
      network: {
        ethernets: { eth0: { dhcp4: false, addresses: ['10.0.0.5/8'] } },
        wifis: { wlan0: { 'access-points': { 'no: "wifi"': { password: 'a'.repeat(64) } } } },
      },
    });
    expect(parse(files.get('meta-data') ?? '')).toMatchObject({ 'instance-id': 'rpi-abc' });
  });

  it('by firstrun.sh: started by cmdline.txt, once, however often the card is made', () => {
    const once = firstRunFiles(facts, 'root=x rootwait\n').at(-1)?.content ?? '';
    expect(once).toMatch(/^root=x rootwait systemd\.run=\/boot\/firmware\/firstrun\.sh /);
    expect(firstRunFiles(facts, once).at(-1)?.content).toBe(once);
  });
});

describe('what is on a Pi', () => {
  const encoded = (text: string): string => Buffer.from(text).toString('base64');
  const answer = (files: Readonly<Record<string, string>>): string =>
    [
      'folder /boot/raspberrypi-ua-netinst',
      ...Object.entries(files).map(([path, text]) => `file ${encoded(path)} ${encoded(text)}`),
      'rpi-create-diff end',
      '',
    ].join('\n');
  const rendered = [
    { path: 'config/installer-config.txt', content: 'hostname=a\nrootpw=new\n' },
    { path: 'config/post-install.txt', content: 'true\n' },
  ];
  const differences = (files: Readonly<Record<string, string>>): unknown => {
    const onPi = parseFromPi(answer(files));
    return onPi === undefined ? undefined : differencesOnPi('kitchen', rendered, onPi);
  };

  it('is compared by file, without passwords, and never by line ends', () => {
    expect(
      differences({
        'config/installer-config.txt': 'hostname=b\nrootpw=old\n',
        'config/post-install.txt': 'true\r\n',
        'config/files/my.list': '',
      }),
    ).toMatchObject([
      {
        path: 'kitchen:/boot/raspberrypi-ua-netinst/config/installer-config.txt',
        action: 'updated',
        diff: expect.stringMatching(/-hostname=b\n\+hostname=a/) as string,
      },
      { action: 'removed' },
    ]);
    expect(
      JSON.stringify(differences({ 'config/installer-config.txt': 'rootpw=old\n' })),
    ).not.toMatch(/old|new/);
  });

  it('is the same after an installation: its own marker, and no private key left on the medium', () => {
    const root = 'config/files/root';
    const marker = (nonce: string, host = 'kitchen'): string =>
      `${JSON.stringify({ v: 1, host, nonce })}\n`;
    const key = `${root}/etc/ssh/ssh_host_ed25519_key`;
    const made = [
      { path: `${root}/etc/rpi-install.json`, content: marker('of the render') },
      { path: key, content: 'private' },
      { path: `${key}.pub`, content: 'ssh-ed25519 AAAA\n' },
    ];
    const paths = (files: Readonly<Record<string, string>>): string[] =>
      differencesOnPi('kitchen', made, { folder: '', files: new Map(Object.entries(files)) }).map(
        ({ path }) => path.slice('kitchen:/'.length),
      );
    const left = { [`${key}.pub`]: 'ssh-ed25519 AAAA\n' };
    expect(paths({ ...left, [`${root}/etc/rpi-install.json`]: marker('of the job') })).toEqual([]);
    expect(paths({ ...left, [`${root}/etc/rpi-install.json`]: marker('x', 'other') })).toEqual([
      `${root}/etc/rpi-install.json`,
    ]);
    expect(paths({ [`${key}.pub`]: 'ssh-ed25519 BBBB\n' })).toEqual(made.map(({ path }) => path));
  });

  it('is unknown when the answer was cut off', () => {
    expect(parseFromPi(answer({}).replace('rpi-create-diff end', ''))).toBeUndefined();
  });
});
