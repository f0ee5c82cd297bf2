/** What every subcommand promises, held against the command line itself. */
import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { createProgram } from '../../../cli/main.ts';

/** Those that do something themselves: `ssh` takes a host, and has a subcommand too. */
const doers = (command: Command): Command[] => [
  ...(command.commands.length === 0 ||
  command.registeredArguments.length > 0 ||
  (command.parent !== null && command.options.length > 0)
    ? [command]
    : []),
  ...command.commands.flatMap(doers),
];

const nameOf = (command: Command): string => {
  const names: string[] = [];
  for (let c = command; c.parent !== null; c = c.parent) names.unshift(c.name());
  return names.join(' ');
};

const all = doers(createProgram()).map((command) => [nameOf(command), command] as const);
const has = (command: Command, option: string): boolean =>
  command.options.some(({ long }) => long === option);

/** Those that change a Pi or a file of a person. `runs cancel|answer` only speak to a run. */
const WRITES =
  /^(init|inventory (add|move|remove|sync)|access (enroll|rotate)|ssh config|create (render|payload|card)|provision|deploy|playbook|reboot|monitor (service (install|uninstall)|targets))$/;
/** Those that work on hosts of the inventory. */
const HOSTS =
  /^(inventory (sync|diff)|access|exec|reboot|create (render|verify)|provision|deploy|playbook|monitor( targets)?$)/;

describe.each(all)('rpi %s', (name, command) => {
  test('says what it does, and takes --json and --project', () => {
    expect(command.description()).not.toBe('');
    expect(has(command, '--json') && has(command, '--project')).toBe(true);
    for (const { long, description } of command.options) {
      expect(`${long ?? ''}: ${description}`).toMatch(/: .+/);
    }
  });

  test.runIf(WRITES.test(name))('takes --dry-run', () => {
    expect(has(command, '--dry-run')).toBe(true);
  });

  test.runIf(HOSTS.test(name))('takes --limit', () => {
    expect(has(command, '--limit')).toBe(true);
  });
});
