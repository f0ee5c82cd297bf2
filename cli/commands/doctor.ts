import type { Command } from 'commander';
import colors from 'picocolors';
import type { EventOf } from '../../core/runs/event.ts';
import { RpiError } from '../../core/errors.ts';
import type { Project } from '../../core/project/project.ts';
import { executeOutside, invocationOf, projectOf, type Invocation } from '../execute.ts';

const MARKS = {
  ok: colors.green('✓'),
  warning: colors.yellow('!'),
  failed: colors.red('✗'),
  skipped: colors.dim('–'),
} as const;

/** `rpi doctor` */
export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('what is installed, what is missing, why it matters, the command that installs it')
    .addHelpText('after', '\nEnds with 1 when something is missing that rpi needs.')
    .action(async (_options: unknown, command: Command) => {
      const { doctor } = await import('../../core/doctor/doctor.ts');
      const invocation = invocationOf(command);
      const project = await projectOrError(invocation);
      await executeOutside(
        invocation,
        (context) => doctor({ project, system: process.platform }, context),
        { lines: { check: renderCheck } },
      );
    });
}

/** A faulty rpi.yml is a finding like others: the rest is looked at all the same. */
async function projectOrError(invocation: Invocation): Promise<Project | RpiError | undefined> {
  try {
    return await projectOf(invocation);
  } catch (error) {
    if (RpiError.is(error, 'config.invalid')) return error;
    throw error;
  }
}

/** A row of the table; what is not well has its reason and remedy below it. */
function renderCheck({ name, status, detail, why, remedy }: EventOf<'check'>): string {
  const row = `${MARKS[status]} ${name.padEnd(18)}${detail}`;
  if (status === 'ok') return row;
  const more = [why === undefined ? undefined : colors.dim(why), remedy && `→ ${remedy}`];
  return [row, ...more.filter(Boolean).map((line) => `${' '.repeat(20)}${String(line)}`)].join(
    '\n',
  );
}
