/** The lab's command line: `npm run lab -- up`. See docs/lab.md. */
import { Command, InvalidArgumentError } from 'commander';
import { runAttached } from './command.ts';
import { LabError, messageOf } from './errors.ts';
import {
  enterCommand,
  execCommand,
  labCut,
  labDown,
  labPlug,
  labSnapshot,
  labStatus,
  labUp,
} from './lab.ts';
import type { LabStatus } from './lab.ts';

const program = new Command('lab')
  .enablePositionalOptions()
  .description('Virtual Raspberry Pis on this Linux machine, for tests, demos and benchmarks.')
  .addHelpText(
    'after',
    '\nRPI_LAB_DIR names the folder of another lab (several can be up at once); RPI_LAB_CACHE the folder of base roots.',
  );

program
  .command('up')
  .description('start the lab and wait until every machine answers ssh')
  .option('--file <LAB.yml>', 'the lab file (lab/default.yml)')
  .option('--snapshot <NAME>', 'begin from a snapshot; "fresh" begins anew')
  .option('--timeout <SECONDS>', 'how long the machines may take', seconds)
  .option('--json', 'print the status as JSON')
  .action(async (options: { file?: string; snapshot?: string; timeout?: number; json?: true }) => {
    const interrupt = new AbortController();
    const stop = () => interrupt.abort();
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
    const onProgress = (text: string) => process.stderr.write(`${text}\n`);
    const { already, ...status } = await labUp({
      ...options,
      signal: interrupt.signal,
      onProgress,
    });
    if (already) process.stderr.write('The lab is up already; nothing was changed.\n');
    print(status, options.json === true);
  });

program
  .command('down')
  .description('power every machine off and end the lab')
  .action(async () => {
    process.stdout.write((await labDown()) ? 'The lab is down.\n' : 'The lab was not up.\n');
  });

program
  .command('status')
  .description('show the machines; exit status 3 when the lab is not up')
  .option('--json', 'as JSON')
  .action(async (options: { json?: true }) => {
    const status = await labStatus();
    print(status, options.json === true);
    if (!status.up) process.exitCode = 3;
  });

program
  .command('exec')
  .description('run a command as root inside a machine')
  .argument('<PI>')
  .argument('<CMD...>')
  .passThroughOptions()
  .action(async (machine: string, words: string[]) => {
    // Behind an argument, commander hands the separator on.
    const [command, ...args] = words[0] === '--' ? words.slice(1) : words;
    process.exitCode = await runAttached(await execCommand(machine, command ?? '', args));
  });

program
  .command('enter')
  .description("run a command of this machine in the lab's network, where the control machine is")
  .option('--user <NAME|UID>', 'as this user instead of root')
  .argument('<CMD...>')
  .passThroughOptions()
  .action(async ([command, ...args]: string[], options: { user?: string }) => {
    process.exitCode = await runAttached(await enterCommand(command ?? '', args, options));
  });

program
  .command('cut')
  .description("cut a machine's power: everything in it is killed this moment")
  .argument('<PI>')
  .action(async (machine: string) => {
    await labCut(machine);
    process.stdout.write(`${machine} has no power.\n`);
  });

program
  .command('plug')
  .description('give a machine its power back and wait until it answers')
  .argument('<PI>')
  .action(async (machine: string) => {
    const { address, state } = await labPlug(machine);
    process.stdout.write(`${machine} is ${state} at ${address ?? 'no address'}.\n`);
  });

program
  .command('snapshot')
  .description('save every machine after a clean power-off; a lab that is up boots again')
  .argument('<NAME>', 'by convention enrolled or provisioned')
  .action(async (name: string) => {
    const left = await labSnapshot(name);
    process.stdout.write(
      `Saved ${name}.${left.length > 0 ? ` Without: ${left.join(', ')}.` : ''}\n`,
    );
  });

function print(status: LabStatus, json: boolean): void {
  if (json) {
    process.stdout.write(`${JSON.stringify(status, null, 2)}\n`);
  } else if (!status.up) {
    process.stdout.write(`The lab is not up (${status.dir}). Start it with: npm run lab -- up\n`);
  } else {
    const header = ['NAME', 'STATE', 'ADDRESS', 'MAC', 'LOGIN', 'MODEL'];
    const rows = status.machines.map((each) => [
      each.name,
      each.state,
      each.address ?? '–',
      each.macs.join(' '),
      each.login,
      [each.model ?? 'no Pi', ...each.faults].join(', '),
    ]);
    const widths = header.map((_, column) =>
      Math.max(...[header, ...rows].map((row) => (row[column] ?? '').length)),
    );
    for (const row of [header, ...rows]) {
      process.stdout.write(
        `${row
          .map((text, column) => text.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
      );
    }
    process.stdout.write(
      `\n${status.network}, you are ${status.gateway} in: npm run lab -- enter -- COMMAND\n`,
    );
    process.stdout.write(
      `Key for "key" logins: ${status.identity}. Supervisor: process ${status.pid}.\n`,
    );
  }
}

function seconds(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('Give a number of seconds.');
}

try {
  await program.parseAsync();
} catch (error) {
  const remedy = error instanceof LabError ? `\n${error.remedy}` : '';
  process.stderr.write(`${messageOf(error)}${remedy}\n`);
  process.exitCode = error instanceof LabError && error.code === 'interrupted' ? 130 : 1;
}
