/** The job file on the Pi: one installation at a time, whoever and from wherever. */
import * as z from 'zod';
import { RpiError } from '../errors.ts';
import type { Job } from './job.ts';
import { lastOf, saidBy, type RootShell } from './remote.ts';
import { claimScript } from './remote-scripts.ts';

/** Seconds that a job holds its Pi; it must be armed by then. The wipe takes the file with it. */
export const CLAIM_SECONDS = 45 * 60;

const holderSchema = z.object({ owner: z.string(), started: z.number(), expires: z.number() });

/**
 * Takes the Pi for this job, also from `former` ones of this project: the newest come first, and
 * those that are taken back count too, as their word may have reached the Pi after that. Throws
 * `install.held`, naming who has it, and `command.failed`.
 */
export async function claim(shell: RootShell, job: Job, former: readonly Job[]): Promise<void> {
  const own = former.map(({ nonce }) => nonce).slice(0, 20);
  const answer = await shell.run(claimScript(job, own, CLAIM_SECONDS));
  const last = lastOf(answer);
  if (last === 'claimed') return;
  if (last.startsWith('held ')) throw held(job.host, last.slice('held '.length));
  throw new RpiError(
    'command.failed',
    `The job file can’t be written on ${job.host}${saidBy(answer)}.`,
    { remedy: `Is its disk full or worn out? rpi ssh ${job.host}` },
  );
}

function held(host: string, encoded: string): RpiError {
  const holder = holderOf(encoded);
  const who =
    holder === undefined
      ? 'somebody else'
      : `${holder.owner.replace(/\p{C}+/gu, '')}, who began at ${timeOf(holder.started)}`;
  const until = holder === undefined ? '' : ` It is theirs until ${timeOf(holder.expires)}.`;
  return new RpiError('install.held', `${host} is being installed by ${who}.${until}`, {
    remedy: `Nothing was changed. Ask them; they end it by: rpi install rollback ${host}`,
  });
}

function holderOf(encoded: string): z.infer<typeof holderSchema> | undefined {
  try {
    return holderSchema.parse(JSON.parse(Buffer.from(encoded, 'base64').toString('utf8')));
  } catch {
    return undefined;
  }
}

/** By the Pi's own clock, which may be wrong where it never saw a network. */
function timeOf(seconds: number): string {
  return new Date(Math.min(seconds, 8e12) * 1000)
    .toISOString()
    .replace(/:\d\d\.\d+Z$/, ' UTC')
    .replace('T', ' ');
}
