/** `rpi create payload` and `card` on real zips, images and block devices. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCard } from '../../core/create/card.ts';
import { takePayload, type PayloadOutcome } from '../../core/create/payload.ts';
import { readPayload } from '../../core/create/payload-store.ts';
import { hostKeyFile, hostKeyOf } from '../../core/create/host-keys.ts';
import { formatPublicKey } from '../../core/formats/ssh-key.ts';
import { makeProject, run, type ContextOptions, type TestProject } from './project.ts';

const hasTools = ['mcopy', 'unzip', 'zip'].every((name) => existsSync(`/usr/bin/${name}`));
const hasLoop = process.getuid?.() === 0 && existsSync('/dev/loop-control') && hasTools;
const CLOUD_INIT = '/usr/bin/cloud-init';
const MIB = 1024 ** 2;

const NETINST = 'raspberrypi-ua-netinst';
const RELEASE: Readonly<Record<string, string | Buffer>> = {
  ...Object.fromEntries(
    ['bootcode.bin', 'start.elf', 'start4.elf', 'fixup.dat'].map((name) => [name, name]),
  ),
  'config.txt': 'os_prefix=raspberrypi-ua-netinst/\ninitramfs initramfs.gz\n',
  [`${NETINST}/config.txt`]: 'os_prefix=raspberrypi-ua-netinst/\ninitramfs initramfs.gz\n',
  [`${NETINST}/cmdline.txt`]: 'console=tty1\n',
  [`${NETINST}/kernel7.img`]: 'kernel',
  [`${NETINST}/kernel8.img`]: 'kernel',
  [`${NETINST}/bcm2710-rpi-3-b.dtb`]: Buffer.from('d00dfeed', 'hex'),
  [`${NETINST}/bcm2711-rpi-4-b.dtb`]: Buffer.from('d00dfeed', 'hex'),
  [`${NETINST}/overlays/disable-bt.dtbo`]: 'overlay',
  [`${NETINST}/initramfs.gz`]: gzipSync(Buffer.alloc(100_000, 7)),
  [`${NETINST}/config/installer-config.txt`]: 'hostname=example\n',
};

describe.skipIf(!hasTools)('a card', () => {
  let test: TestProject;
  let work: string;

  const write = async (
    folder: string,
    files: Readonly<Record<string, string | Buffer>>,
  ): Promise<string> => {
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(work, folder, path)), { recursive: true });
      await writeFile(join(work, folder, path), content);
    }
    return join(work, folder);
  };
  const take = async (path: string, sha256?: string): Promise<PayloadOutcome> =>
    (await run(takePayload({ path, sha256 }, test.context()))).outcome;
  const card = async (
    target: string,
    options: { yesWipe?: string; size?: number; context?: ContextOptions } = {},
  ): Promise<string> => {
    const { yesWipe, size = 128 * MIB } = options;
    const input = { target, host: 'kitchen', yesWipe, size };
    return (await run(makeCard(input, test.context(options.context)))).outcome.kind ?? '';
  };
  const zip = async (
    name: string,
    files: Readonly<Record<string, string | Buffer>>,
  ): Promise<string> => {
    const folder = await write(`${name}.d`, files);
    execFileSync('zip', ['-qr', join(work, name), '.'], { cwd: folder });
    return join(work, name);
  };

  beforeAll(async () => {
    test = await makeProject({
      config: ['access: {users: [{name: ann, sudo: true, authorized: [ann.pub]}]}'],
      inventory:
        'all: {hosts: {kitchen: {ansible_user: ann, rpi_model: Raspberry Pi 3 Model B Rev 1.2}}}\n',
    });
    work = join(test.project.root, 'work');
    await mkdir(join(test.project.root, 'create'), { recursive: true });
    await mkdir(work);
    execFileSync('ssh-keygen', [
      '-q',
      '-t',
      'ed25519',
      '-N',
      '',
      '-f',
      join(test.project.root, 'ann'),
    ]);
    await writeFile(
      join(test.project.root, 'create/installer-config.txt'),
      "timezone=Europe/Berlin\nwlan_ssid='it'\\''s mine'\nwlan_psk='pass phrase'\nwlan_country=DE\n",
    );
  });
  afterAll(() => test[Symbol.asyncDispose]());

  describe('and the installer’s files', () => {
    it('are taken from a zip, an image or a folder; what comes with them as an example is not', async () => {
      const file = await zip('raspberrypi-ua-netinst-v2.5.0.zip', RELEASE);
      for (const path of [file, `${file}.d`]) {
        expect(await take(path)).toMatchObject({
          status: 'ok',
          summary: expect.stringMatching(/boots 3B, 4B\.$/) as string,
        });
        const kept = await readPayload(test.project);
        expect(Object.keys(kept?.manifest.files ?? {})).toHaveLength(
          Object.keys(RELEASE).length - 1,
        );
      }
      await take(file);
      await card(join(work, 'for-payload.img'));
      expect(await take(join(work, 'for-payload.img'))).toMatchObject({ status: 'ok' });
      await take(file);
    });

    it('are refused when the sum is another, a file is missing or damaged, or it is something else', async () => {
      const file = await zip('sum.zip', RELEASE);
      await expect(take(file, 'a'.repeat(64))).rejects.toMatchObject({ code: 'create.payload' });
      await writeFile(`${file}.sha256`, `${'b'.repeat(64)}  sum.zip\n`);
      await expect(take(file)).rejects.toThrow(/has the SHA-256/);
      const { 'bootcode.bin': _one, ...less } = RELEASE;
      await expect(take(await zip('less.zip', less))).rejects.toThrow(/Missing: bootcode\.bin/);
      const initramfs = gzipSync(Buffer.alloc(100_000, 7)).subarray(0, 60);
      const cut = { ...RELEASE, [`${NETINST}/initramfs.gz`]: initramfs };
      await expect(take(await zip('cut.zip', cut))).rejects.toThrow(/initramfs\.gz is damaged/);
      // As a download ends that was cut off.
      const image = join(work, 'cut.img');
      await card(image);
      for (const path of [file, image]) {
        await rm(`${path}.sha256`, { force: true });
        await truncate(path, path === file ? 600 : 2 * MIB);
        await expect(take(path)).rejects.toMatchObject({
          code: 'create.payload',
          message: expect.stringMatching(
            /(?:only a part|no whole|is damaged|no zip, and no image)/,
          ) as string,
          remedy: expect.stringContaining('ownload it again') as string,
        });
      }
      const os = { 'config.txt': 'x', 'cmdline.txt': 'x', 'kernel8.img': 'x' };
      await expect(take(await zip('os.zip', os))).rejects.toThrow(/Raspberry Pi OS/);
      // What was kept before is kept still.
      expect((await readPayload(test.project))?.manifest.name).toBe(
        'raspberrypi-ua-netinst-v2.5.0.zip',
      );
    });
  });

  it('is made as an image where there is none, and holds installer, settings and keys', async () => {
    const image = join(work, 'new.img');
    expect(await card(image)).toBe('installer');
    const read = (path: string): string =>
      execFileSync('mtype', ['-i', `${image}@@${8192 * 512}`, `::${path}`]).toString();
    expect(read(`${NETINST}/config/installer-config.txt`)).toContain("hostname='kitchen'");
    expect(read('config.txt')).toContain('os_prefix=raspberrypi-ua-netinst/');
    const key = await readFile(hostKeyFile(test.project, 'kitchen'), 'utf8');
    expect(read(`${NETINST}/config/files/root/etc/ssh/ssh_host_ed25519_key`)).toBe(key);
    expect(await card(image)).toBe('installer'); // once more, over itself
  });

  it('is left alone when there is something else on it, or it is none', async () => {
    const pictures = await write('pictures', { 'DCIM/1.jpg': 'x' });
    await expect(card(pictures)).rejects.toMatchObject({ code: 'create.card' });
    await writeFile(join(work, 'text.img'), 'my thesis');
    await expect(card(join(work, 'text.img'))).rejects.toMatchObject({ code: 'create.card' });
    expect(await readFile(join(work, 'text.img'), 'utf8')).toBe('my thesis');
    await expect(card('/boot')).rejects.toMatchObject({ code: 'create.card-refused' });
  });

  it('is refused before anything is planned where it can’t become one', async () => {
    const dryRun = { context: { dryRun: true } };
    for (const options of [{}, dryRun]) {
      const nowhere = join(work, 'no-such-folder/x.img');
      await expect(card(nowhere, options)).rejects.toThrow(/There is no folder/);
      await expect(card('/dev/null', options)).rejects.toThrow(/neither a folder/);
      await expect(card(join(work, 'small.img'), { ...options, size: 64 * MIB })).rejects.toThrow(
        /68 MiB are needed/,
      );
    }
    expect(existsSync(join(work, 'small.img'))).toBe(false);
  });

  it('that has not enough room is told as that, and a new image is not left half-written', async () => {
    const room = { size: 68 * MIB };
    const image = join(work, 'full.img');
    await take(await write('large', { ...RELEASE, 'start.elf': Buffer.alloc(70 * MIB, 7) }));
    await expect(card(image, room)).rejects.toMatchObject({ code: 'create.card' });
    expect(existsSync(image)).toBe(false);
    await take(await write('usual', RELEASE));
    expect(await card(image, room)).toBe('installer');
  });

  it('shows in a dry run what it would write, and writes nothing', async () => {
    const folder = await write('dry', {});
    await mkdir(folder, { recursive: true });
    expect(await card(folder, { context: { dryRun: true } })).toBe('installer');
    expect(await readdir(folder)).toEqual([]);
  });

  const os = { 'config.txt': 'x', 'cmdline.txt': 'console=tty1 root=PARTUUID=1-02 rootwait\n' };

  it('of Bookworm gets a firstrun.sh that bash reads without a complaint, and in which nothing is run that was a value', async () => {
    const folder = await write('bookworm', {
      ...os,
      'issue.txt': 'Raspberry Pi reference 2024-11-19\n',
    });
    expect(await card(folder)).toBe('first-run');
    execFileSync('bash', ['-n', join(folder, 'firstrun.sh')]);
    const script = await readFile(join(folder, 'firstrun.sh'), 'utf8');
    const decoded = [...script.matchAll(/^echo (\S+) \| put (\S+) (\S+) (\S+)$/gm)].map(
      ([, text = '', owner, mode, path]) => [
        path,
        owner,
        mode,
        Buffer.from(text, 'base64').toString(),
      ],
    );
    expect(decoded).toContainEqual([
      '/etc/ssh/ssh_host_ed25519_key',
      'root:root',
      '0600',
      await readFile(hostKeyFile(test.project, 'kitchen'), 'utf8'),
    ]);
    const wifi = decoded.find(([path]) => path?.endsWith('rpi-wifi.nmconnection'))?.[3] ?? '';
    const bytes = [...Buffer.from("it's mine")].join(';');
    expect(wifi).toContain(`ssid=${bytes};\n`);
    expect(wifi).not.toContain('pass phrase');
    expect(await readFile(join(folder, 'cmdline.txt'), 'utf8')).toMatch(
      /^console=tty1 .* systemd\.run=/,
    );
  });

  it('for a Pi that is on record makes known_hosts expect its new host key beside the old one', async () => {
    const { project } = test;
    const folder = await write('again', os);
    await card(folder);
    const unknown = await readFile(project.knownHosts, 'utf8').catch(() => '');
    expect(unknown).toBe('');
    const [type = '', old = ''] = (await readFile(join(project.root, 'ann.pub'), 'utf8')).split(
      ' ',
    );
    await mkdir(dirname(project.knownHosts), { recursive: true });
    await writeFile(project.knownHosts, `kitchen ${type} ${old}\n`);
    await card(folder);
    await card(folder);
    const lines = (await readFile(project.knownHosts, 'utf8')).trimEnd().split('\n');
    const made = await hostKeyOf(project, 'kitchen', { keep: true });
    expect(lines).toEqual([
      `kitchen ${type} ${old}`,
      `kitchen ${formatPublicKey({ ...made.publicKey, comment: '' })}`.trimEnd(),
    ]);
    await rm(project.knownHosts);
  });

  it('of Trixie gets what cloud-init accepts', async ({ skip }) => {
    const folder = await write('trixie', {
      ...os,
      'user-data': '#cloud-config\n',
      'meta-data': '',
    });
    expect(await card(folder)).toBe('cloud-init');
    expect(await readFile(join(folder, 'cmdline.txt'), 'utf8')).toMatch(
      / ds=nocloud;i=rpi-[0-9a-f]{32}\n$/,
    );
    expect(await readFile(join(folder, 'user-data'), 'utf8')).not.toContain('pass phrase');
    const unpacked = process.env['RPI_TEST_CLOUD_INIT'];
    if (unpacked === undefined && !existsSync(CLOUD_INIT)) {
      skip('cloud-init is not here to be asked (RPI_TEST_CLOUD_INIT: a folder it was unpacked to)');
    }
    const args = ['schema', '--config-file', join(folder, 'user-data')];
    const told =
      unpacked === undefined
        ? execFileSync(CLOUD_INIT, args)
        : execFileSync('/usr/bin/python3', ['-m', 'cloudinit.cmd.main', ...args], {
            env: { PYTHONPATH: join(unpacked, 'usr/lib/python3/dist-packages') },
          });
    expect(told.toString()).toContain('Valid');
  });

  describe.skipIf(!hasLoop)('that is a block device', () => {
    let device = '';
    beforeAll(async () => {
      const file = join(work, 'disk');
      await writeFile(file, 'an old disk');
      await truncate(file, 100 * MIB);
      try {
        device = execFileSync('losetup', ['--find', '--show', file]).toString().trim();
      } catch {
        device = ''; // a container without the right to
      }
    });
    afterAll(async () => {
      if (device !== '') execFileSync('losetup', ['--detach', device]);
      await rm(join(work, 'disk'), { force: true });
    });

    it('is written only when its name was typed', async ({ skip }) => {
      if (device === '') skip('no loop device is to be had');
      const asked: string[] = [];
      const answer = (text: string): ContextOptions => ({
        ask: (question) => {
          asked.push(question.text);
          return text;
        },
      });
      await expect(card(device, { context: answer('yes') })).rejects.toMatchObject({
        code: 'answer.refused',
      });
      expect(asked[0]).toContain(`All that is on it is erased: ${device}`);
      await expect(card(device, { yesWipe: '/dev/loop99' })).rejects.toMatchObject({
        code: 'answer.refused',
      });
      expect((await readFile(join(work, 'disk'))).subarray(0, 11).toString()).toBe('an old disk');
      expect(await card(device, { context: answer(device) })).toBe('installer');
      const listing = execFileSync('mdir', [
        '-i',
        `${join(work, 'disk')}@@${8192 * 512}`,
        '-b',
        '::',
      ]);
      expect(listing.toString()).toContain(NETINST);
      expect(await card(device, { yesWipe: device })).toBe('installer');
    });
  });
});
