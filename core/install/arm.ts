/** The last steps on the old system: what makes the firmware start the installer, and the restart. */
import { RpiError } from '../errors.ts';
import type { Medium, UploadFile } from './backend.ts';
import type { Job } from './job.ts';
import { jobLost, lastOf, saidBy, type RootShell } from './remote.ts';
import { armScript, restartScript } from './remote-scripts.ts';
import { stagingFolder, sumsOf } from './upload.ts';

/** Throws `install.not-armed`, `install.job-lost`, and what a session throws. */
export async function arm(
  shell: RootShell,
  job: Job,
  medium: Medium,
  files: readonly UploadFile[],
): Promise<void> {
  const answer = await shell.run(
    armScript(job.nonce, job.bootFolder, stagingFolder(job), {
      replaced: medium.replaced,
      sums: sumsOf(files),
      switch: medium.switch(job.arming),
    }),
  );
  const last = lastOf(answer);
  if (last === 'armed') return;
  if (last === 'job-lost') throw jobLost(job.host);
  throw new RpiError(
    'install.not-armed',
    `What starts the installer can’t be written on ${job.host}${saidBy(answer)}.`,
    { remedy: 'It starts its old system as before. Is its boot partition full or worn out?' },
  );
}

/** Throws `install.not-restarted` where it says that it does not, and `install.job-lost`. */
export async function restart(shell: RootShell, job: Job): Promise<void> {
  let answer: string[];
  try {
    const script = restartScript(job.nonce, job.arming === 'tryboot');
    answer = await shell.run(script, { timeout: 30_000 });
  } catch (error) {
    // It may go down before it says that the command has ended.
    if (RpiError.is(error, 'ssh.closed', 'ssh.timeout')) return;
    throw error;
  }
  const last = lastOf(answer);
  if (last === 'restarting' || last === '') return;
  if (last === 'job-lost') throw jobLost(job.host);
  throw new RpiError('install.not-restarted', `${job.host} did not restart${saidBy(answer)}.`, {
    remedy: 'Its old system runs on.',
  });
}
