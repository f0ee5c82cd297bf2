/** A monitor of another version of rpi: after an update, or where two computers share a project. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  monitorStatus,
  PROTOCOL,
  serveMonitor,
  type MonitorAnswers,
} from '../../core/monitor/daemon/control.ts';
import { serveLines } from '../../core/runs/line-socket.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rpi-version-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const never = (): never => {
  throw new Error('not asked');
};
const ANSWERS: MonitorAnswers = {
  status: never,
  proposals: never,
  chart: never,
  answer: never,
  release: never,
};

/** The name that the project's monitor listens by. */
async function nameOf(root: string): Promise<string> {
  await using _served = await serveMonitor(folder, { root }, ANSWERS);
  const [socket = ''] = await readdir(folder);
  return socket.replace('.sock', '');
}

/** An older one, one that tells other things, and none at all. */
const OTHERS: readonly unknown[] = [
  { ok: false, protocol: 1, message: 'this monitor speaks version 1' },
  { ok: true, protocol: PROTOCOL, value: { pis: [] } },
  'hello',
];

it('a monitor of another version is told as that, with what to do', async () => {
  const name = await nameOf(folder);
  for (const answer of OTHERS) {
    await using _served = await serveLines(folder, name, () => JSON.stringify(answer));
    await expect(monitorStatus(folder, { root: folder })).rejects.toMatchObject({
      code: 'monitor.version',
      remedy: expect.stringContaining('rpi monitor service install') as string,
    });
  }
});
