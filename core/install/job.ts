/**
 * The record of an installation on this machine: where it stands, and all that is needed to follow
 * or undo it from another terminal. Kept in the data folder, beside the backup.
 */
import { randomBytes } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { folderName } from '../create/folder-name.ts';
import { RpiError } from '../errors.ts';
import { writeFileAtomic } from '../files/atomic.ts';
import { makePrivateFolder } from '../files/private-folder.ts';
import type { Project } from '../project/project.ts';

/**
 * How far it has come. Up to `armed` the old system runs and can go on doing so; `restarting` is
 * written before the Pi is told to, so from then on only the Pi itself knows. From `proved` on they are ends.
 */
export const jobPhase = z.enum([
  'begun',
  'uploaded',
  'armed',
  'restarting',
  'installing',
  'proved',
  'came-back',
  /** The old system runs although the disk was wiped: the card keeps nothing. */
  'not-kept',
  'undone',
  'failed',
]);
export type JobPhase = z.infer<typeof jobPhase>;

/** What can be done with a new system once it is proved, in this order. */
export const afterwards = z.enum(['provision', 'deploy']);
export type Afterwards = z.infer<typeof afterwards>;

const jobSchema = z.object({
  v: z.literal(1),
  /** Sorts by start. */
  id: z.string(),
  /** Read back from the new system, it proves which installation made it. */
  nonce: z.string(),
  owner: z.string(),
  host: z.string(),
  address: z.string(),
  port: z.number(),
  serial: z.string().optional(),
  phase: jobPhase,
  /** ISO 8601. */
  started: z.string(),
  changed: z.string(),
  arming: z.enum(['tryboot', 'config.txt']),
  backend: z.string(),
  system: z.string(),
  /** Where the old system mounts its boot partition. */
  bootFolder: z.string(),
  /** What is written on the boot partition, by paths relative to it: to take it back. */
  written: z.object({
    files: z.array(z.string()),
    /** Folders that are replaced as a whole. */
    folders: z.array(z.string()),
    /** The file that arms. */
    armedBy: z.string(),
  }),
  /** Of the old system, to tell it from the new one. */
  before: z.object({ machineId: z.string().optional(), bootId: z.string() }),
  /** What the new system must show. */
  expected: z.object({
    /** As in a .pub file. */
    hostKey: z.string(),
    hostname: z.string().optional(),
    packages: z.array(z.string()),
  }),
  /** Milliseconds from the restart until the new system must have answered. */
  deadline: z.number(),
  /** What was asked for beyond the proof, and is not done yet. */
  afterwards: z.array(afterwards).optional(),
  /** ISO 8601; when the Pi was told to restart. */
  restarted: z.string().optional(),
  /** The last thing that was seen or went wrong, a sentence. */
  note: z.string().optional(),
});
export type Job = z.infer<typeof jobSchema>;

/** The record, at the address that the inventory has by now: the Pi may have got another one. */
export function atItsAddress(
  job: Job,
  { address, port }: { readonly address: string; readonly port: number },
): Job {
  return { ...job, address, port };
}

/** It may still be under way on the Pi. */
export function isOpen({ phase }: Job): boolean {
  return !['proved', 'came-back', 'not-kept', 'undone'].includes(phase);
}

/** The Pi has been told to restart into the installer, or may have been. */
export function mayBeRestarted({ phase, restarted }: Job): boolean {
  return restarted !== undefined && phase !== 'undone';
}

export function newJobId(now: number): string {
  return `${new Date(now).toISOString().replace(/[-:.]/g, '')}-${randomBytes(3).toString('hex')}`;
}

export function newNonce(): string {
  return randomBytes(16).toString('hex');
}

/** Who installs, as the one who comes second is told. */
export function owner(): string {
  const name = ((): string => {
    try {
      return userInfo().username;
    } catch {
      return 'somebody'; // no entry in passwd, as in containers
    }
  })();
  return `${name}@${hostname()}`.replace(/[^\w.@-]/g, '-').slice(0, 80);
}

/** The folder of one job: its record, the backup, the recovery note. */
export function jobFolder(project: Pick<Project, 'hosts'>, job: Pick<Job, 'host' | 'id'>): string {
  return join(jobsFolder(project, job.host), job.id);
}

export function recoveryNotePath(
  project: Pick<Project, 'hosts'>,
  job: Pick<Job, 'host' | 'id'>,
): string {
  return join(jobFolder(project, job), 'RECOVERY.md');
}

/** Writes the record; it is on the disk when this returns. Throws `file.*`. */
export async function saveJob(project: Pick<Project, 'hosts'>, job: Job): Promise<void> {
  const folder = jobFolder(project, job);
  await makePrivateFolder(folder);
  const text = `${JSON.stringify(job, undefined, 2)}\n`;
  await writeFileAtomic(join(folder, FILE), text, { mode: 0o600 });
}

/** Removes the record of a job that never had its Pi. */
export async function forgetJob(project: Pick<Project, 'hosts'>, job: Job): Promise<void> {
  await rm(jobFolder(project, job), { recursive: true, force: true });
}

/** The jobs of a host, the newest first. Folders that hold no record are left out. */
export async function jobsOf(project: Pick<Project, 'hosts'>, host: string): Promise<Job[]> {
  const folder = jobsFolder(project, host);
  const names = await readdir(folder).catch(() => []);
  const jobs = await Promise.all(names.map((name) => readJob(join(folder, name, FILE))));
  return jobs.filter((job) => job !== undefined).sort((a, b) => (a.id < b.id ? 1 : -1));
}

/** The newest job of a host. Throws `install.no-job`. */
export async function lastJob(project: Pick<Project, 'hosts'>, host: string): Promise<Job> {
  const [job] = await jobsOf(project, host);
  if (job !== undefined) return job;
  throw noJob([host]);
}

export function noJob(hosts: readonly string[]): RpiError {
  const [were, them] = hosts.length === 1 ? ['was', 'it'] : ['were', 'them'];
  return new RpiError('install.no-job', `${hosts.join(', ')} ${were} not installed from here.`, {
    remedy: `rpi runs list shows what was done. To install ${them}: rpi install ${hosts.join(' ')}`,
  });
}

const FILE = 'job.json';

function jobsFolder({ hosts }: Pick<Project, 'hosts'>, host: string): string {
  return join(hosts, folderName(host), 'installs');
}

async function readJob(path: string): Promise<Job | undefined> {
  try {
    return jobSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return undefined;
  }
}
