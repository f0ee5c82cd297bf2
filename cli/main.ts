/** The command line: global options and the table of subcommands. */
import { Command, CommanderError, Option } from 'commander';
import { ERROR_CODES, EXIT, reportOf } from '../core/errors.ts';
import { VERSION } from '../core/version.ts';
import { COMMANDS } from './commands.ts';
import { surviveClosedOutput } from './render/stdout.ts';
import { renderReport } from './render/report.ts';

const AFTER = `
The way of a Pi:
  rpi init my-pis && cd my-pis     a project: inventory, playbooks, an example app
  rpi detect                       which Pis are on the network
  rpi inventory add --all          adopt them
  rpi access enroll                from default passwords to keys
  rpi provision                    update, upgrade, roles
  rpi deploy                       verify the environment, deploy, verify the deployment
  rpi monitor --once               how they are

Exit codes: 0 done, 1 something failed, 2 wrong input, 3 something is missing on this
machine, 4 refused for safety, 5 an answer was needed, 130 cancelled.`;

/** Runs one command line (without node and program) and returns the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  surviveClosedOutput();
  const program = createProgram();
  const json = wantsJson(argv);
  if (json) for (const command of everyCommand(program)) quiet(command);
  if (json) quiet(program);
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return Number(process.exitCode ?? EXIT.ok);
  } catch (error) {
    if (error instanceof CommanderError) return usageError(error, json);
    const report = reportOf(error);
    if (json) {
      process.stdout.write(`${JSON.stringify({ kind: 'error', error: report })}\n`);
    } else {
      process.stderr.write(`${renderReport(report)}\n`);
      if (report.code === 'run.internal' && error instanceof Error && process.env['RPI_DEBUG']) {
        process.stderr.write(`${error.stack ?? ''}\n`);
      }
    }
    return EXIT[ERROR_CODES[report.code]];
  }
}

/** The whole command line, as commander sees it. */
export function createProgram(): Command {
  const program = new Command('rpi')
    .description('From headless Raspberry Pis on your network to running your app, watched over.')
    .version(VERSION)
    .addHelpText('after', AFTER)
    .showHelpAfterError('(rpi --help shows how)')
    .enablePositionalOptions()
    .exitOverride();
  for (const add of COMMANDS) add(program);
  for (const command of [program, ...everyCommand(program)]) {
    command.exitOverride();
    // Before the subcommand or after it: both are where people write them.
    if (command === program || doesSomething(command)) addShared(command);
  }
  return program;
}

/** As commander would find it, but also where the command line is too wrong for commander. */
function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return argv.slice(0, end === -1 ? undefined : end).includes('--json');
}

/** What is wrong with the command line is told as JSON, not as text. */
function quiet(command: Command): void {
  command.configureOutput({ writeErr: () => undefined });
}

function usageError(error: CommanderError, json: boolean): number {
  if (error.exitCode === 0) return EXIT.ok;
  if (json) {
    const report = { code: 'input.invalid', message: error.message, remedy: 'See rpi --help.' };
    process.stdout.write(`${JSON.stringify({ kind: 'error', error: report })}\n`);
  }
  return EXIT.input;
}

/** No mere group of others: `ssh HOST` beside `ssh config`, `monitor --once` beside its words. */
function doesSomething({ commands, registeredArguments, options }: Command): boolean {
  return commands.length === 0 || registeredArguments.length > 0 || options.length > 0;
}

function addShared(command: Command): void {
  command
    .option('--project <folder>', 'the project (default: the nearest rpi.yml upwards)')
    .option('--json', 'print events as JSON lines, see docs/events.md')
    .addOption(
      new Option('--answers <from>', 'who answers questions (default: the terminal)').choices([
        'terminal',
        'control',
        'none',
      ]),
    );
}

function everyCommand(command: Command): Command[] {
  return command.commands.flatMap((child) => [child, ...everyCommand(child)]);
}
