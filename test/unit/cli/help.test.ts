/** What every subcommand promises, held against the command line itself. */
import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { createProgram } from '../../../cli/main.ts';

const leaves = (command: Command): Command[] =>
  command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);

const nameOf = (command: Command): string => {
  const names: string[] = [];
  for (let c = command; c.parent !== null; c = c.parent) names.unshift(c.name());
  return names.join(' ');
};

const all = leaves(createProgram()).map((command) => [nameOf(command), command] as const);
const has = (command: Command, option: string): boolean =>
  command.options.some(({ long }) => long === option);

/** Those that change a Pi or a file of a person. `runs cancel|answer` only speak to a run. */
const WRITES = /^(init|inventory (add|sync)|access enroll|create render|provision|deploy)$/;
/** Those that work on hosts of the inventory. */
const HOSTS = /^(inventory (sync|diff)|access|create|provision|deploy|monitor)/;

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
