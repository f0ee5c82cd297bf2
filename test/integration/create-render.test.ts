import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hostKeyFile } from '../../core/create/host-keys.ts';
import { renderCreate, type RenderInput, type RenderOutcome } from '../../core/create/render.ts';
import { readManifest } from '../../core/create/output.ts';
import { parseInstallerConfig } from '../../core/formats/installer-config/parse.ts';
import { settingsOf } from '../../core/formats/installer-config/settings.ts';
import {
  fingerprint,
  formatPublicKey,
  generateKeyPair,
  parsePublicKey,
} from '../../core/formats/ssh-key.ts';
import { openProject } from '../../core/project/project.ts';
import { systemClock } from '../../core/runs/clock.ts';
import type { EventBody } from '../../core/runs/event.ts';
import { createIdentity } from '../../core/ssh/identity.ts';
import { rpi } from './rpi.ts';

let root: string;
let env: Record<string, string>;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'rpi-create-'));
  env = { HOME: root, XDG_DATA_HOME: join(root, 'data'), PATH: process.env['PATH'] ?? '' };
  await mkdir(join(root, 'create'));
  await mkdir(join(root, 'inventory'));
  await write('rpi.yml', 'version: 1\nid: createtest\n');
  await write('create/installer-config.txt', '# ours\nhostname=pi\nrootpw="s3cret word"\n');
  await write('create/post-install.txt', '#!/bin/bash\necho mine\n');
  await write(
    'inventory/hosts.yml',
    'all:\n  hosts:\n    kitchen: {ansible_user: pi, rpi_model: Raspberry Pi 4 Model B Rev 1.4}\n',
  );
  const project = await openProject(root, env);
  await createIdentity(project.identity, 'rpi test');
});
afterEach(() => rm(root, { recursive: true, force: true }));

const write = (path: string, text: string): Promise<void> => writeFile(join(root, path), text);
const rendered = (path: string, host = 'kitchen'): Promise<string> =>
  readFile(join(root, '.rpi/create', host, path), 'utf8');
const config = async (host?: string): Promise<Record<string, string | undefined>> =>
  Object.fromEntries(
    settingsOf(parseInstallerConfig(await rendered('config/installer-config.txt', host))).values,
  );

it('fails where there is no host yet, and where two limits leave none', async () => {
  await write('inventory/hosts.yml', 'all:\n  hosts:\n    kitchen:\n    attic:\n');
  await expect(render({ hosts: 'kitchen', limit: 'attic' })).rejects.toMatchObject({
    code: 'inventory.no-match',
  });
  await write('inventory/hosts.yml', 'all:\n');
  await expect(render()).rejects.toMatchObject({
    code: 'inventory.empty',
    remedy: expect.stringContaining('rpi inventory add') as string,
  });
});

type Options = Partial<RenderInput> & { readonly dryRun?: boolean };

async function render(
  options: Options = {},
): Promise<{ events: EventBody[]; outcome: RenderOutcome }> {
  const { dryRun = false, ...input } = options;
  const events: EventBody[] = [];
  const stream = renderCreate(
    { hosts: undefined, limit: undefined, output: undefined, diff: false, ...input },
    {
      project: await openProject(root, env),
      env,
      dryRun,
      signal: new AbortController().signal,
      clock: systemClock,
      ask: () => Promise.reject(new Error('nothing is asked')),
    },
  );
  for (;;) {
    const step = await stream.next();
    if (step.done === true) return { events, outcome: step.value };
    events.push(step.value);
  }
}

