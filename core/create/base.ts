/** The person's own installer-config.txt and post-install.txt: plain, or EJS where they chose so. */
import { readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { RpiError, systemCode } from '../errors.ts';
import { ejsFault } from '../formats/ejs-fault.ts';
import { quoteValue } from '../formats/installer-config/quote.ts';
import type { InventoryHost } from '../inventory/host.ts';
import type { Project } from '../project/project.ts';

/** A base text; a template gives another one for each host. */
export type BaseText = {
  /** As rpi.yml has it, with `.ejs` for a template: for messages. */
  readonly path: string;
  readonly isTemplate: boolean;
  /** Throws `create.invalid-template`. */
  readonly forHost: (host: InventoryHost) => Promise<string>;
};

/**
 * Reads the file that rpi.yml names, or the one with `.ejs` behind its name if that exists.
 * Undefined where there is neither. Throws `file.not-readable`, also for what is not UTF-8.
 */
export async function readBase(
  project: Pick<Project, 'root'>,
  path: string,
): Promise<BaseText | undefined> {
  const file = isAbsolute(path) ? path : join(project.root, path);
  const template = await readText(`${file}.ejs`);
  if (template !== undefined) {
    return {
      path: `${path}.ejs`,
      isTemplate: true,
      forHost: (host) => renderTemplate(template, `${path}.ejs`, host),
    };
  }
  const text = await readText(file);
  return text === undefined
    ? undefined
    : { path, isTemplate: false, forHost: () => Promise.resolve(text) };
}

/** What a template sees: the host, its variables, and `quote` to write a value as bash reads it. */
export async function renderTemplate(
  template: string,
  path: string,
  host: InventoryHost,
): Promise<string> {
  // By its default export alone: its ES module has no other, whatever its types say.
  const { default: ejs } = await import('ejs');
  try {
    return await ejs.render(
      template,
      {
        host,
        variables: host.variables,
        quote: (value: unknown) => quoteValue('a value', textOf(value)),
      },
      // The text is a shell script, not HTML: `<%=` must not turn & into &amp;.
      {
        async: true,
        filename: path,
        escape: textOf,
        strict: true,
        _with: false,
        localsName: 'rpi',
      },
    );
  } catch (error) {
    throw new RpiError(
      'create.invalid-template',
      `${path} can't be rendered for ${host.name}: ${ejsFault(error)}`,
      { remedy: 'Values are rpi.host, rpi.variables; rpi.quote(value) writes one for the shell.' },
    );
  }
}

/** A misspelt variable would otherwise be installed as the word “undefined”. A list has commas. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return value.map(textOf).join(',');
  throw new Error(
    value === undefined || value === null
      ? 'a value is not there; is its name right? Where it may be missing: value ?? ""'
      : 'a value is no text, number, switch or list of those',
  );
}

/** Undefined where there is no such file. Throws `file.not-readable`, also for what is not UTF-8. */
export async function readText(
  file: string,
  remedy = 'Save it as UTF-8.',
): Promise<string | undefined> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw new RpiError('file.not-readable', `Can't read ${file}.`, {
      remedy: 'Check that it is a file and that you may read it.',
      cause: error,
    });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new RpiError('file.not-readable', `${file} is not UTF-8 text.`, {
      remedy,
      cause: error,
    });
  }
}
