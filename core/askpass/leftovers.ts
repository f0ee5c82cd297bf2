/** Folders of askpass servers whose process was killed: nobody else removes them. */
import { readdir, rm, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';

/** Milliseconds. A younger one may be about to listen. */
const YOUNG = 60_000;

/** Removes the folders `ask-*` in `parent` in which nobody listens any more. */
export async function removeLeftovers(parent: string, now = Date.now()): Promise<void> {
  if (process.platform === 'win32') return; // its pipes are in no folder; who listens is not known
  const names = await readdir(parent).catch(() => []);
  await Promise.all(
    names
      .filter((name) => name.startsWith('ask-'))
      .map(async (name) => {
        const folder = join(parent, name);
        const found = await stat(folder).catch(() => undefined);
        if (found === undefined || now - found.mtimeMs < YOUNG) return;
        if (await isListening(join(folder, 's'))) return;
        await rm(folder, { recursive: true, force: true }).catch(() => undefined);
      }),
  );
}

function isListening(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const end = (listens: boolean): void => {
      socket.destroy();
      resolve(listens);
    };
    socket.once('connect', () => end(true)).once('error', () => end(false));
  });
}
