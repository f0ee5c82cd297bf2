/**
 * The documentation of a collection as one file of the cache: its facts, read as a whole, and the
 * words of each module, read alone when somebody asks.
 *
 * `rpi-docs 1\n`, SHA-256 of the rest, length of the head (4 bytes), the head (deflated JSON), the
 * words (deflated JSON each).
 */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { deflateRaw, inflateRaw, inflateRawSync } from 'node:zlib';
import type { ModuleFacts } from '../../data/ansible-facts.ts';
import type { ModuleDocs, ModuleWords } from './module-docs.ts';

export type PackHead = {
  readonly name: string;
  readonly version: string | undefined;
  readonly modules: Readonly<Record<string, ModuleFacts>>;
  /** Offset in the file and length, by module. */
  readonly words: Readonly<Record<string, readonly [number, number]>>;
};

const MAGIC = Buffer.from('rpi-docs 1\n');
const DIGEST = 32;
const START = MAGIC.length + DIGEST + 4;

const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);

export async function pack(
  { name, version }: Pick<PackHead, 'name' | 'version'>,
  docs: AsyncIterable<readonly [string, ModuleDocs]>,
): Promise<Buffer> {
  const modules: Record<string, ModuleFacts> = {};
  const places: Record<string, [number, number]> = {};
  const blobs: Buffer[] = [];
  let length = 0;
  for await (const [module, { facts, words }] of docs) {
    const blob = await deflate(JSON.stringify(words));
    modules[module] = facts;
    places[module] = [length, blob.length];
    blobs.push(blob);
    length += blob.length;
  }
  const head = await deflate(JSON.stringify({ name, version, modules, words: places }));
  const headLength = Buffer.alloc(4);
  headLength.writeUInt32BE(head.length);
  const body = Buffer.concat([headLength, head, ...blobs]);
  return Buffer.concat([MAGIC, createHash('sha256').update(body).digest(), body]);
}

/** Undefined for what is no such file, or was damaged. */
export async function unpackHead(file: Buffer): Promise<PackHead | undefined> {
  if (file.length < START || !file.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  const body = file.subarray(MAGIC.length + DIGEST);
  const digest = createHash('sha256').update(body).digest();
  if (!digest.equals(file.subarray(MAGIC.length, MAGIC.length + DIGEST))) return undefined;
  const headEnd = 4 + body.readUInt32BE(0);
  const text = (await inflate(body.subarray(4, headEnd))).toString('utf8');
  // Our own file, of which the digest is right.
  const head = JSON.parse(text) as PackHead;
  const base = MAGIC.length + DIGEST + headEnd;
  const words = Object.entries(head.words).map(
    ([module, [offset, length]]) => [module, [base + offset, length]] as const,
  );
  return { ...head, words: Object.fromEntries(words) };
}

/** The bytes that `words` of the head names. Throws for others. */
export function unpackWords(bytes: Buffer): ModuleWords {
  return JSON.parse(inflateRawSync(bytes).toString('utf8')) as ModuleWords;
}
