import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bashSyntaxFaults } from '../../../core/lint/bash-syntax.ts';
import { lintableFiles, lintFiles, type LintedFile } from '../../../core/lint/lint.ts';
import { maskSecrets, maskSecretWords } from '../../../core/lint/mask.ts';
import { resource } from '../../../core/resources.ts';
import { openProject } from '../../../core/project/project.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'rpi-lint-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const env = { PATH: process.env['PATH'] };

async function write(path: string, text: string): Promise<string> {
  const file = join(root, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  return file;
}

async function lint(
  paths: readonly string[] | undefined,
  inProject = false,
): Promise<LintedFile[]> {
  const project = inProject ? await openProject(root, env) : undefined;
  const named = paths ?? (project === undefined ? [] : await lintableFiles(project));
  return lintFiles(named, {
    project,
    env,
    signal: new AbortController().signal,
    onRuleError: (code, error) => {
      throw new Error(`The rule ${code} crashed.`, { cause: error });
    },
  });
}

const codes = (files: readonly LintedFile[]): string[] =>
  files.flatMap(({ findings }) => findings.map(({ severity, code }) => `${severity} ${code}`));

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJNphSVjRjsGXKUkP9zj8LpuLGnvmZ5LzFVPnT2O5mGO ada';

describe('files as they should be', () => {
  it('have nothing said of them', async () => {
    const config = await write(
      'config/installer-config.txt',
      `# For the kitchen.\r
preset=server\r
release=bullseye\r
packages="python3,python3-apt,sudo"\r
hostname=kitchen\r
domainname=example.org\r
rootpw='correct horse "battery" $taple'\r
root_ssh_pwlogin=0\r
ssh_pwlogin=0\r
username=ada\r
user_ssh_pubkey="${KEY}"\r
usergroups=gpio,i2c\r
ifname=wlan0\r
wlan_country=GB\r
wlan_ssid='Garden House'\r
wlan_psk_encrypted=${'0a'.repeat(32)}\r
ip_addr=10.0.0.20\r
ip_netmask=255.255.255.0\r
ip_gateway=10.0.0.1\r
ip_nameservers="10.0.0.1 9.9.9.9"\r
timezone=Europe/London\r
keyboard_layout=gb\r
locales=en_GB.UTF-8,de_DE\r
system_default_locale=en_GB.UTF-8\r
bootsize=+512M\r
rootfstype=ext4\r
boot_volume_label=KITCHEN\r
i2c_enable=1\r
i2c_baudrate=400000\r
dt_overlays=w1-gpio\r
cmdline="console=tty1 fsck.repair=yes"\r
installer_telnet=listen\r
installer_retries=3\r
watchdog_enable=1`,
    );
    const script = await write(
      'config/post-install.txt',
      'sed -i /rootpw=/d /rootfs/boot/raspberrypi-ua-netinst/config/installer-config.txt\ncase x in y) (exit 1) ;; esac\n',
    );
    await write('config/files/root/home/ada/.ssh/authorized_keys', `${KEY}\n`);
    const list = await write(
      'config/files/my.list',
      '# keys\nada:ada 700 /home/ada/.ssh\nada:ada 600 /home/ada/.ssh/authorized_keys\n',
    );
    expect(codes(await lint([config, script, list]))).toEqual([]);
  });

  it('of a new project have nothing worse than remarks', async () => {
    await write('rpi.yml', 'version: 1\nid: linttest\n');
    await write(
      'inventory/hosts.yml',
      'all:\n  hosts:\n    kitchen: {rpi_model: Raspberry Pi 4 Model B}\n',
    );
    const { readFile } = await import('node:fs/promises');
    for (const name of ['installer-config.txt', 'post-install.txt']) {
      await write(
        `create/${name}`,
        await readFile(resource(`templates/project/create/${name}`), 'utf8'),
      );
    }
    const files = await lint(undefined, true);
    expect(files.map(({ kind }) => kind)).toEqual([
      'installer-config',
      'post-install',
      'inventory',
      'rpi-yml',
    ]);
    expect(codes(files)).toEqual(['information root-password']);
  });
});

describe('what surrounds a file', () => {
  it('is looked up: wpa_supplicant.conf, keys, sources, users, what empties passwords', async () => {
    const config = await write(
      'config/installer-config.txt',
      "rootpw='own'\nifname=wlan0\nroot_ssh_pubkey=ada.pub\nusername=ada\nuser_ssh_pubkey=no.pub\n",
    );
    const list = await write('config/files/my.list', 'ada 644 /etc/motd\nbob 644 /etc/issue\n');
    expect(codes(await lint([config, list]))).toEqual([
      'information clear-password',
      'error missing-partner',
      'error public-key',
      'error public-key',
      'warning list-source',
      'information list-unknown-user',
      'warning list-source',
    ]);
    await write('config/wpa_supplicant.conf', '');
    await write('config/files/ada.pub', `${KEY}\n`);
    await write('config/files/no.pub', `${KEY}\n`);
    await write('config/files/root/etc/motd', '');
    await write('config/files/root/etc/issue', '');
    await write(
      'config/post-install.txt',
      'chroot /rootfs /usr/sbin/useradd bob\nrm -f /rootfs/boot/raspberrypi-ua-netinst/config/installer-config.txt\n',
    );
    expect(codes(await lint([config, list]))).toEqual([]);
  });

  it('is counted where the file lies on a medium', async () => {
    const config = await write(
      'raspberrypi-ua-netinst/config/installer-config.txt',
      "rootpw='own'\nbootsize=+128M\n",
    );
    expect(codes(await lint([config]))).toContain('information boot-size');
    await write('bootcode.bin', 'x');
    expect(codes(await lint([config]))).not.toContain('information boot-size');
  });

  it('in a project is its inventory: a Pi 5 is named', async () => {
    await write('rpi.yml', 'version: 1\nid: linttest\n');
    await write(
      'inventory/hosts.yml',
      'all:\n  hosts:\n    attic: {rpi_model: Raspberry Pi 5 Model B}\n',
    );
    await write('create/installer-config.txt', "rootpw='own'\n");
    expect(codes(await lint(undefined, true))).toContain('error unsupported-model');
  });

  it('has other places in raspbian-ua-netinst', async () => {
    const config = await write(
      'installer-config.txt',
      "# raspbian-ua-netinst\nrootpw='own'\nifname=wlan0\n",
    );
    const list = await write('config/files/my.list', 'root 644 /etc/motd\n');
    await write('config/files/root/etc/motd', '');
    expect(codes(await lint([config, list]))).toEqual([
      'information clear-password',
      'error missing-partner',
      'warning list-unused',
    ]);
    await write('config/wpa_supplicant.conf', '');
    await write('post-install.txt', 'install_files my.list\n');
    expect(codes(await lint([config, list]))).toEqual(['information clear-password']);
  });

  it('in rpi.yml is the dialect', async () => {
    await write('rpi.yml', 'version: 1\nid: linttest\ncreate: {dialect: raspbian-ua-netinst}\n');
    await write('create/installer-config.txt', "rootpw='own'\nip4_addr=dhcp\n");
    expect(codes(await lint(undefined, true))).toEqual(['information clear-password']);
  });
});

describe('bash', () => {
  const ask = (text: string): ReturnType<typeof bashSyntaxFaults> =>
    bashSyntaxFaults(text, { env, signal: new AbortController().signal });

  it('says where a script can’t be read, and runs none of it', async () => {
    const trace = join(root, 'trace');
    expect(await ask(`touch ${trace}\nif true; then\n`)).toEqual([
      { line: 3, message: expect.stringContaining('unexpected end of file') as string },
    ]);
    expect(await ask(`touch ${trace}\r\nif true; then\r\n  :\r\nfi\r\n`)).toEqual([]);
    await expect(import('node:fs/promises').then(({ stat }) => stat(trace))).rejects.toThrow(
      'ENOENT',
    );
  });

  it('reads no file that the environment names', async () => {
    const trace = join(root, 'trace');
    const startup = await write('startup', `touch ${trace}\n`);
    await bashSyntaxFaults(':\n', {
      env: { ...env, BASH_ENV: startup, ENV: startup },
      signal: new AbortController().signal,
    });
    await expect(import('node:fs/promises').then(({ stat }) => stat(trace))).rejects.toThrow(
      'ENOENT',
    );
  });

  it('need not be there', async () => {
    expect(
      await bashSyntaxFaults('if\n', { env: { PATH: root }, signal: new AbortController().signal }),
    ).toBeUndefined();
  });
});

it.each(['notes.md', 'create/installer-config.txt.ejs'])(
  '%s is refused: no rule is for it',
  async (path) => {
    await expect(lint([await write(path, '')])).rejects.toMatchObject({ code: 'input.invalid' });
  },
);

it('a file that is not there, or no text, is refused', async () => {
  await expect(lint([join(root, 'installer-config.txt')])).rejects.toMatchObject({
    code: 'file.not-readable',
  });
  const file = join(root, 'installer-config.txt');
  await writeFile(file, Buffer.from([0x61, 0x3d, 0xff]));
  await expect(lint([file])).rejects.toMatchObject({ code: 'file.not-readable' });
});

it('a line is shown without its passwords, and everything keeps its place', () => {
  expect(maskSecrets("rootpw='a b' hostname=x\n# wlan_psk=hunter22\nuserpw = two\n")).toBe(
    'rootpw=•• •• hostname=x\n# wlan_psk=••••••••\nuserpw = •••\n',
  );
  expect(maskSecrets("rootpw='open\nsecret\n")).not.toMatch(/open|secret/);
});

describe('what Ansible reads', () => {
  it('is checked with the whole project in view', async () => {
    await write('rpi.yml', 'version: 1\nid: linttest\nnetwork: []\n');
    await write('inventory/hosts.yml', 'all:\n  hosts:\n    kitchen:\n      ansible_hosts: x\n');
    await write(
      'site.yml',
      '- hosts: kitchn\n  roles:\n    - web\n  tasks:\n    - ansible.builtin.debug:\n        msg: "{{ port }}"\n',
    );
    await write('roles/web/defaults/main.yml', 'port: 80\n');
    await write('roles/web/templates/a.conf.j2', '{% if port %}\n');
    const other = await write('compose.yml', 'services: {}\n');
    const project = await import('../../../core/lint/ansible.ts');
    expect(await project.ansibleFiles(root)).not.toContain(other);
    const files = await lint(await project.ansibleFiles(root));
    expect(codes(files).sort()).toEqual([
      'error jinja-syntax',
      'error rpi-unknown-setting',
      'warning host-pattern',
      'warning inventory-misspelt-variable',
    ]);
    expect(files.find(({ path }) => path.endsWith('.j2'))?.kind).toBe('template');
  });

  it('is shown without what is secret', () => {
    const text =
      'db_password: hunter2 # x\nvault_token = abc\npassword: "{{ vault }}"\nuser: ada\n';
    const shown = maskSecretWords(text);
    expect(shown).not.toMatch(/hunter2|abc/);
    expect(shown).toContain('password: "{{ vault }}"\nuser: ada');
    expect(shown).toHaveLength(text.length);
  });
});