describe('rendering a host', () => {
  it('lays name, users and keys over the person’s file', async () => {
    const { outcome } = await render();
    expect(outcome.status).toBe('ok');
    const project = await openProject(root, env);
    const key = (await readFile(`${project.identity}.pub`, 'utf8')).trim();
    expect(await rendered('config/installer-config.txt')).toMatch(
      /^# ours\nhostname='kitchen'\nrootpw="s3cret word"\n\n# Set by rpi for kitchen\.\n/,
    );
    expect(await config()).toEqual({
      hostname: 'kitchen',
      rootpw: 's3cret word',
      root_ssh_pubkey: key,
      username: 'pi',
      user_ssh_pubkey: key,
      userperms_admin: '1',
    });
    expect(await rendered('config/files/rpi.list')).toBe(
      [
        'root:root 0600 /etc/ssh/ssh_host_ed25519_key',
        'root:root 0644 /etc/ssh/ssh_host_ed25519_key.pub',
        'root:root 0644 /etc/rpi-install.json',
        'root:root 0700 /root/.ssh',
        'root:root 0600 /root/.ssh/authorized_keys',
        'pi:pi 0700 /home/pi/.ssh',
        'pi:pi 0600 /home/pi/.ssh/authorized_keys',
        'root:root 0440 /etc/sudoers.d/rpi-pi',
        '',
      ].join('\n'),
    );
    expect(await rendered('config/files/root/home/pi/.ssh/authorized_keys')).toBe(`${key}\n`);
  });

  it('keeps the one host key of a host for ever, outside of the project and private', async () => {
    const first = await render();
    await rm(join(root, '.rpi'), { recursive: true });
    const second = await render();
    expect(second.outcome.hosts[0]?.hostKey).toBe(first.outcome.hosts[0]?.hostKey);
    const file = hostKeyFile(await openProject(root, env), 'kitchen');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await rendered('config/files/root/etc/ssh/ssh_host_ed25519_key')).toBe(
      await readFile(file, 'utf8'),
    );
    const pub = parsePublicKey(
      await rendered('config/files/root/etc/ssh/ssh_host_ed25519_key.pub'),
    );
    expect(pub === undefined ? '' : fingerprint(pub)).toBe(first.outcome.hosts[0]?.hostKey);
  });

  it('lets nobody else read what it wrote', async () => {
    await render();
    const folder = join(root, '.rpi/create/kitchen');
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      const { mode } = await stat(join(entry.parentPath, entry.name));
      expect(mode & 0o077, entry.name).toBe(0);
    }
  });

  it('changes nothing the second time, and names a new nonce when something changes', async () => {
    await render();
    const before = await readManifest(join(root, '.rpi/create/kitchen'));
    const again = await render();
    expect(again.outcome.hosts[0]?.changed).toBe(0);
    expect(again.events.filter(({ kind }) => kind === 'file.changed')).toEqual([]);
    expect(await readManifest(join(root, '.rpi/create/kitchen'))).toEqual(before);
    await write('create/post-install.txt', 'echo other\n');
    await render();
    const after = await readManifest(join(root, '.rpi/create/kitchen'));
    expect(after?.nonce).not.toBe(before?.nonce);
    expect(JSON.parse(await rendered('config/files/root/etc/rpi-install.json'))).toEqual({
      v: 1,
      host: 'kitchen',
      nonce: after?.nonce,
    });
  });

  it('removes files of the last render that are no longer wanted, and no others', async () => {
    await write('rpi.yml', 'version: 1\nid: createtest\naccess: {users: [{name: ann}]}\n');
    await render();
    expect(await rendered('config/files/users/ann/authorized_keys')).toMatch(/^ssh-ed25519/);
    await write('.rpi/create/kitchen/config/wpa_supplicant.conf', 'mine');
    await write('rpi.yml', 'version: 1\nid: createtest\n');
    const { events } = await render();
    expect(events).toContainEqual(
      expect.objectContaining({
        kind: 'file.changed',
        action: 'removed',
        path: '.rpi/create/kitchen/config/files/users/ann/authorized_keys',
      }),
    );
    await expect(rendered('config/files/users/ann/authorized_keys')).rejects.toThrow('ENOENT');
    expect(await rendered('config/wpa_supplicant.conf')).toBe('mine');
  });

  it('takes settings of rpi.yml, and over them those of the host', async () => {
    await write(
      'rpi.yml',
      'version: 1\nid: createtest\ncreate: {settings: {timezone: Europe/Berlin, preset: minimal, cleanup: true}}\naccess: {password_login: "off"}\n',
    );
    await write(
      'inventory/hosts.yml',
      `all:
  hosts:
    kitchen:
      ansible_user: root
      rpi_model: Raspberry Pi 3 Model B
      rpi_install: {timezone: Asia/Tokyo, preset: null, hostname: cuisine, packages: [python3, git]}
`,
    );
    await render();
    expect(await config()).toMatchObject({
      hostname: 'cuisine',
      timezone: 'Asia/Tokyo',
      cleanup: '1',
      packages: 'python3,git',
      ssh_pwlogin: '0',
      root_ssh_pwlogin: '0',
    });
    expect(await config()).not.toHaveProperty('preset');
    expect(await config()).not.toHaveProperty('username');
  });

  it('creates the users of rpi.yml: the first by the installer, the others afterwards', async () => {
    const [ann, bob] = [generateKeyPair('ann'), generateKeyPair('bob')].map(({ publicKey }) =>
      formatPublicKey(publicKey),
    );
    await write('create/bob.pub', `${bob ?? ''}\n`);
    await write('create/installer-config.txt', `username=carol\nuser_ssh_pubkey='${ann ?? ''}'\n`);
    await write(
      'rpi.yml',
      'version: 1\nid: createtest\naccess: {root: false, users: [{name: bob, authorized: [create/bob.pub], sudo: true}]}\n',
    );
    await write(
      'inventory/hosts.yml',
      'all: {hosts: {kitchen: {ansible_user: bob, rpi_model: Raspberry Pi 3 Model B}}}\n',
    );
    await render();
    expect(await config()).toMatchObject({
      username: 'carol',
      user_ssh_pubkey: ann,
      packages: 'sudo',
    });
    expect(await config()).not.toHaveProperty('root_ssh_pubkey');
    expect(await rendered('config/files/users/bob/authorized_keys')).toContain(bob);
    const script = await rendered('config/post-install.txt');
    expect(script).toMatch(/^#!\/bin\/bash\n# Written by rpi/);
    expect(script).toContain("useradd --create-home --shell /bin/bash --password '*' bob");
    expect(script).toMatch(/# End of what rpi wrote\.\n\necho mine\n$/);
    expect(await rendered('config/files/root/etc/sudoers.d/rpi-bob')).toBe(
      'bob ALL=(ALL) NOPASSWD: ALL\n',
    );
  });

  it('renders EJS where the project has it, with values quoted for the shell', async () => {
    await write(
      'create/installer-config.txt.ejs',
      'timezone=<%= rpi.quote(rpi.variables.zone) %>\n# <%= rpi.host.name %> & co\n',
    );
    await write(
      'inventory/hosts.yml',
      'all: {hosts: {kitchen: {zone: Etc/UTC, rpi_model: Raspberry Pi 3 Model B}}}\n',
    );
    await render();
    expect(await rendered('config/installer-config.txt')).toMatch(
      /^timezone='Etc\/UTC'\n# kitchen & co\n/,
    );
    await write('create/installer-config.txt.ejs', '<%= rpi.nothing.at.all %>');
    const { outcome, events } = await render();
    expect(outcome.status).toBe('failed');
    expect(events).toContainEqual(
      expect.objectContaining({
        kind: 'host.finished',
        status: 'failed',
        error: expect.objectContaining({ code: 'create.invalid-template' }) as unknown,
      }),
    );
  });
});

