/** `rpi monitor targets`: the inventory as Prometheus reads it, and alert rules for it. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { writeFileAtomic } from '../../files/atomic.ts';
import { makeFolder } from '../../files/make-folder.ts';
import { unifiedDiff } from '../../files/diff.ts';
import { loadInventory, selectAdopted } from '../../inventory/load.ts';
import type { EventBody } from '../../runs/event.ts';
import type { Outcome, ProjectContext } from '../../runs/operation.ts';
import { alertRules } from './alert-rules.ts';
import { targetGroups, type TargetGroup } from './file-sd.ts';

/** What file_sd would be told. Throws `inventory.*`. */
export async function readTargets(
  limit: string | undefined,
  { project, env, signal }: Pick<ProjectContext, 'project' | 'env' | 'signal'>,
): Promise<TargetGroup[]> {
  const hosts = selectAdopted(await loadInventory(project, { env, signal }), limit);
  return targetGroups(hosts, project.config.id, project.config.monitor.metrics);
}

export type TargetsInput = {
  readonly folder: string;
  /** An Ansible host pattern; all hosts without it. */
  readonly limit: string | undefined;
};

/**
 * Writes `rpi-<id>.targets.json` and `rpi-<id>.rules.yml` into the folder, each atomically, and
 * neither where it says so already. An inventory that can't be read (`inventory.*`) leaves the
 * targets as they were: a target that vanished would end its alerts.
 */
export async function* writeTargets(
  { folder, limit }: TargetsInput,
  context: ProjectContext,
): AsyncGenerator<EventBody, Outcome> {
  const { project, dryRun } = context;
  const { id, monitor } = project.config;
  const targets = await readTargets(limit, context);
  const target = resolve(folder);
  const files = [
    [join(target, `rpi-${id}.targets.json`), targetsText(targets)],
    [join(target, `rpi-${id}.rules.yml`), alertRules(id, monitor)],
  ] as const;
  let written = 0;
  for (const [path, text] of files) {
    const before = await readFile(path, 'utf8').catch(() => undefined);
    const isSame = before === text;
    if (!isSame && !dryRun) {
      await makeFolder(target);
      await writeFileAtomic(path, text);
    }
    if (!isSame) written++;
    const action = before === undefined ? 'created' : isSame ? 'left' : 'updated';
    const diff = unifiedDiff(path, before ?? '', text);
    yield { kind: 'file.changed', path, action, planned: dryRun, ...(isSame ? {} : { diff }) };
  }
  if (dryRun) return { status: 'ok', summary: 'A dry run: nothing was written.' };
  const count = `${targets.length} target${targets.length === 1 ? '' : 's'}`;
  return {
    status: 'ok',
    summary: written === 0 ? `${count}; all as it was.` : `${count} written.`,
  };
}

export function targetsText(targets: readonly TargetGroup[]): string {
  return `${JSON.stringify(targets, undefined, 2)}\n`;
}
