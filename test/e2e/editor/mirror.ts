/** A mirror of Raspbian on the bridge of a lab, as far as the checks before an installation look. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { enterCommand } from '../../../lab/lab.ts';
import { writeMirror } from '../../integration/raspbian-mirror.ts';

const PORT = 8078;
export const MIRROR = `http://10.77.0.1:${PORT}/raspbian/`;

const SERVER = `const { createServer } = require('node:http');
const { readFileSync } = require('node:fs');
createServer((request, response) => {
  try { response.end(readFileSync(process.argv[1] + request.url)); }
  catch { response.writeHead(404).end(); }
}).listen(${PORT}, '10.77.0.1', () => console.log('listening'));`;

/** What a Pi has that was installed by raspberrypi-ua-netinst before. */
export const INSTALLER_FILES = `cd /boot/firmware && mkdir -p raspberrypi-ua-netinst &&
  cd raspberrypi-ua-netinst &&
  printf 'os_prefix=raspberrypi-ua-netinst/\\ninitramfs initramfs.gz\\n' > config.txt &&
  : > cmdline.txt && : > initramfs.gz && : > kernel7.img`;

/** What the scaffolded installer-config.txt names. */
const SCAFFOLDED = ['python3', 'python3-apt', 'sudo'];

/** Serves it, with these packages, from a folder; it ends with `Symbol.asyncDispose`. */
export async function serveMirror(
  folder: string,
  lab: string,
  packages: readonly string[] = SCAFFOLDED,
): Promise<AsyncDisposable> {
  await writeMirror(join(folder, 'raspbian'), packages);
  const { command, args } = await enterCommand(process.execPath, ['-e', SERVER, folder], {
    dir: lab,
  });
  const server = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(server.stdout, 'data');
  return {
    [Symbol.asyncDispose]: async () => {
      const ended = once(server, 'close');
      server.kill();
      await ended;
    },
  };
}
