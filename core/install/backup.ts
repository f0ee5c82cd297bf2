/** What can be saved of the old system: what starts it, and its ssh host keys. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { RpiError } from '../errors.ts';
import { writeFileAtomic } from '../files/atomic.ts';
import { makePrivateFolder } from '../files/private-folder.ts';
import type { Project } from '../project/project.ts';
import type { EventBody } from '../runs/event.ts';
import type { ProjectContext } from '../runs/operation.ts';
import { jobFolder, type Job } from './job.ts';
import { writeRecoveryNote } from './recovery-note.ts';
import { lastOf, saidBy, type RootShell } from './remote.ts';
import { backupScript } from './remote-scripts.ts';

/** A file of the Pi; `path` is absolute there. */
export type SavedFile = { readonly path: string; readonly content: Buffer };

const FOLDER = 'backup';
const LIST = 'files.json';
const listSchema = z.array(z.object({ path: z.string(), sha256: z.string() }));

/** Saves what starts the old system, and writes the recovery note. Throws `install.backup-failed`, `file.*`. */
export async function* backUp(
  shell: RootShell,
  job: Job,
  model: string,
  { project }: ProjectContext,
): AsyncGenerator<EventBody, void> {
  const { host, bootFolder: boot } = job;
  yield { kind: 'step.started', host, step: 'backup', title: 'backing up what starts it' };
  const { written } = job;
  const onBoot = (path: string): string => `${boot}/${path}`;
  const paths = ['config.txt', 'cmdline.txt', 'tryboot.txt', ...written.files].map(onBoot);
  const files = await readBackup(
    shell,
    [...new Set([...paths, '/etc/hostname', '/etc/fstab'])],
    written.folders.map(onBoot),
  );
  if (!files.some(({ path }) => path === `${boot}/config.txt`)) {
    throw new RpiError('install.backup-failed', `${host} has no ${boot}/config.txt any more.`, {
      remedy: 'Nothing was changed. Start again.',
    });
  }
  const folder = await saveBackup(project, job, files);
  const note = await writeRecoveryNote(project, job, model);
  yield {
    kind: 'step.finished',
    host,
    step: 'backup',
    status: 'ok',
    detail: `${files.length} files in ${folder}`,
  };
  yield {
    kind: 'log',
    level: 'info',
    host,
    text: `backup and recovery note: ${note} — read it if this Pi does not come back`,
  };
}

/** Reads the files from the Pi. Throws `install.backup-failed` where one did not arrive whole. */
export async function readBackup(
  shell: RootShell,
  paths: readonly string[],
  folders: readonly string[],
): Promise<SavedFile[]> {
  const answer = await shell.run(backupScript(paths, folders));
  if (lastOf(answer) !== 'end') throw failed(shell.host, saidBy(answer));
  const files: { path: string; size: number; sum: string; lines: string[] }[] = [];
  for (const line of answer.slice(0, -1)) {
    const [, size, sum, path] = /^file (\d+) ([0-9a-f]{64}) (\/.+)$/.exec(line) ?? [];
    if (path !== undefined && sum !== undefined) {
      files.push({ path, size: Number(size), sum, lines: [] });
    } else files.at(-1)?.lines.push(line);
  }
  const once = new Map(files.map((file) => [file.path, file]));
  return [...once.values()].map(({ path, size, sum, lines }) => {
    const content = Buffer.from(lines.join(''), 'base64');
    if (content.length !== size || sha256(content) !== sum) throw failed(shell.host, `: ${path}`);
    return { path, content };
  });
}

/** Keeps them below the job's folder, 0600. Throws `file.*`. */
export async function saveBackup(
  project: Pick<Project, 'hosts'>,
  job: Job,
  files: readonly SavedFile[],
): Promise<string> {
  const folder = join(jobFolder(project, job), FOLDER);
  for (const { path, content } of files) {
    // The Pi names the paths: none may lead out of the folder.
    if (path.split('/').includes('..')) throw failed(job.host, `: ${path}`);
    const target = join(folder, path);
    await makePrivateFolder(dirname(target));
    await writeFileAtomic(target, content, { mode: 0o600 });
  }
  const list = files.map(({ path, content }) => ({ path, sha256: sha256(content) }));
  await writeFileAtomic(join(folder, LIST), `${JSON.stringify(list, undefined, 2)}\n`, {
    mode: 0o600,
  });
  return folder;
}

/** What saveBackup kept, whole; undefined where it did not come to its end. */
export async function loadBackup(
  project: Pick<Project, 'hosts'>,
  job: Job,
): Promise<SavedFile[] | undefined> {
  const folder = join(jobFolder(project, job), FOLDER);
  try {
    const list = listSchema.parse(JSON.parse(await readFile(join(folder, LIST), 'utf8')));
    return await Promise.all(
      list.map(async ({ path, sha256: sum }) => {
        const content = await readFile(join(folder, path));
        if (sha256(content) !== sum) throw failed(job.host, `: ${path}`);
        return { path, content };
      }),
    );
  } catch {
    return undefined;
  }
}

export function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

function failed(host: string, what: string): RpiError {
  return new RpiError(
    'install.backup-failed',
    `The backup of ${host} did not arrive whole${what}.`,
    {
      remedy:
        'Nothing was changed. Try again; if it stays so, its card can’t be read: write a new one.',
    },
  );
}
