/** Whether this machine can host a lab, and if not, exactly why and what to do. */
import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { attempt } from './command.ts';
import { LabError, messageOf } from './errors.ts';

export type Reason = {
  code:
    | 'not-linux'
    | 'not-root'
    | 'missing-command'
    | 'namespaces'
    | 'network'
    | 'overlay'
    | 'disk-space';
  message: string;
  remedy: string;
};

export type HostCheck = { ok: true } | { ok: false; reasons: Reason[] };

/** Each program that the lab runs, and the Debian package that has it. */
const programs: Readonly<Record<string, string>> = {
  'systemd-nspawn': 'systemd-container',
  mmdebstrap: 'mmdebstrap',
  dnsmasq: 'dnsmasq-base',
  'ssh-keygen': 'openssh-client',
  ip: 'iproute2',
  tc: 'iproute2',
  nsenter: 'util-linux',
  unshare: 'util-linux',
  'dpkg-scanpackages': 'dpkg-dev',
  openssl: 'openssl',
  sysctl: 'procps',
};

const spaceNeeded = 2 * 1024 ** 3;

/** Says whether a lab can run here; every reason why not, not only the first. Changes nothing. */
export async function canHostLab(): Promise<HostCheck> {
  if (process.platform !== 'linux') {
    return refusal([
      {
        code: 'not-linux',
        message: `The lab runs on Linux only; this is ${process.platform}.`,
        remedy: 'Use a Linux machine or virtual machine.',
      },
    ]);
  }
  const reasons = [...missingPrograms()];
  if (process.getuid?.() !== 0) {
    reasons.unshift({
      code: 'not-root',
      message: 'The lab needs root: a user namespace is not enough for systemd-nspawn.',
      remedy: 'Run it as root, for example with sudo.',
    });
  } else if (reasons.length === 0) {
    reasons.push(...(await missingAbilities()));
  }
  return reasons.length === 0 ? { ok: true } : refusal(reasons);
}

/** @throws LabError `cannot-host` with all the reasons */
export async function requireHost(): Promise<void> {
  const check = await canHostLab();
  if (check.ok) return;
  throw new LabError(
    'cannot-host',
    check.reasons.map((reason) => reason.message).join('\n'),
    check.reasons.map((reason) => reason.remedy).join('\n'),
  );
}

function refusal(reasons: Reason[]): HostCheck {
  return { ok: false, reasons };
}

function missingPrograms(): Reason[] {
  const missing = Object.keys(programs).filter((program) => !isInstalled(program));
  if (missing.length === 0) return [];
  const packages = [...new Set(missing.map((program) => programs[program] ?? program))];
  return [
    {
      code: 'missing-command',
      message: `Not installed: ${missing.join(', ')}.`,
      remedy: `apt-get install --yes --no-install-recommends ${packages.join(' ')}`,
    },
  ];
}

/** True when a program of this name is on PATH, or where only root's PATH leads. */
export function isInstalled(program: string): boolean {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders.some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

async function missingAbilities(): Promise<Reason[]> {
  const scratch = await mkdtemp(join(tmpdir(), 'rpi-lab-check-'));
  try {
    const reasons: Reason[] = [];
    const namespaces = ['-m', '-n', '-p', '-i', '-u', '--fork', '--kill-child', '--mount-proc'];
    const entered = await attempt({
      command: 'unshare',
      args: [...namespaces, 'mount', '-t', 'tmpfs', 'rpi-lab', scratch],
    });
    if (entered.code !== 0) {
      const remedy =
        'In a container, run it with full privileges (docker run --privileged); on a host, check AppArmor and seccomp.';
      return [
        {
          code: 'namespaces',
          message: `Namespaces are forbidden here: ${entered.stderr.trim()}`,
          remedy,
        },
      ];
    }
    const batch = 'link add br0 type bridge\nlink add v0 type veth peer name v1\n';
    const linked = await attempt({
      command: 'unshare',
      args: ['-n', 'ip', '-batch', '-'],
      input: batch,
    });
    if (linked.code !== 0) {
      const remedy = 'modprobe bridge veth (on the host, if this is a container)';
      reasons.push({
        code: 'network',
        message: `No bridge or veth: ${linked.stderr.trim()}`,
        remedy,
      });
    }
    const layers = `lowerdir=/usr,upperdir=${scratch}/t/u,workdir=${scratch}/t/w`;
    const overlay = `mount -t tmpfs rpi-lab ${scratch} && mkdir -p ${scratch}/t/u ${scratch}/t/w ${scratch}/m && mount -t overlay overlay -o ${layers} ${scratch}/m`;
    const layered = await attempt({ command: 'unshare', args: ['-m', 'sh', '-c', overlay] });
    if (layered.code !== 0) {
      reasons.push({
        code: 'overlay',
        message: `No overlay file system: ${layered.stderr.trim()}`,
        remedy: 'modprobe overlay (on the host, if this is a container)',
      });
    }
    const space = await statfs(import.meta.dirname);
    if (space.bavail * space.bsize < spaceNeeded) {
      reasons.push({
        code: 'disk-space',
        message: 'Less than 2 GB of disk is free.',
        remedy: 'Free some, or set RPI_LAB_CACHE and RPI_LAB_DIR to folders on another disk.',
      });
    }
    return reasons;
  } catch (error) {
    return [
      { code: 'namespaces', message: messageOf(error), remedy: 'See docs/lab.md, What it needs.' },
    ];
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
