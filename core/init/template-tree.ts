/** The files that a project is made from: the built-in ones, and a person's own over them. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { RpiError, systemCode } from '../errors.ts';

/** One file of a template folder. */
export type Template = {
  /** Where it goes in the project: relative, with `/`, without `.ejs`. */
  readonly path: string;
  /** Where it was read from, for messages. */
  readonly source: string;
  readonly content: string;
  /** True for `*.ejs`: rendered, not copied. */
  readonly rendered: boolean;
};

/**
 * All files below `folders`, ordered by path. A file of a later folder takes the place of the one
 * with the same path of an earlier folder. A folder that doesn't exist has no files.
 * Throws `file.not-readable`.
 */
export async function readTemplates(folders: readonly string[]): Promise<Template[]> {
  const found = new Map<string, Template>();
  for (const folder of folders) {
    for (const template of await readFolder(folder)) found.set(template.path, template);
  }
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function readFolder(folder: string): Promise<Template[]> {
  const sources = await listFiles(folder);
  return Promise.all(sources.map((source) => readTemplate(folder, source)));
}

async function listFiles(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true });
    const paths = entries.map((entry) => join(folder, entry)).filter((path) => !isLeftover(path));
    const files = await Promise.all(
      paths.map(async (path) => ((await stat(path)).isFile() ? [path] : [])),
    );
    return files.flat();
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw unreadable(folder, error);
  }
}

/** What Python and editors leave behind is no template. */
function isLeftover(path: string): boolean {
  return path.split(sep).includes('__pycache__') || path.endsWith('~');
}

async function readTemplate(folder: string, source: string): Promise<Template> {
  const rendered = source.endsWith('.ejs');
  const target = relative(folder, source).split(sep).join('/');
  const content = await readFile(source, 'utf8').catch((error: unknown) => {
    throw unreadable(source, error);
  });
  return { path: rendered ? target.slice(0, -'.ejs'.length) : target, source, content, rendered };
}

function unreadable(path: string, error: unknown): RpiError {
  return new RpiError('file.not-readable', `Can't read the template ${path}.`, {
    remedy: 'Check that the file may be read, or remove it.',
    cause: error,
  });
}
