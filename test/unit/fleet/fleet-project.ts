/** A project on the disk for tests of the fleet: files, sightings, journals. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { SeenDevice } from '../../../core/detect/sightings.ts';
import { ownIdentity } from '../../../core/files/process-identity.ts';
import { openProject, type Project } from '../../../core/project/project.ts';
import type { EventBody } from '../../../core/runs/event.ts';
import { stamped, STARTED } from '../runs/random-run.ts';

export const NOW = Date.UTC(2026, 10, 22, 15);
/** ISO 8601, so many minutes before NOW. */
export const ago = (minutes: number): string => new Date(NOW - minutes * 60_000).toISOString();
export const mac = (n: number): string => `b8:27:eb:00:00:${String(n).padStart(2, '0')}`;

export type FleetProject = AsyncDisposable & {
  readonly root: string;
  readonly project: Project;
  readonly put: (files: Record<string, string>) => Promise<void>;
  readonly see: (...devices: (Partial<SeenDevice> & { address: string })[]) => Promise<void>;
  /** A run that began `minutes` before NOW; it lives as long as this process where it has no end. */
  readonly journal: (
    minutes: number,
    command: string,
    ...bodies: readonly EventBody[]
  ) => Promise<void>;
};

export async function makeProject(hosts: string, config = ''): Promise<FleetProject> {
  const root = await mkdtemp(join(tmpdir(), 'rpi-fleet-'));
  const put = async (files: Record<string, string>): Promise<void> => {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
    }
  };
  await put({ 'rpi.yml': `version: 1\nid: test-fleet\n${config}`, 'inventory/hosts.yml': hosts });
  return {
    root,
    project: await openProject(root, { HOME: root }),
    put,
    see: async (...devices) => {
      const all = devices.map((device) => ({
        isPi: true,
        evidence: [],
        firstSeen: ago(60),
        lastSeen: ago(5),
        ...device,
      }));
      await put({ '.rpi/sightings.json': JSON.stringify({ version: 1, devices: all }) });
    },
    journal: async (minutes, command, ...bodies) => {
      const start = NOW - minutes * 60_000;
      const id = `${new Date(start).toISOString().replace(/[-:.]/g, '')}-${command.replace(' ', '-')}-abc123`;
      const events = stamped(id, start, [{ ...STARTED, ...ownIdentity(), command }, ...bodies]);
      const text = events.map((event) => `${JSON.stringify(event)}\n`).join('');
      await put({ [`.rpi/runs/${id}.jsonl`]: text });
    },
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}
