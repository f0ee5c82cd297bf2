import { mkdtemp, rm, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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
});
