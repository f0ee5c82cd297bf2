/** Options of a command that has subcommands beside it, as `ssh HOST` has `ssh config`. */
import type { Command } from 'commander';
import { RpiError } from '../../core/errors.ts';

/** Those that a subcommand reads wherever they stand. */
const SHARED: ReadonlySet<string> = new Set(['project', 'json', 'answers', 'dryRun']);

/**
 * Throws `input.invalid` where options stand before the name of the subcommand: they belong to the
 * command above, and would be passed over.
 */
export function refuseOptionsBefore(subcommand: Command): void {
  const { parent } = subcommand;
  const before = parent?.options.find(
    (option) =>
      !SHARED.has(option.attributeName()) &&
      parent.getOptionValueSource(option.attributeName()) === 'cli',
  );
  if (before === undefined) return;
  const name = subcommand.name();
  const flag = before.long ?? before.flags;
  const isOwn = subcommand.options.some(({ long }) => long === before.long);
  throw new RpiError(
    'input.invalid',
    `${flag} stands before “${name}”, where it counts for nothing.`,
    {
      remedy: isOwn ? `Put it behind ${name}.` : `${name} has no such option. Leave it out.`,
    },
  );
}
