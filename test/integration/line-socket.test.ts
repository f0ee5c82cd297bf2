import { chmod, mkdtemp, rm, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { socketFolder } from '../../core/project/paths.ts';
import { askLine, serveLines, socketPath } from '../../core/runs/line-socket.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rpi-lines-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe.skipIf(process.platform === 'win32')('a socket of lines', () => {
  it('is its owner’s alone', async () => {
    await using _server = await serveLines(folder, 'a', (line) => line);
    expect((await stat(socketPath(folder, 'a'))).mode & 0o777).toBe(0o600);
  });

  it('carries any text that JSON may hold, also long ones', async () => {
    await using _server = await serveLines(folder, 'a', (line) => line);
    const line = JSON.stringify(`a\u2028b\u2029c\u0085d ${'ä€😀'.repeat(50_000)}`);
    expect(await askLine(folder, 'a', line)).toBe(line);
  });

  it('cuts off who sends a line without an end, and goes on for others', async () => {
    await using _server = await serveLines(folder, 'a', (line) => line);
    const socket = connect(socketPath(folder, 'a'));
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined);
    socket.write('x'.repeat(2 * 1024 * 1024));
    await closed;
    expect(await askLine(folder, 'a', 'still here')).toBe('still here');
  });
  it('is found where another environment of the same person put it, and never where others could', async () => {
    vi.stubEnv('TMPDIR', folder);
    try {
      const without = socketFolder({});
      const within = socketFolder({ XDG_RUNTIME_DIR: join(folder, 'run') });
      await using _server = await serveLines(without, 'a', (line) => line);
      expect(await askLine(within, 'a', 'who is there')).toBe('who is there');
      await chmod(without, 0o777);
      await expect(askLine(within, 'a', 'who is there')).rejects.toMatchObject({ code: 'ENOENT' });
    } finally {
      vi.unstubAllEnvs();
    }
  });
});
