import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parsePorts } from '../../../cli/commands/forward.ts';
import { limitOf } from '../../../cli/commands/hosts.ts';
import { wholeNumber } from '../../../cli/commands/numbers.ts';
import { splitWords } from '../../../cli/commands/playbook.ts';
import { printable } from '../../../cli/render/printable.ts';
import { hostLines } from '../../../cli/render/terminal.ts';

describe('what stands on the command line', () => {
  it('of playbook: files before --, words for Ansible after it', () => {
    const argv = ['node', 'rpi', 'playbook', 'a.yml', '-C', 'b.yml', '--', '-e', 'x=--'];
    expect(splitWords(['a.yml', 'b.yml', '-e', 'x=--'], argv)).toEqual({
      files: ['a.yml', 'b.yml'],
      extra: ['-e', 'x=--'],
    });
    expect(splitWords(['a.yml'], ['node', 'rpi', 'playbook', 'a.yml'])).toEqual({
      files: ['a.yml'],
      extra: [],
    });
    expect(splitWords(['a.yml'], ['node', 'rpi', 'playbook', 'a.yml', '--'])).toEqual({
      files: ['a.yml'],
      extra: [],
    });
  });

  it('of forward: a port, or two', () => {
    expect(parsePorts('8080')).toEqual({ port: 8080, local: 8080 });
    expect(parsePorts('80:9000')).toEqual({ port: 80, local: 9000 });
    for (const text of ['', '0', '70000', '80:', ':80', '80:0', '1:2:3', 'http', '-1', '1e3']) {
      expect(() => parsePorts(text)).toThrow(/1 to 65535/);
    }
  });

  it('of counts: whole numbers within bounds', () => {
    expect(wholeNumber(1, 10)('10')).toBe(10);
    for (const text of ['0', '11', '1.5', '', 'x'])
      expect(() => wholeNumber(1, 10)(text)).toThrow();
  });

  it('of hosts: names or --limit, not both', () => {
    expect(limitOf(['a', 'b'], undefined)).toBe('a:b');
    expect(limitOf([], 'x')).toBe('x');
    expect(limitOf([], undefined)).toBeUndefined();
    expect(() => limitOf(['a'], 'x')).toThrow(/twice/);
  });
});

it('what a host prints has its name before each line', () => {
  const lines = hostLines('kitchen', { stream: 'stdout', text: 'one\n\ntwo\n' });
  expect(stripVTControlCharacters(lines)).toBe('kitchen │ one\nkitchen │ \nkitchen │ two\n');
  const errors = hostLines('kitchen', { stream: 'stderr', text: 'oh\n' });
  expect(stripVTControlCharacters(errors)).toBe('kitchen ! oh\n');
});

it('what a host prints steers no terminal: colours stay on their line, all else is shown', () => {
  // The clipboard (OSC 52), a cleared screen, a line that overwrites the name before it, C1.
  const evil = '\x1b]52;c;cm0=\x07\x1b[2J\rgarden │ ok\x9b2J\x7f\x1b[31mred\r\n\tnext\n';
  const lines = hostLines('kitchen', { stream: 'stdout', text: evil });
  const shown = '␛]52;c;cm0=␇␛[2J␍garden │ ok\ufffd2J␡\x1b[31mred\x1b[0m\n';
  expect(lines.slice(lines.indexOf('│') + 1)).toContain(shown);
  expect(stripVTControlCharacters(lines)).toMatch(/kitchen │ \tnext\n$/);
  expect(printable('\x1b[1;31mold\x1b[0m\r\n\x1b[')).toBe('\x1b[1;31mold\x1b[0m\r\n␛[');
});
