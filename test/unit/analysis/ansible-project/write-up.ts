/** The project of a write-up of 2015, what is found in it, and what “fix all” makes of it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { AnsibleProject } from '../../../../core/analysis/ansible-project/project.ts';
import type { Finding } from '../../../../core/analysis/finding.ts';
import { fixAll } from '../../../../core/analysis/fix-all.ts';
import { analyseInventory } from '../../../../core/analysis/inventory/language.ts';
import { applyEdits } from '../../../../core/formats/text-edit.ts';
import { filesOnDisk, withTexts } from '../../../../core/inventory/files.ts';
import { crash, findingsOf, indexOf } from './project.ts';

export const WRITE_UP = join(import.meta.dirname, 'samples/write-up-2015');

/** Its files by their paths in the project. */
export type Texts = Readonly<Record<string, string>>;

export function writeUp(): Texts {
  const files = readdirSync(WRITE_UP, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    files.sort().map((path) => [relative(WRITE_UP, path), readFileSync(path, 'utf8')]),
  );
}

/** `PATH:LINE SEVERITY CODE “underlined”` of every finding in the project. */
export async function toldOfAll(texts: Texts): Promise<string[]> {
  const project = await projectOf(texts);
  return Object.entries(texts).flatMap(([path, text]) =>
    allFindings(project, path, text).map(({ start, end, severity, code }) => {
      const line = text.slice(0, start).split('\n').length;
      return `${path}:${line} ${severity} ${code} “${text.slice(start, end)}”`;
    }),
  );
}

/** “Fix all” in each file, again and again until nothing changes; fails where that never ends. */
export async function fixedAll(texts: Texts): Promise<{ texts: Texts; turns: number }> {
  let current = texts;
  for (let turns = 0; turns < 10; turns++) {
    const project = await projectOf(current);
    const next = Object.fromEntries(
      Object.entries(current).map(([path, text]) => [
        path,
        applyEdits(text, fixAll(allFindings(project, path, text))),
      ]),
    );
    if (JSON.stringify(next) === JSON.stringify(current)) return { texts: current, turns };
    current = next;
  }
  throw new Error('“Fix all” does not come to an end.');
}

/** With its links, which only the disk has. */
async function projectOf(texts: Texts): Promise<AnsibleProject> {
  const unsaved = new Map(
    Object.entries(texts).map(([path, text]) => [join(WRITE_UP, path), text]),
  );
  return (await indexOf(withTexts(filesOnDisk, unsaved), WRITE_UP)).build();
}

function allFindings(project: AnsibleProject, path: string, text: string): readonly Finding[] {
  const document = { path: join(WRITE_UP, path), text };
  return path.startsWith('inventory/')
    ? analyseInventory(document, {}, undefined, crash).findings
    : findingsOf(project, document.path, text);
}
