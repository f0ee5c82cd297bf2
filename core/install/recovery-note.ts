/** What to do with the card in hand, written before anything can go wrong. */
import { join } from 'node:path';
import { writeFileAtomic } from '../files/atomic.ts';
import type { Project } from '../project/project.ts';
import { jobFolder, recoveryNotePath, type Job } from './job.ts';

/** Writes the note beside the backup. Throws `file.*`. */
export async function writeRecoveryNote(
  project: Pick<Project, 'hosts'>,
  job: Job,
  model: string,
): Promise<string> {
  const path = recoveryNotePath(project, job);
  const backup = join(jobFolder(project, job), 'backup');
  await writeFileAtomic(path, recoveryNote(job, model, backup), { mode: 0o600 });
  return path;
}

export function recoveryNote(job: Job, model: string, backup: string): string {
  const { host, address, serial, started, system, arming, bootFolder } = job;
  const firmware = `${backup}${bootFolder}`;
  return `# If ${host} does not come back

${host} (${model}, serial ${serial ?? 'unknown'}, at ${address}) is being reinstalled since ${started}:
${system}.

1. Give it time: an old Pi on a slow line takes an hour. \`rpi install status ${host}\` shows what it
   does, \`rpi install resume ${host}\` follows it from any terminal.
2. Look at it. A light that blinks three short, three long, three short: the installer has given up.
   A screen shows why.
3. It may have another address: \`rpi detect\` finds it by its MAC, \`rpi inventory sync\` corrects the
   inventory.
4. Cut its power for ten seconds. ${
    arming === 'tryboot'
      ? 'Before the disk was wiped, the old system starts again; after that, the installer tries again.'
      : 'The installer starts again.'
  }
5. If it stays dark, take the card out and put it into this computer. On its first partition (FAT):
   - Is there \`raspberrypi-ua-netinst/error-*.log\`? Its last lines say what failed.
   - Is there a folder \`raspberrypi-ua-netinst\` with \`config.txt\` in it, and a second partition that
     is empty or half-filled? Copy \`raspberrypi-ua-netinst/config.txt\` over \`config.txt\`, and
     \`installer_retries=3\` into \`raspberrypi-ua-netinst/installer-retries.txt\`: it installs again.
   - Is the old system still there? Copy these back, and remove \`tryboot.txt\`:
     \`${firmware}/config.txt\`
     \`${firmware}/cmdline.txt\`
   - Is the partition empty or unreadable? Then the power failed in the one moment that can't be made
     safe. Write a new card: \`rpi create card DEVICE --host ${host}\` (lsblk shows the DEVICE; where the
     installer's own files are not here yet, it says how to get them).

The old system's ssh host keys, config.txt and cmdline.txt are in \`${backup}\`. Keep that folder to
yourself: there are private keys in it.
`;
}
