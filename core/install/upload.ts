/** Sends the files of an installation to the Pi, beside where they will count, and proves them. */
import type { EventBody } from '../runs/event.ts';
import { RpiError } from '../errors.ts';
import { sha256 } from './backup.ts';
import type { UploadFile } from './backend.ts';
import type { Job } from './job.ts';
import { jobLost, lastOf, saidBy, type RootShell } from './remote.ts';
import { putScript, verifyScript, type Piece, type Sum } from './remote-scripts.ts';
import { sizeText } from '../formats/size.ts';

/** Bytes that go in one script. */
const BATCH = 1024 * 1024;

/** Where files wait on the boot partition until the job is armed. */
export function stagingFolder(job: Job): string {
  return `${job.bootFolder}/rpi-install.new`;
}

/** Throws `install.upload-failed`, `install.job-lost`, and what a session throws. */
export async function* upload(
  shell: RootShell,
  job: Job,
  files: readonly UploadFile[],
): AsyncGenerator<EventBody, void> {
  const { host } = job;
  const folder = stagingFolder(job);
  const total = files.reduce((sum, { content }) => sum + content.length, 0);
  let done = 0;
  for (const batch of batches(files)) {
    yield { kind: 'step.progress', host, step: 'upload', done, total, detail: sizeText(total) };
    const answer = await shell.run(putScript(job.nonce, folder, batch));
    refuse(job, answer, 'written');
    done += batch.reduce((sum, { content }) => sum + content.length, 0);
  }
  const answer = await shell.run(verifyScript(job.nonce, folder, sumsOf(files)));
  refuse(job, answer, 'verified');
  yield { kind: 'step.progress', host, step: 'upload', done: total, total };
}

export function sumsOf(files: readonly UploadFile[]): Sum[] {
  return files.map(({ path, content }) => ({ path, sha256: sha256(content) }));
}

/** The files in pieces, so many together that a script does not become too long. */
export function batches(files: readonly UploadFile[]): Piece[][] {
  const all: Piece[][] = [];
  let batch: Piece[] = [];
  let room = BATCH;
  const add = (piece: Piece): void => {
    batch.push(piece);
    room -= piece.content.length;
    if (room > 0) return;
    all.push(batch);
    batch = [];
    room = BATCH;
  };
  for (const { path, content } of files) {
    let at = 0;
    do {
      const end = Math.min(at + room, content.length);
      add({ path, content: content.subarray(at, end), first: at === 0 });
      at = end;
    } while (at < content.length);
  }
  if (batch.length > 0) all.push(batch);
  return all;
}

function refuse(job: Job, answer: readonly string[], expected: string): void {
  const last = lastOf(answer);
  if (last === expected) return;
  if (last === 'job-lost') throw jobLost(job.host);
  throw new RpiError(
    'install.upload-failed',
    `What was sent to ${job.host} is not there as it was sent${saidBy(answer)}.`,
    {
      remedy:
        'Nothing was armed: the Pi starts as before. Is its boot partition full, or its card worn out?',
    },
  );
}
