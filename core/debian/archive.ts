/** One archive, read over http: its Release with its signature, and its indexes, kept by their hash. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, open, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { findExecutable, streamCommand, type Environment } from '../command/run.ts';
import { cancelled, RpiError } from '../errors.ts';
import { writeError } from '../files/atomic.ts';
import { makeFolder } from '../files/make-folder.ts';
import { isAbsent, openUrl, readUrl, reasonOf, type Answer } from './http.ts';
import { parsePackages, type DebianPackage } from './packages.ts';
import { parseReleaseFile, type ReleaseFile } from './release.ts';
import { checkSignature, type Signature } from './signature.ts';
import { indexPath, suiteUrl, type AptSource } from './source.ts';

export type ArchiveContext = {
  readonly env: Environment;
  readonly signal: AbortSignal;
  /** `host:port` of an apt cache. */
  readonly cache: string | undefined;
  readonly keyrings: readonly string[];
  /** Where indexes are kept, each under its hash; made where it is missing. */
  readonly store: string;
};

export type OpenedRelease =
  | {
      readonly type: 'release';
      readonly release: ReleaseFile;
      readonly signature: Signature | { readonly type: 'none' };
    }
  | { readonly type: 'not-a-release'; readonly url: string }
  | ({ readonly url: string } & Exclude<Answer, { type: 'ok' }>);

/** A Release of Debian has 200 kB. */
const LARGEST_RELEASE = 16 * 1024 * 1024;

/** Reads `InRelease`, else `Release` and `Release.gpg`, as apt does. */
export async function openRelease(
  source: AptSource,
  context: ArchiveContext,
): Promise<OpenedRelease> {
  const base = suiteUrl(source);
  const read = (name: string): ReturnType<typeof readUrl> =>
    readUrl(`${base}${name}`, { ...context, largest: LARGEST_RELEASE });
  const inline = await read('InRelease');
  const fault = faultOf(inline);
  if (fault !== undefined) return { ...fault, url: `${base}InRelease` };
  const name = inline.type === 'ok' ? 'InRelease' : 'Release';
  const plain = inline.type === 'ok' ? inline : await read('Release');
  if (plain.type !== 'ok') return { ...plain, url: `${base}${name}` };
  const release = parseReleaseFile(plain.text);
  if (release === undefined) return { type: 'not-a-release', url: `${base}${name}` };
  const beside = inline.type === 'ok' ? undefined : await read('Release.gpg');
  // Who can't say whether it is signed has not said that it is not.
  const silence = beside === undefined ? undefined : faultOf(beside);
  if (silence !== undefined) return { ...silence, url: `${base}Release.gpg` };
  if (beside !== undefined && beside.type !== 'ok') {
    return { type: 'release', release, signature: { type: 'none' } };
  }
  const signature = await signatureOf(plain.text, beside?.text, context);
  return { type: 'release', release, signature };
}

type Unread = Exclude<Awaited<ReturnType<typeof readUrl>>, { type: 'ok' }>;

/** What is no answer to the question whether the file is there. */
function faultOf(answer: Unread | { readonly type: 'ok' }): Unread | undefined {
  if (answer.type === 'ok' || (answer.type === 'status' && isAbsent(answer.status)))
    return undefined;
  return answer;
}

