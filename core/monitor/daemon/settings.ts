/** The monitor goes by rpi.yml as it was when it began: one that says something else is told. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../../errors.ts';
import { parseConfig, type Config } from '../../project/config.ts';

/** Called at every look; a sentence for people, or undefined where nothing else is said by now. */
export type SettingsWatch = () => Promise<string | undefined>;

/** Reads the file only when it was written again. Comments and order make no difference. */
export function watchSettings(root: string, began: Config): SettingsWatch {
  const path = join(root, 'rpi.yml');
  const before = JSON.stringify(began);
  let stamp = '';
  let said: string | undefined;
  return async () => {
    const now = await stat(path).then(
      ({ mtimeMs, size, ino }) => `${mtimeMs} ${size} ${ino}`,
      (error: unknown) => systemCode(error) ?? 'unknown',
    );
    if (now === stamp) return said;
    stamp = now;
    said = await newsOf(path, before);
    return said;
  };
}

/** Modes of groups that no watched Pi is in count for nobody; a sentence, or undefined. */
export function modesForNobody(
  { remedies }: Config['monitor'],
  hosts: readonly { readonly groups: readonly string[] }[],
): string | undefined {
  const known = new Set(['all', ...hosts.flatMap(({ groups }) => groups)]);
  const names = remedies.groups.map(({ group }) => group).filter((group) => !known.has(group));
  if (names.length === 0) return undefined;
  return `monitor.remedies.groups of rpi.yml names ${names.join(', ')}, and no Pi is in ${names.length === 1 ? 'it' : 'them'}: the mode counts for nobody.`;
}

async function newsOf(path: string, before: string): Promise<string | undefined> {
  const goes = 'The monitor goes by what it said when it began';
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return `rpi.yml can’t be read any more. ${goes}.`;
  const parsed = parseConfig(text);
  if (!parsed.ok) {
    const [fault] = parsed.faults;
    const where = fault === undefined ? '' : ` (line ${fault.line}: ${fault.message})`;
    return `rpi.yml is wrong by now${where}. ${goes}.`;
  }
  if (JSON.stringify(parsed.config) === before) return undefined;
  return `rpi.yml has changed. ${goes}: end it and start it again (rpi monitor service install does it for the service).`;
}
