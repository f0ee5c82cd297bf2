import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { configSchema } from '../../../core/project/config.ts';
import { loadIdentity } from '../../../core/ssh/identity.ts';

it('an agent that takes the question and never answers is given up', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rpi-agent-'));
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket));
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const path = join(folder, 'agent');
    await new Promise<void>((resolve) => server.listen(path, resolve));
    const asked = new Promise((resolve) =>
      server.once('connection', (socket) => socket.once('data', resolve)),
    );
    const config = configSchema.parse({ version: 1, id: 'test', access: { identity: 'agent' } });
    const project = { root: folder, identity: join(folder, 'id'), config };
    const loading = loadIdentity(project, { SSH_AUTH_SOCK: path });
    const refused = expect(loading).rejects.toMatchObject({ code: 'access.identity' });
    await asked;
    vi.advanceTimersByTime(5000);
    await refused;
    vi.useRealTimers();
    await expect
      .poll(() => sockets.every((socket) => socket.readableEnded || socket.destroyed))
      .toBe(true);
  } finally {
    vi.useRealTimers();
    for (const socket of sockets) socket.destroy();
    server.close();
    await rm(folder, { recursive: true });
  }
});
