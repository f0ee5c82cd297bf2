import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { remoteCommandLine } from '../../../core/exec/become.ts';
import { createLineReader } from '../../../core/exec/output-lines.ts';

describe('the command line for a host', () => {
  it('brings every word to the program as it is', () => {
    const words = ['printf', '%s|', 'a b', "it's", '$HOME', '*', '', '"q"', 'x\ny', '-n', '\\'];
    const { line } = remoteCommandLine({ type: 'words', words }, { type: 'login-user' });
    expect(execFileSync('sh', ['-c', line], { encoding: 'utf8' })).toBe(
      words
        .slice(2)
        .map((word) => `${word}|`)
        .join(''),
    );
  });

  it('is a line of a shell where that was said', () => {
    const { line } = remoteCommandLine(
      { type: 'shell', line: 'for i in 1 2; do echo "$i"; done | tail -n 1' },
      { type: 'login-user' },
    );
    expect(execFileSync('sh', ['-c', line], { encoding: 'utf8' })).toBe('2\n');
  });

  it('has the password of sudo on its input, and never in itself', () => {
    const { line, stdin } = remoteCommandLine(
      { type: 'words', words: ['id'] },
      { type: 'root-by-password', password: 'geheim' },
    );
    expect(line).not.toContain('geheim');
    expect(stdin).toBe('geheim\n');
  });
});

describe('lines out of chunks', () => {
  it('come whole, and the last one with an end', () => {
    const reader = createLineReader();
    expect(reader.push('a')).toBe('');
    expect(reader.push('b\nc\nd')).toBe('ab\nc\n');
    expect(reader.end()).toBe('d\n');
    expect(reader.end()).toBe('');
  });

  it('are not waited for without end', () => {
    const reader = createLineReader();
    expect(reader.push('x'.repeat(100_000))).toHaveLength(100_001);
  });
});
