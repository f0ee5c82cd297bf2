/** `npm run rpi -- …`: the built `rpi` on the network of the lab, if it is up, else as it is. */
import { join } from 'node:path';
import { runAttached } from '../lab/command.ts';
import { enterCommand, labStatus } from '../lab/lab.ts';
import { ROOT } from './bundles.ts';

const command = process.execPath;
const args = [join(ROOT, 'dist', 'rpi.js'), ...process.argv.slice(2)];
const { up } = await labStatus();
process.exitCode = await runAttached(up ? await enterCommand(command, args) : { command, args });