async function signatureOf(
  text: string,
  beside: string | undefined,
  context: ArchiveContext,
): Promise<Signature> {
  const folder = await mkdtemp(join(tmpdir(), 'rpi-release-'));
  try {
    const [content, signature] = [join(folder, 'Release'), join(folder, 'Release.gpg')];
    await writeFile(content, text);
    if (beside !== undefined) await writeFile(signature, beside);
    const files = beside === undefined ? ([content] as const) : ([signature, content] as const);
    return await checkSignature({ files, keyrings: context.keyrings }, context);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * The packages of one component. Throws `create.repository` where the Release lists no index of
 * it, where it can't be had, and where it is not what the Release says.
 */
export async function* readIndex(
  source: AptSource,
  release: ReleaseFile,
  place: { readonly component: string; readonly architecture: string },
  context: ArchiveContext,
): AsyncGenerator<DebianPackage> {
  const path = indexPath(source.suite, place.component, place.architecture);
  const xz = await findExecutable('xz', context.env);
  const endings = [...(xz === undefined ? [] : ['.xz']), '.gz', ''];
  const ending = endings.find((each) => release.files.has(path + each));
  const entry = release.files.get(`${path}${ending ?? ''}`);
  if (ending === undefined || entry === undefined) {
    const only = release.files.has(`${path}.xz`) ? ' but a .xz, and xz is not installed here' : '';
    throw new RpiError('create.repository', `${suiteUrl(source)} lists no ${path}${only}.`, {
      remedy:
        only === '' ? 'Check component and architecture.' : 'Install it: apt install xz-utils',
    });
  }
  const file = await kept(`${suiteUrl(source)}${path}${ending}`, entry, context);
  yield* parsePackages(textOf(file, ending, xz, context));
}

/** A file of the store, fetched into it where it is not there. */
async function kept(
  url: string,
  { sha256, size }: { readonly sha256: string; readonly size: number },
  context: ArchiveContext,
): Promise<string> {
  const file = join(context.store, sha256);
  if ((await stat(file).catch(() => undefined))?.size === size) {
    // Its age is that of its last use: what is old is removed.
    await utimes(file, new Date(), new Date()).catch(() => undefined);
    return file;
  }
  const answer = await openUrl(url, context);
  if (answer.type !== 'ok') {
    throw unavailable(url, answer.type === 'status' ? `answers ${answer.status}` : answer.why);
  }
  const partial = `${file}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  try {
    await makeFolder(context.store, 0o700);
    const hash = createHash('sha256');
    await using target = await open(partial, 'wx', 0o600);
    let received = 0;
    try {
      for await (const part of answer.body) {
        hash.update(part);
        received += part.length;
        if (received > size) break;
        await target.write(part);
      }
    } catch (error) {
      if (context.signal.aborted) throw cancelled();
      throw unavailable(url, reasonOf(error));
    }
    if (received !== size || hash.digest('hex') !== sha256) {
      throw new RpiError('create.repository', `${url} is not what the archive’s Release says.`, {
        remedy: 'The mirror may be in the middle of an update: try again, or take another one.',
      });
    }
    await rename(partial, file);
    return file;
  } catch (error) {
    throw writeError(file, error);
  } finally {
    await rm(partial, { force: true });
  }
}

async function* textOf(
  file: string,
  ending: string,
  xz: string | undefined,
  context: ArchiveContext,
): AsyncGenerator<string> {
  if (ending === '.xz' && xz !== undefined) {
    const command = { command: xz, args: ['--decompress', '--stdout', file] };
    const stream = streamCommand(command, context);
    for (;;) {
      const step = await stream.next();
      if (step.done === true) {
        if (step.value !== 0) throw damaged(file);
        return;
      }
      if (step.value.from === 'stdout') yield step.value.text;
    }
  }
  const bytes = createReadStream(file);
  const plain = ending === '.gz' ? bytes.pipe(createGunzip()) : bytes;
  plain.setEncoding('utf8');
  try {
    for await (const piece of plain) {
      if (context.signal.aborted) throw cancelled();
      yield String(piece);
    }
  } catch (error) {
    throw RpiError.is(error) ? error : damaged(file);
  }
}

function damaged(file: string): RpiError {
  return new RpiError('create.repository', `The index ${file} can’t be unpacked.`, {
    remedy: 'Its sum is right, so it was packed wrongly on the server: take another mirror.',
  });
}

function unavailable(url: string, why: string): RpiError {
  return new RpiError('create.repository', `${url} can’t be had: ${why}.`, {
    remedy: 'The mirror lists it and does not have it: try again, or take another one.',
  });
}
