/** What a new machine's system is given before its first boot: name, users, passwords, keys, sshd's manner, faults. */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './command.ts';
import { putFile } from './disk.ts';
import { bannerOf } from './lab-file.ts';
import type { MachineDefinition } from './lab-file.ts';
import { sourcesList } from './repository.ts';

const pi = { uid: 1000, gid: 1000 };

/**
 * Sets up a freshly mounted root.
 * @param publicKey the lab's own, authorised on `key` machines
 */
export async function setUpSystem(
  root: string,
  definition: MachineDefinition,
  gateway: string,
  publicKey: string,
): Promise<void> {
  await nameSystem(root, definition.name);
  await pointAtLab(root, gateway);
  await putFile(
    root,
    '/etc/ssh/sshd_config.d/10-machine.conf',
    await sshdConfig(root, definition),
    0o644,
  );
  await setUpLogin(root, definition, publicKey);
  await setUpFaults(root, definition);
}

export async function nameSystem(root: string, name: string): Promise<void> {
  await putFile(root, '/etc/hostname', `${name}\n`, 0o644);
  const hosts = `127.0.0.1\tlocalhost\n::1\t\tlocalhost ip6-localhost ip6-loopback\n127.0.1.1\t${name}\n`;
  await putFile(root, '/etc/hosts', hosts, 0o644);
}

/** Names and packages come from the bridge; there is nothing else to reach. */
export async function pointAtLab(root: string, gateway: string): Promise<void> {
  await putFile(root, '/etc/resolv.conf', `nameserver ${gateway}\nsearch lab\n`, 0o644);
  await putFile(root, '/etc/apt/sources.list', sourcesList(gateway), 0o644);
}

async function setUpLogin(
  root: string,
  definition: MachineDefinition,
  publicKey: string,
): Promise<void> {
  switch (definition.login) {
    case 'root/raspbian':
      await removePi(root);
      await setPassword(root, 'root', 'raspbian');
      return;
    case 'pi/raspberry':
      await setPassword(root, 'pi', 'raspberry');
      return;
    case 'key':
      await authorizeKey(root, '/root', publicKey, { uid: 0, gid: 0 });
      await authorizeKey(root, '/home/pi', publicKey, pi);
      return;
    case 'locked':
      // Passwords exist and are asked for; nobody knows them.
      for (const user of ['root', 'pi'])
        await setPassword(root, user, randomBytes(24).toString('hex'));
      return;
  }
}

/** The network installer's default system has root only. */
async function removePi(root: string): Promise<void> {
  for (const path of ['etc/passwd', 'etc/shadow', 'etc/group', 'etc/gshadow']) {
    const file = join(root, path);
    const lines = (await readFile(file, 'utf8'))
      .split('\n')
      .filter((line) => !line.startsWith('pi:'));
    const text = lines.map((line) => (line.startsWith('sudo:') ? line.replace(/\bpi$/, '') : line));
    await writeFile(file, text.join('\n'));
  }
  await rm(join(root, 'home/pi'), { recursive: true, force: true });
  await rm(join(root, 'etc/sudoers.d/010_pi-nopasswd'), { force: true });
}

/** Puts a password's hash into the root's shadow file. */
export async function setPassword(root: string, user: string, password: string): Promise<void> {
  const { stdout } = await run({
    command: 'openssl',
    args: ['passwd', '-6', '-stdin'],
    input: `${password}\n`,
  });
  const file = join(root, 'etc/shadow');
  const shadow = await readFile(file, 'utf8');
  await writeFile(file, withPasswordHash(shadow, user, stdout.trim()));
}

/** The text of a shadow file with one user's hash replaced. */
export function withPasswordHash(shadow: string, user: string, hash: string): string {
  const lines = shadow.split('\n').map((line) => {
    const fields = line.split(':');
    return fields[0] === user ? [user, hash, ...fields.slice(2)].join(':') : line;
  });
  return lines.join('\n');
}

/** Adds a public key to a home's authorized_keys. */
export async function authorizeKey(
  root: string,
  home: string,
  publicKey: string,
  owner: { uid: number; gid: number },
): Promise<void> {
  const path = `${home}/.ssh/authorized_keys`;
  const before = await readFile(join(root, path), 'utf8').catch(() => '');
  await mkdir(join(root, home, '.ssh'), { recursive: true, mode: 0o700 });
  await run({ command: 'chown', args: [`${owner.uid}:${owner.gid}`, join(root, home, '.ssh')] });
  await putFile(root, path, `${before}${publicKey.trim()}\n`, 0o600, owner);
}

async function sshdConfig(root: string, definition: MachineDefinition): Promise<string> {
  const lines: string[] = [];
  if (bannerOf(definition) === 'raspbian') {
    // Raspbian's sshd is Debian's with the name changed: the same version, another word before it.
    lines.push('DebianBanner no', `VersionAddendum Raspbian-${await sshdRevision(root)}`);
  }
  if (definition.login === 'root/raspbian') lines.push('PermitRootLogin yes');
  if (definition.login === 'key')
    lines.push('PasswordAuthentication no', 'KbdInteractiveAuthentication no');
  if (definition.addresses > 1) lines.push('MaxStartups 300:30:600');
  return `${lines.join('\n')}\n`;
}

/** The Debian revision of the root's sshd, such as `2+deb12u7`. */
export async function sshdRevision(root: string): Promise<string> {
  const status = await readFile(join(root, 'var/lib/dpkg/status'), 'utf8');
  const version = /^Package: openssh-server\n(?:.+\n)*?Version: (.+)$/m.exec(status)?.[1] ?? '';
  return version.slice(version.lastIndexOf('-') + 1);
}

async function setUpFaults(root: string, definition: MachineDefinition): Promise<void> {
  for (const fault of definition.faults) {
    if (fault === 'sshd-hangs') {
      // Stopped after it listens: the kernel still accepts connections, nobody greets.
      const dropIn = '[Service]\nExecStartPost=/bin/kill -STOP $MAINPID\n';
      await putFile(root, '/etc/systemd/system/ssh.service.d/hang.conf', dropIn, 0o644);
    } else if (fault === 'no-sshd') {
      await rm(join(root, 'etc/systemd/system/multi-user.target.wants/ssh.service'), {
        force: true,
      });
    } else if (fault === 'disk-full') {
      await lateUnit(root, 'fill-disk', '-/bin/dd if=/dev/zero of=/var/tmp/filler bs=64k');
    } else if (fault === 'read-only') {
      // The journal moves to memory first: a file that is open for writing would forbid the change.
      await lateUnit(
        root,
        'read-only',
        '/bin/journalctl --relinquish-var',
        '/bin/mount -o remount,ro /',
      );
    }
  }
}

/** A unit that runs once the machine is up and its host keys are made. */
async function lateUnit(root: string, name: string, ...commands: string[]): Promise<void> {
  const starts = commands.map((command) => `ExecStart=${command}\n`).join('');
  const unit = `[Unit]\nAfter=ssh.service\n\n[Service]\nType=oneshot\n${starts}`;
  await putFile(root, `/etc/systemd/system/${name}.service`, unit, 0o644);
  const wants = join(root, 'etc/systemd/system/multi-user.target.wants');
  await mkdir(wants, { recursive: true });
  await run({ command: 'ln', args: ['-sf', `../${name}.service`, join(wants, `${name}.service`)] });
}