it.each(['<%= rpi.variables.zoen %>', '<%= rpi.quote(rpi.variables.zoen) %>'])(
  'a template that writes a value that is not there (%s) is refused, not filled with “undefined”',
  async (value) => {
    await write('create/installer-config.txt.ejs', `timezone=${value}\n`);
    const { events, outcome } = await render();
    expect(outcome.status).toBe('failed');
    expect(JSON.stringify(events)).toContain('a value is not there');
    await write('create/installer-config.txt.ejs', 'timezone=<%= rpi.variables.zoen ?? "UTC" %>');
    expect((await render()).outcome.status).toBe('ok');
    expect(await rendered('config/installer-config.txt')).toMatch(/^timezone=UTC\n/);
  },
);

it('a template is rendered by the rpi that is installed', async () => {
  await write('create/installer-config.txt.ejs', '# <%= rpi.host.name %> & co\n');
  const { code, stderr } = await rpi(['create', 'render'], { cwd: root, env });
  expect(code, stderr).toBe(0);
  expect(await rendered('config/installer-config.txt')).toMatch(/^# kitchen & co\n/);
});

describe('a person’s own files', () => {
  const own = async (path: string, text: string | Buffer): Promise<void> => {
    await mkdir(dirname(join(root, 'create', path)), { recursive: true });
    await writeFile(join(root, 'create', path), text);
  };

  it('are copied to where the installer looks for them; templates are rendered', async () => {
    await own('files/my.list', 'root:root 644 /etc/motd\nroot:root 644 /etc/model\n');
    await own('files/root/etc/motd', 'Welcome <%= home %>\n');
    await own('files/root/etc/model.ejs', '<%= rpi.host.model %>\n');
    await own('apt/extra.list', 'deb http://here.example/ bookworm main\n');
    await own('notes.txt', 'for me\n');
    expect((await render()).outcome.status).toBe('ok');
    expect(await rendered('config/files/my.list')).toContain('/etc/model');
    expect(await rendered('config/files/root/etc/motd')).toBe('Welcome <%= home %>\n');
    expect(await rendered('config/files/root/etc/model')).toBe('Raspberry Pi 4 Model B Rev 1.4\n');
    expect(await rendered('config/apt/extra.list')).toContain('here.example');
    const files = await readdir(join(root, '.rpi/create/kitchen'), { recursive: true });
    expect(files.filter((name) => name.includes('notes'))).toEqual([]);
  });

  it.each([
    ['files/root/logo.png', Buffer.from([0x89, 0x50, 0xff, 0xfe]), 'file.not-readable'],
    ['files/root/zero', 'a\0b', 'create.invalid-config'],
    ['files/root/what?', 'x', 'create.invalid-config'],
  ])('are refused where the medium can’t hold them: %s', async (path, content, code) => {
    await own(path, content);
    await expect(render()).rejects.toMatchObject({ code });
  });

  it('are refused where two have one name on FAT', async () => {
    await own('files/root/etc/Motd', 'x');
    await own('files/root/etc/motd', 'x');
    await expect(render()).rejects.toMatchObject({ code: 'create.invalid-config' });
  });

  it('never take the place of what rpi writes', async () => {
    await own('files/root/etc/ssh/ssh_host_ed25519_key', 'mine\n');
    const { outcome, events } = await render();
    expect(outcome.status).toBe('failed');
    expect(JSON.stringify(events)).toContain('rpi writes it itself for kitchen');
  });

  it('with a fault in a list are told of as the editor would mark it, and nothing else of it', async () => {
    await own('files/my.list', 'root:root 644 etc/motd\nroot:root 644 /etc/issue\n');
    await own('files/root/etc/issue', 'x');
    const { outcome, events } = await render();
    expect(outcome.status).toBe('ok');
    const told = events.flatMap((event) => (event.kind === 'log' ? [event.text] : []));
    expect(told.filter((text) => text.includes('my.list'))).toEqual([
      expect.stringMatching(/^config\/files\/my\.list:1: A path begins with “\/”/),
    ]);
    await own('files/my.list', 'root:root 4777 /etc/sudoers.d/x\n');
    await own('files/root/etc/sudoers.d/x', 'x');
    expect((await render()).outcome.status).toBe('failed');
  });
});

describe('a dry run', () => {
  it('shows what would be written, without passwords and private keys, and writes nothing', async () => {
    const { events, outcome } = await render({ dryRun: true });
    expect(outcome.status).toBe('ok');
    const text = JSON.stringify(events);
    expect(text).toContain("+hostname='kitchen'");
    expect(text).toContain('rootpw=(hidden)');
    expect(text).not.toContain('s3cret');
    expect(text).not.toContain('PRIVATE KEY');
    expect(await readdir(root)).not.toContain('.rpi/create');
    await expect(stat(hostKeyFile(await openProject(root, env), 'kitchen'))).rejects.toThrow(
      'ENOENT',
    );
  });

  it('after a change shows that change alone', async () => {
    await render();
    await write('create/installer-config.txt', '# ours\nhostname=pi\nrootpw="0ther"\n');
    const { events } = await render({ dryRun: true });
    const changes = events.filter((event) => event.kind === 'file.changed');
    expect(changes.map(({ path, planned, detail }) => ({ path, planned, detail }))).toEqual([
      {
        path: '.rpi/create/kitchen/config/installer-config.txt',
        planned: true,
        detail: 'only what is secret differs',
      },
      {
        path: '.rpi/create/kitchen/config/files/root/etc/rpi-install.json',
        planned: true,
        detail: undefined,
      },
    ]);
    expect(JSON.stringify(events)).not.toMatch(/0ther|s3cret/);
  });
});

describe('what can’t be rendered', () => {
  it('is refused for a Pi 5, saying what else there is; the others are rendered', async () => {
    await write(
      'inventory/hosts.yml',
      'all: {hosts: {attic: {rpi_model: Raspberry Pi 5 Model B Rev 1.0}, kitchen: {rpi_model: Raspberry Pi Zero 2 W Rev 1.0}}}\n',
    );
    const { events, outcome } = await render();
    expect(outcome.status).toBe('refused');
    expect(outcome.hosts.map(({ host }) => host)).toEqual(['kitchen']);
    expect(events).toContainEqual(
      expect.objectContaining({
        kind: 'host.finished',
        host: 'attic',
        status: 'refused',
        error: expect.objectContaining({
          code: 'create.unsupported-model',
          remedy: expect.stringContaining('rpi create card FOLDER --host attic') as unknown,
        }) as unknown,
      }),
    );
  });

  it('is refused where nobody could log in afterwards', async () => {
    await rm(join(root, 'data'), { recursive: true });
    const { events } = await render();
    expect(events).toContainEqual(
      expect.objectContaining({
        error: expect.objectContaining({ code: 'create.no-login' }) as unknown,
      }),
    );
  });

  it.each([
    ["hostname=pi\nrootpw='open\n", 'create.invalid-config'],
    ['exit\n', 'create.invalid-config'],
    ['timezone = Europe/Berlin\n', 'create.invalid-config'],
    ['echo hello\n', 'create.invalid-config'],
  ])('is a base such as %j: nothing is written for any host', async (text, code) => {
    await write('create/installer-config.txt', text);
    await expect(render()).rejects.toMatchObject({ code });
    await expect(stat(join(root, '.rpi/create'))).rejects.toThrow('ENOENT');
  });

  it('is a post-install.txt that would end the installer, or that bash can’t read', async () => {
    await write('create/post-install.txt', 'echo hello\nexit 0\n');
    await expect(render()).rejects.toMatchObject({
      code: 'create.invalid-config',
      message: expect.stringMatching(/^create\/post-install.txt:2: “exit” ends/) as string,
    });
    await write('create/post-install.txt', 'if true; then\necho hello\n');
    await expect(render()).rejects.toMatchObject({
      code: 'create.invalid-config',
      message: expect.stringContaining('syntax error') as string,
    });
  });

  it.each([
    ['bootsize=512M\n', /bootsize is “512M”/],
    ['rootpw=$(cat secret)\n', /not taken as it is written/],
    ['ip_addr=192.168.1.20\n', /needs ip_gateway/],
  ])('is a host that %j would lock out or brick', async (text, message) => {
    await write('create/installer-config.txt', text);
    const { events, outcome } = await render();
    expect(outcome.status).toBe('failed');
    expect(events).toContainEqual(
      expect.objectContaining({
        kind: 'host.finished',
        host: 'kitchen',
        error: expect.objectContaining({
          code: 'create.invalid-config',
          message: expect.stringMatching(message) as string,
        }) as unknown,
      }),
    );
    await expect(stat(join(root, '.rpi/create/kitchen/config'))).rejects.toThrow('ENOENT');
  });

  it('is no base whose gap a setting of rpi.yml fills', async () => {
    await write('create/installer-config.txt', 'ip_addr=192.168.1.20\nrootpw=mine\n');
    await write(
      'rpi.yml',
      'version: 1\nid: createtest\ncreate:\n  settings: {ip_gateway: 192.168.1.1, ip_nameservers: 9.9.9.9}\n',
    );
    const { outcome } = await render();
    expect(outcome.status).toBe('ok');
  });

  it('is a base that is missing, or not UTF-8', async () => {
    await writeFile(join(root, 'create/installer-config.txt'), Buffer.from([0x61, 0x3d, 0xff]));
    await expect(render()).rejects.toMatchObject({ code: 'file.not-readable' });
    await rm(join(root, 'create/installer-config.txt'));
    await expect(render()).rejects.toMatchObject({ code: 'create.no-config' });
  });

  it.each([
    ['kitchen: {rpi_install: {hostnam: x}}', /no option “hostnam”/],
    ['kitchen: {rpi_install: {packages: "vim$(reboot)"}}', /packages/],
    ['kitchen: {rpi_install: "x"}', /no mapping/],
    ['kitchen: {rpi_install: {timezone: "{{ zone }}"}}', /Jinja/],
    ['kitchen: {ansible_user: "pi;reboot"}', /username/],
    ['192.168.1.7: {}', /can't be a host name/],
    ['kitchen_1: {}', /can't be a host name/],
  ])('is a host with %s', async (host, message) => {
    await write('inventory/hosts.yml', `all:\n  hosts:\n    ${host}\n`);
    const { events, outcome } = await render();
    expect(outcome.status).toBe('failed');
    expect(events).toContainEqual(
      expect.objectContaining({
        kind: 'host.finished',
        status: 'failed',
        summary: expect.stringMatching(message) as unknown,
      }),
    );
  });

  it('is a data folder that can’t be written to', async () => {
    const { hosts } = await openProject(root, env);
    await mkdir(dirname(hosts), { recursive: true });
    await symlink('/proc/nowhere', hosts);
    const { events, outcome } = await render();
    expect(outcome.status).toBe('failed');
    expect(events).toContainEqual(
      expect.objectContaining({
        error: expect.objectContaining({ code: 'file.not-writable' }) as unknown,
      }),
    );
  });

  it('is an output folder that is a file, or has a folder where a file belongs', async () => {
    const output = join(root, 'create/installer-config.txt');
    await mkdir(join(root, 'out/kitchen/config/installer-config.txt'), { recursive: true });
    for (const folder of [output, join(root, 'out')]) {
      const { events, outcome } = await render({ output: folder });
      expect(outcome.status).toBe('failed');
      expect(events).toContainEqual(
        expect.objectContaining({
          kind: 'host.finished',
          error: expect.objectContaining({ code: 'file.not-writable' }) as unknown,
        }),
      );
    }
  });

  it('is a host key that was damaged: it is not replaced', async () => {
    await render();
    const file = hostKeyFile(await openProject(root, env), 'kitchen');
    await writeFile(file, 'damaged');
    const { outcome } = await render();
    expect(outcome.status).toBe('failed');
    expect(await readFile(file, 'utf8')).toBe('damaged');
  });
});

it('a person is warned of slips in the base that the installer would pass over', async () => {
  await write(
    'create/installer-config.txt',
    'hostnmae=x\ntimezone=Europe/Berln\nlocales=de_DE\nlocales=en_GB\n',
  );
  const { events } = await render();
  const warnings = events.flatMap((event) =>
    event.kind === 'log' && event.host === undefined ? [event.text] : [],
  );
  expect(warnings).toEqual([
    expect.stringMatching(/^create\/installer-config.txt:1: .*Did you mean hostname/),
    expect.stringMatching(/^create\/installer-config.txt:2: .*Europe\/Berlin/),
    expect.stringMatching(/^create\/installer-config.txt:3: .*set again below/),
  ]);
});

it.each([
  ['hostname=pi\n', true],
  ['rootpw=\n', true],
  ['rootpw=mine\n', false],
  ['root_ssh_pwlogin=0\n', false],
])('with %j a person is warned that root’s password is well known: %s', async (text, warned) => {
  await write('create/installer-config.txt', text);
  const { events } = await render();
  const warnings = events.filter((event) => event.kind === 'log' && event.host === 'kitchen');
  expect(warnings.length > 0).toBe(warned);
});
