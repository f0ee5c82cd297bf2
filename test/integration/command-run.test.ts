import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commandLine, shellWord } from '../../core/command/command.ts';
import { findExecutable, runChecked, runCommand, streamCommand } from '../../core/command/run.ts';
import { ROOT } from '../../scripts/bundles.ts';

const options = { signal: new AbortController().signal, env: process.env };
const node = (script: string) => ({ command: process.execPath, args: ['-e', script] });

test('collects output and exit code; a failure is a result', async () => {
  const result = await runCommand(
    node("console.log('out'); console.error('err'); process.exit(3)"),
    options,
  );
  expect(result).toEqual({ code: 3, stdout: 'out\n', stderr: 'err\n' });
});

test('a checked failure says what was run and what it said', async () => {
  await expect(
    runChecked(node("console.error('no room'); process.exit(1)"), options),
  ).rejects.toMatchObject({
    code: 'command.failed',
    message: expect.stringContaining('no room') as string,
  });
});

test('standard input is given, and empty otherwise', async () => {
  const cat = node('process.stdin.pipe(process.stdout)');
  expect((await runCommand({ ...cat, stdin: 'hello' }, options)).stdout).toBe('hello');
  expect((await runCommand(cat, options)).stdout).toBe('');
});

test('an undefined variable is removed from the environment', async () => {
  const print = node('process.stdout.write(String(process.env.SECRET))');
  const env = { ...process.env, SECRET: 'x' };
  expect((await runCommand(print, { ...options, env })).stdout).toBe('x');
  const removed = await runCommand({ ...print, env: { SECRET: undefined } }, { ...options, env });
  expect(removed.stdout).toBe('undefined');
});

test('a password for us is not handed on to programs', async () => {
  const print = node('process.stdout.write(String(process.env.RPI_PASSWORD))');
  const env = { ...process.env, RPI_PASSWORD: 'x' };
  expect((await runCommand(print, { ...options, env })).stdout).toBe('undefined');
});

test('a program that is not installed has a code of its own', async () => {
  await expect(
    runCommand({ command: 'no-such-program-anywhere', args: [] }, options),
  ).rejects.toMatchObject({ code: 'command.not-found' });
  expect(await findExecutable('no-such-program-anywhere', process.env)).toBeUndefined();
});

test('the extra pipe arrives apart from the output', async () => {
  const chunks = streamCommand(node("require('fs').writeSync(3, 'event'); console.log('text')"), {
    ...options,
    extraPipe: true,
  });
  const seen = new Map<string, string>();
  for await (const { from, text } of chunks) seen.set(from, (seen.get(from) ?? '') + text);
  expect(Object.fromEntries(seen)).toEqual({ extra: 'event', stdout: 'text\n' });
});

test('a cancel ends the program and its children', async () => {
  const controller = new AbortController();
  const script = `
    const child = require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    console.log(child.pid); setInterval(() => {}, 1000);`;
  const stream = streamCommand(node(script), { signal: controller.signal, env: process.env });
  const first = await stream.next();
  const pid = Number(first.done === true ? NaN : first.value.text);
  expect(() => process.kill(pid, 0)).not.toThrow();
  controller.abort();
  await expect(stream.next()).rejects.toMatchObject({ code: 'run.cancelled' });
  await expect.poll(() => alive(pid)).toBe(false);
});

test.skipIf(process.platform === 'win32')(
  'a guarded program ends when the process that started it is killed',
  async () => {
    const script = `
      import { streamCommand } from ${JSON.stringify(join(ROOT, 'core/command/run.ts'))};
      const command = { command: process.execPath, args: ['-e', 'console.log(process.pid); setInterval(() => {}, 1000)'] };
      const options = { signal: new AbortController().signal, env: process.env, guarded: true };
      for await (const { text } of streamCommand(command, options)) process.stdout.write(text);`;
    const starter = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [data] = (await once(starter.stdout, 'data')) as [Buffer]; // the event's documented shape
    const pid = Number(data.toString());
    expect(alive(pid)).toBe(true);
    starter.kill('SIGKILL');
    await expect.poll(() => alive(pid), { timeout: 10_000 }).toBe(false);
  },
);

test('words that a shell would split are quoted in what a person reads', () => {
  expect(commandLine({ command: 'ssh', args: ['pi@kitchen', 'echo a  b', "it's"] })).toBe(
    "ssh pi@kitchen 'echo a  b' 'it'\\''s'",
  );
  expect(shellWord('')).toBe("''");
});

/** Ended but not yet collected by its parent counts as ended. */
function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3) !== 'Z';
  } catch {
    return false;
  }
}
