/** `rpi create verify` against archives over real http: right ones, broken ones, and those of the lab. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { verifyCreate, type VerifyOutcome } from '../../core/create/verify.ts';
import type { EventBody } from '../../core/runs/event.ts';
import { archiveKeyring, ensureArchives } from '../../lab/archives.ts';
import { ensureBase } from '../../lab/base.ts';
import { canHostLab } from '../../lab/host.ts';
import { loopbackUp, type Loopback } from '../../lab/loopback.ts';
import { cacheDirectory } from '../../lab/paths.ts';
import { makeProject, run, type TestProject } from './project.ts';

const hosting = await canHostLab();
const hasGpg = existsSync('/usr/bin/gpg') && existsSync('/usr/bin/gpgv');

/** Files by their path, served at once as they are now; asked for through a proxy as well. */
type Web = {
  readonly url: string;
  readonly port: number;
  readonly files: Map<string, Buffer>;
  /** What is answered first for a path, one after the other: a status, or 0 to hang up. */
  readonly first: Map<string, number[]>;
  readonly asked: string[];
  readonly server: Server;
};

async function serve(
  read: (path: string) => Promise<Buffer | undefined>,
  asked: string[],
  first: ReadonlyMap<string, number[]> = new Map(),
): Promise<Server> {
  const server = createServer((request, response) => {
    const url = request.url ?? '/';
    asked.push(url);
    const path = decodeURIComponent(url.replace(/^http:\/\/[^/]+/, ''));
    const status = first.get(path)?.shift();
    if (status === 0) {
      request.socket.destroy();
      return;
    }
    if (status !== undefined) {
      response.writeHead(status).end();
      return;
    }
    void read(path).then((content) => {
      if (content === undefined) response.writeHead(404).end();
      else response.end(content);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

const PRESET = [
  'kmod',
  'gnupg',
  'libpam-systemd',
  'rng-tools',
  'apt',
  'apt-transport-https',
  'sudo',
];
const stanza = (name: string, more = ''): string =>
  `Package: ${name}\nVersion: 1.0\nArchitecture: armhf\nSize: 1000\nFilename: pool/${name}.deb\n${more}\n`;
const PACKAGES = [
  stanza('base-files', 'Essential: yes\n'),
  ...PRESET.map((name) => stanza(name)),
  stanza('apache2', 'Depends: apache2-bin (>= 1.0), perl:any | perl-base\n'),
  stanza('apache2-bin', 'Depends: libapr1\n'),
  stanza('libapr1'),
  stanza('perl-base'),
];
const FIRMWARE = ['raspberrypi-bootloader', 'raspberrypi-kernel'].map((name) => stanza(name));

describe('verifying what an installation downloads', () => {
  let home: string;
  let web: Web;
  let pi: Loopback;
  let test: TestProject;
  let keyring: string;

  const gpg = (args: readonly string[], input?: Buffer): Buffer =>
    execFileSync('gpg', ['--homedir', home, '--batch', '--quiet', '--yes', ...args], {
      ...(input === undefined ? {} : { input }),
      stdio: ['pipe', 'pipe', 'ignore'],
    });

  /** An archive at /NAME, signed where gpg is there. `fields` replace those of its Release. */
  const publish = (
    name: string,
    origin: string,
    packages: readonly string[],
    fields: Readonly<Record<string, string>> = {},
  ): void => {
    const index = gzipSync(packages.join('\n'));
    const sum = createHash('sha256').update(index).digest('hex');
    const path = 'main/binary-armhf/Packages.gz';
    const all = {
      Origin: origin,
      Codename: 'bookworm',
      Architectures: 'armhf',
      Components: 'main',
      ...fields,
    };
    const head = Object.entries(all).map(([field, value]) => `${field}: ${value}`);
    const release = Buffer.from(
      [...head, 'SHA256:', ` ${sum} ${index.length} ${path}`, ''].join('\n'),
    );
    const dist = `/${name}/dists/bookworm`;
    web.files.set(`${dist}/${path}`, index);
    web.files.set(`${dist}/Release`, release);
    if (hasGpg) web.files.set(`${dist}/InRelease`, gpg(['--clearsign'], release));
  };

  const verify = async (
    options: { pi?: boolean; env?: Record<string, string> } = {},
  ): Promise<{ outcome: VerifyOutcome; checks: string; events: EventBody[] }> => {
    const input = { hosts: undefined, limit: undefined, update: true, list: false };
    const { events, outcome } = await run(
      verifyCreate(
        { ...input, fromPi: options.pi === true },
        test.context({ env: options.env ?? {} }),
      ),
    );
    const checks = events.flatMap((event) =>
      event.kind === 'check' ? [`${event.status} ${event.name}: ${event.detail}`] : [],
    );
    return { events, outcome, checks: checks.join('\n') };
  };

  const settings = async (lines: readonly string[]): Promise<void> => {
    const text = [`mirror=${web.url}/raspbian/`, 'release=bookworm', 'preset=base', ...lines, ''];
    await writeFile(join(test.project.root, 'create/installer-config.txt'), text.join('\n'));
  };

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'rpi-gpg-'));
    keyring = join(home, 'archive.gpg');
    if (hasGpg) {
      gpg([
        '--passphrase',
        '',
        '--quick-gen-key',
        'Test <t@example.invalid>',
        'ed25519',
        'sign',
        'never',
      ]);
      gpg(['--output', keyring, '--export']);
    } else await writeFile(keyring, '');
    const files = new Map<string, Buffer>();
    const asked: string[] = [];
    const first = new Map<string, number[]>();
    const server = await serve((path) => Promise.resolve(files.get(path)), asked, first);
    web = {
      server,
      files,
      first,
      asked,
      port: portOf(server),
      url: `http://127.0.0.1:${portOf(server)}`,
    };
    pi = await loopbackUp({ count: 1 });
    const [host] = pi.hosts;
    test = await makeProject({
      config: [
        `access: {identity: ${pi.identity}}`,
        `create: {repository: {keyring: ${keyring}, update: [sh, -c, 'echo updated; exit $UPDATE']}}`,
      ],
      inventory: `all: {hosts: {kitchen: {ansible_host: ${host?.address ?? ''}, ansible_port: ${host?.port ?? 0}, ansible_user: ${host?.user ?? ''}, rpi_model: Raspberry Pi 3 Model B Rev 1.2}}}\n`,
    });
    await mkdir(join(test.project.root, 'create/apt'), { recursive: true });
    await writeFile(
      join(test.project.root, 'create/apt/raspberrypi.org.list'),
      `deb ${web.url}/pi __RELEASE__ main\n`,
    );
    await mkdir(dirname(test.project.knownHosts), { recursive: true });
    await appendFile(
      test.project.knownHosts,
      `[${host?.address ?? ''}]:${host?.port ?? 0} ${host?.hostKeyPub ?? ''}\n`,
    );
  });

  afterAll(async () => {
    await test[Symbol.asyncDispose]();
    await pi.down();
    web.server.close();
    if (hasGpg) execFileSync('gpgconf', ['--homedir', home, '--kill', 'gpg-agent']);
    await rm(home, { recursive: true, force: true });
  });

  const right = async (): Promise<void> => {
    web.files.clear();
    web.first.clear();
    web.asked.length = 0;
    publish('raspbian', 'Raspbian', PACKAGES);
    publish('pi', 'Raspberry Pi Foundation', FIRMWARE);
    await settings(['packages=apache2']);
  };
  afterEach(() => rm(join(test.project.state, 'cache'), { recursive: true, force: true }));

  it('everything is there, from here and from the Pi, with versions and sizes; indexes are fetched once', async () => {
    await right();
    const { outcome, checks, events } = await verify({ pi: true });
    expect(outcome.status, checks).toBe('ok');
    expect(checks).toMatch(/^ok packages: 1[34] packages, 1[34]\.0 kB to download; apache2 1\.0$/m);
    expect(checks).toMatch(/^ok mirror: Raspbian bookworm armhf at http:\S+\/raspbian\/$/m);
    expect(checks).toMatch(/^ok mirror: from the Pi: it reaches http/m);
    if (hasGpg) expect(checks).toMatch(/^ok mirror: signature: by Test/m);
    expect(events).toContainEqual(expect.objectContaining({ kind: 'output', text: 'updated\n' }));
    expect(outcome.hosts[0]?.packages).toContainEqual({
      name: 'apache2-bin',
      version: '1.0',
      size: 1000,
      from: 'mirror',
    });
    web.asked.length = 0;
    expect((await verify()).outcome.status).toBe('ok');
    expect(web.asked.filter((url) => url.endsWith('.gz'))).toEqual([]);
  });

  it('says which package is missing, and what asks for it', async () => {
    await right();
    publish(
      'raspbian',
      'Raspbian',
      PACKAGES.filter((text) => !text.startsWith('Package: libapr1')),
    );
    await settings(["packages='apache2 no-such'"]);
    const { outcome, checks } = await verify();
    expect(outcome.status).toBe('failed');
    expect(checks).toContain(
      'apache2 (apache2 → apache2-bin → libapr1) in any of the archives; no-such in',
    );
  });

  it.each([
    [
      'expired',
      { 'Valid-Until': 'Sat, 01 Jan 2022 00:00:00 UTC' },
      /^failed mirror: what it signed expired on 2022-01-01/m,
    ],
    [
      'of another architecture',
      { Architectures: 'arm64' },
      /^failed mirror: .* has arm64, not armhf$/m,
    ],
    [
      'without the component',
      { Components: 'contrib' },
      /^failed mirror: .* has no component main$/m,
    ],
  ])('refuses an archive that is %s', async (_what, fields, expected) => {
    await right();
    publish('raspbian', 'Raspbian', PACKAGES, fields);
    const { outcome, checks } = await verify();
    expect(outcome.status).toBe('failed');
    expect(checks).toMatch(expected);
    expect(checks).toMatch(/^skipped packages/m);
  });

  it('refuses a release that is not there, and names what the installer would do', async () => {
    await right();
    await settings(['release=trixie']);
    expect((await verify()).checks).toMatch(
      /answers 404: it has no release “trixie”, and the installer may take bullseye/,
    );
  });

  it('asks again where a mirror hangs up or is too busy', async () => {
    await right();
    web.first.set('/raspbian/dists/bookworm/InRelease', [503, 0]);
    web.first.set('/pi/dists/bookworm/main/binary-armhf/Packages.gz', [0, 502]);
    const { outcome, checks } = await verify();
    expect(outcome.status, checks).toBe('ok');
  });

  it('takes no mirror that is too busy for one that has no signature, or no release', async () => {
    await right();
    const dist = '/raspbian/dists/bookworm';
    web.first.set(`${dist}/InRelease`, [503, 503, 503]);
    const busy = `${web.url}${dist}/`;
    expect((await verify()).checks).toContain(`failed mirror: ${busy}InRelease answers 503\n`);
    web.files.delete(`${dist}/InRelease`);
    web.first.set(`${dist}/Release.gpg`, [0, 0, 0]);
    expect((await verify()).checks).toContain(`failed mirror: ${busy}Release.gpg`);
  });

  it('refuses an index that is not what was signed', async () => {
    await right();
    const path = '/raspbian/dists/bookworm/main/binary-armhf/Packages.gz';
    web.files.set(path, gzipSync(`${PACKAGES.join('\n')}\n${stanza('evil')}`));
    const { outcome, checks } = await verify();
    expect(outcome.status).toBe('failed');
    expect(checks).toMatch(
      /^failed packages: .*Packages\.gz is not what the archive’s Release says/m,
    );
  });

  it.skipIf(!hasGpg)(
    'refuses what was changed after it was signed, and what is not signed',
    async () => {
      await right();
      const path = '/raspbian/dists/bookworm/InRelease';
      const changed =
        web.files.get(path)?.toString().replace('Origin: Raspbian', 'Origin: Raspbiam') ?? '';
      web.files.set(path, Buffer.from(changed));
      expect((await verify()).checks).toMatch(
        /^failed mirror: signature: the signature does not fit/m,
      );
      web.files.delete(path);
      expect((await verify()).checks).toMatch(/^failed mirror: signature: it is not signed/m);
    },
  );

  it('goes through the apt cache that the installer would use, and says when it does not answer', async () => {
    await right();
    await settings([`mirror_cache=127.0.0.1:${web.port}`]);
    const { outcome, checks } = await verify();
    expect(outcome.status, checks).toBe('ok');
    expect(web.asked.filter((url) => !url.startsWith(`${web.url}/`))).toEqual([]);
    const by = `/raspbian/ (by the cache 127.0.0.1:${web.port})`;
    expect(checks.split('\n').find((line) => line.startsWith('ok mirror: Raspbian'))).toContain(by);
    await settings(['mirror_cache=127.0.0.1:9']);
    const { outcome: unheard, checks: told } = await verify();
    expect(unheard.status).toBe('failed');
    expect(told).toMatch(
      /^failed cache: 127\.0\.0\.1:9 can’t be reached from here: nobody listens there\nskipped archives/m,
    );
    for (const [wrong, why] of [
      ['http://127.0.0.1:3142', 'HOST:PORT is wanted, without http://'],
      ['127.0.0.1', 'HOST:PORT is wanted, without http://'],
      ['127.0.0.1:99999', 'a port is a number from 1 to 65535'],
    ]) {
      await settings([`mirror_cache=${wrong ?? ''}`]);
      expect((await verify()).checks).toBe(
        `failed cache: mirror_cache is “${wrong ?? ''}”, but ${why ?? ''}`,
      );
    }
  });

  it('stops where the repository can’t be brought up to date', async () => {
    await right();
    await expect(verify({ env: { UPDATE: '3' } })).rejects.toMatchObject({
      code: 'command.failed',
    });
  });
});

describe.skipIf(!hosting.ok)('the lab’s archives', () => {
  it.each([
    ['armhf', 'raspbian', 'Raspberry Pi 3 Model B Rev 1.2'],
    ['arm64', 'debian', 'Raspberry Pi 4 Model B Rev 1.5'],
  ])('have all that an installation of %s asks for', async (arch, name, model) => {
    const base = await ensureBase(cacheDirectory(), () => undefined);
    await ensureArchives(base, () => undefined);
    const server = await serve(
      (path) => readFile(join(base.repository, 'arm-1', path)).catch(() => undefined),
      [],
    );
    const url = `http://127.0.0.1:${portOf(server)}`;
    const keyring = archiveKeyring(base.repository);
    await using test = await makeProject({
      config: [
        `create: {repository: {keyring: ${keyring}}}`,
        'access: {users: [{name: ann, authorized: [ann.pub]}]}',
      ],
      inventory: `all: {hosts: {kitchen: {ansible_user: ann, rpi_model: ${model}}}}\n`,
    });
    const write = async (path: string, text: string): Promise<void> => {
      await mkdir(dirname(join(test.project.root, path)), { recursive: true });
      await writeFile(join(test.project.root, path), text);
    };
    execFileSync('ssh-keygen', [
      '-q',
      '-t',
      'ed25519',
      '-N',
      '',
      '-f',
      join(test.project.root, 'ann'),
    ]);
    await write(
      'create/installer-config.txt',
      `arch=${arch}\nmirror=${url}/${name}/\nrelease=bookworm\npackages=apache2,python3\n`,
    );
    await write('create/apt/raspberrypi.org.list', `deb ${url}/raspberrypi __RELEASE__ main\n`);
    if (arch === 'arm64')
      await write(
        'create/apt/sources.list',
        `deb ${url}/debian __RELEASE__ main contrib non-free\n`,
      );
    const input = { hosts: undefined, limit: undefined, update: true, fromPi: false, list: false };
    const { events, outcome } = await run(verifyCreate(input, test.context()));
    server.close();
    expect(outcome.status, JSON.stringify(events, undefined, 1)).toBe('ok');
    expect(outcome.hosts[0]?.packages.length).toBeGreaterThan(100);
  });
});
