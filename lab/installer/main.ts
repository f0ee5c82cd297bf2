/**
 * Runs a machine's network installer (install.bash) in a container of its own, shows what it says on TCP
 * port 23 of the machine, and ends with the status that the machine's firmware understands.
 */
import { spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { attempt, run } from '../command.ts';
import { copyTree } from '../disk.ts';
import { installerJob } from '../installer-process.ts';
import type { InstallerJob } from '../installer-process.ts';
import { sshdRevision } from '../setup.ts';

/** What install.bash says when its network stands, and progress can be watched from then on. */
const listening = 'Printing console to telnet output started.';

/** Bytes that wait for a watcher before the installer stands still, as a pipe on a real Pi does. */
const patience = 64 * 1024;

const statuses: Readonly<Record<number, number>> = { 33: 133, 32: 0 };

async function install(job: InstallerJob): Promise<number> {
  const scratch = join('/run/installer', job.name);
  // Left by an installation whose power was cut.
  await attempt({ command: 'umount', args: ['--recursive', scratch] });
  await mkdir(scratch, { recursive: true });
  await run({ command: 'mount', args: ['-t', 'tmpfs', 'rpi-lab', scratch] });
  for (const each of ['upper', 'work', 'root']) await mkdir(join(scratch, each));
  const layers = `lowerdir=${job.baseRoot},upperdir=${scratch}/upper,workdir=${scratch}/work`;
  await run({
    command: 'mount',
    args: ['-t', 'overlay', '-o', layers, 'overlay', `${scratch}/root`],
  });
  const card = await cardFor(job, scratch);
  const script = '/usr/lib/rpi-lab/install.bash';
  const child = spawn(
    'systemd-nspawn',
    [
      '--quiet',
      `--directory=${scratch}/root`,
      '--as-pid2',
      `--machine=${job.name}`,
      '--register=no',
      '--keep-unit',
      `--network-namespace-path=/run/netns/${job.name}`,
      '--capability=CAP_NET_ADMIN',
      '--console=pipe',
      '--resolv-conf=off',
      '--timezone=off',
      '--link-journal=no',
      `--bind-ro=${join(import.meta.dirname, 'install.bash')}:${script}`,
      `--bind-ro=${job.baseRoot}:/base`,
      `--bind=${card.disk}:/card`,
      `--bind=${card.boot}:/boot`,
      'bash',
      script,
      String(Math.round(job.seconds)),
      job.address,
      job.gateway,
      await sshdRevision(job.baseRoot),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const watchers = new Set<Socket>();
  const server = createServer((socket) => {
    watchers.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => watchers.delete(socket));
  });
  const lines = createInterface({ input: child.stdout });
  /** A watcher that is connected and does not read stops the installer; one that leaves lets it go on. */
  const waitForReaders = (): void => {
    const slow = [...watchers].find((each) => each.writableLength > patience);
    if (slow === undefined) return;
    child.stdout.pause();
    const goOn = (): void => {
      slow.off('drain', goOn).off('close', goOn);
      child.stdout.resume();
    };
    slow.on('drain', goOn).on('close', goOn);
  };
  lines.on('line', (line) => {
    process.stdout.write(`${line}\n`);
    if (line === listening) server.listen(23, '0.0.0.0');
    if (!/userpw|rootpw/.test(line)) for (const each of watchers) each.write(`${line}\n`);
    waitForReaders();
  });
  const status = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
  for (const each of watchers) each.end();
  await attempt({ command: 'umount', args: ['--recursive', scratch] });
  return status;
}

/**
 * What the installer writes to. A card that is worn out takes every write, gives it back as long as
 * it has power, and is as it was before from the next start on.
 */
async function cardFor(
  { card, disk, boot }: InstallerJob,
  scratch: string,
): Promise<{ disk: string; boot: string }> {
  const taken = Number(await readFile(card.count, 'utf8').catch(() => '0'));
  if (card.takes === undefined || taken < card.takes) {
    await writeFile(card.count, String(taken + 1));
    return { disk, boot };
  }
  const forgetful = { disk: join(scratch, 'disk'), boot: join(scratch, 'boot') };
  await copyTree(disk, forgetful.disk);
  await copyTree(boot, forgetful.boot);
  return forgetful;
}

const job = installerJob.parse(JSON.parse(process.argv[2] ?? ''));
const status = await install(job);
const cue = statuses[status];
if (cue !== undefined) process.exit(cue);
// It ended without a word to the firmware, as after "exit" in a config: the machine stands still.
process.stdout.write(`The installer ended with status ${status}; the machine stands still.\n`);
setInterval(() => undefined, 60_000);
