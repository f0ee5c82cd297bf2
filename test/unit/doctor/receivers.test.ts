import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Finding } from '../../../core/doctor/check.ts';
import { receiversCheck } from '../../../core/doctor/checks/receivers.ts';
import { openProject } from '../../../core/project/project.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rpi-receivers-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function found(notify: string): Promise<Finding> {
  const settings = `version: 1\nid: garden\nmonitor:\n  notify: ${notify}\n`;
  await writeFile(join(folder, 'rpi.yml'), settings);
  const project = await openProject(folder, { HOME: folder });
  return receiversCheck.find({
    ...{ project, projectError: undefined, env: {}, now: 0 },
    signal: new AbortController().signal,
    platform: { system: 'linux', manager: undefined },
  });
}

it('rpi doctor names the file of a receiver that is missing or holds nothing of use', async () => {
  const outside = '[{ type: chat, url_file: ../chat-webhook }]';
  expect(await found('[]')).toMatchObject({ status: 'ok' });
  const inside = '[{ type: chat, url_file: chat }]';
  expect(await found(outside)).toMatchObject({
    status: 'warning',
    detail: "Can't read ../chat-webhook (ENOENT).",
    remedy: 'monitor.notify in rpi.yml names it; it is relative to rpi.yml.',
  });
  await writeFile(join(folder, 'chat'), 'not an address\n');
  expect(await found(inside)).toMatchObject({ detail: 'chat holds no address.' });
  await writeFile(join(folder, 'chat'), 'https://chat.example/hook\n');
  expect(await found(inside)).toMatchObject({ status: 'ok' });
});
