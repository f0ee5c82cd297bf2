/** Programs that a test writes. */
import { spawnSync } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { systemCode } from '../../core/errors.ts';

/**
 * Writes a program, and runs it until the kernel lets us: a process that another test is just
 * starting has the file open for writing until it is another program (ETXTBSY).
 */
export async function writeExecutable(path: string, text: string): Promise<void> {
  await writeFile(path, text);
  await chmod(path, 0o755);
  while (systemCode(spawnSync(path).error) === 'ETXTBSY') await delay(5);
}
