import { mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAskpass } from '../../core/askpass/askpass.ts';
import { removeLeftovers } from '../../core/askpass/leftovers.ts';
import { askSecret } from '../../core/askpass/secret.ts';
import { serveSecrets } from '../../core/askpass/server.ts';
import { runCommand } from '../../core/command/run.ts';
import { RpiError } from '../../core/errors.ts';
import { systemClock } from '../../core/runs/clock.ts';
import type { Context } from '../../core/runs/operation.ts';

let runtime: string;
beforeAll(async () => {
  runtime = await mkdtemp(join(tmpdir(), 'rpi-ask-'));
});
afterAll(() => rm(runtime, { recursive: true }));

const signal = new AbortController().signal;
function contextThat(ask: Context['ask'], env: Record<string, string> = {}): Context {
  return {
    signal,
    clock: systemClock,
    env: { PATH: process.env['PATH'], XDG_RUNTIME_DIR: runtime, ...env },
    dryRun: false,
    ask,
  };
}
const run = (command: string, ...args: string[]) =>
  runCommand({ command, args }, { signal, env: { PATH: process.env['PATH'] } });

describe('askpass', () => {
  it('gives each program its secret, and asks for each once', async () => {
    const asked: string[] = [];
    const context = contextThat((question) => {
      asked.push(question.text);
      return Promise.resolve(`secret of “${question.text}”`);
    });
    await using askpass = await startAskpass(context, { become: true, vault: true });
    const { becomePasswordFile = '', vaultPasswordFile = '', env } = askpass;
    for (let time = 0; time < 2; time++) {
      expect((await run(becomePasswordFile)).stdout).toBe(
        'secret of “Password for sudo on the Pis”\n',
      );
      expect((await run(vaultPasswordFile)).stdout).toBe('secret of “Password of the vault”\n');
    }
    const passphrase = await run(env['SSH_ASKPASS'] ?? '', "Enter passphrase for key 'k': ");
    expect(passphrase.stdout).toBe("secret of “Enter passphrase for key 'k'”\n");
    expect(asked).toHaveLength(3);
  });

  it('keeps its folder private and removes it at the end', async () => {
    const context = contextThat(() => Promise.resolve('x'));
    const askpass = await startAskpass(context, { become: true, vault: false });
    expect(askpass.vaultPasswordFile).toBeUndefined();
    const folder = dirname(askpass.becomePasswordFile ?? '');
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    await askpass[Symbol.asyncDispose]();
    await expect(stat(folder)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('fails the program where nobody can answer', async () => {
    const context = contextThat(() => Promise.reject(new RpiError('answer.needed', 'nobody')));
    await using askpass = await startAskpass(context, { become: true, vault: false });
    const finished = await run(askpass.becomePasswordFile ?? '');
    expect(finished).toMatchObject({ code: 1, stdout: '' });
  });

  it('tells nothing to who has not the token', async () => {
    let asked = false;
    const context = contextThat(() => {
      asked = true;
      return Promise.resolve('x');
    });
    await using askpass = await startAskpass(context, { become: true, vault: false });
    const path = join(dirname(askpass.becomePasswordFile ?? ''), 's');
    const reply = await new Promise<string>((resolve, reject) => {
      let text = '';
      const socket = connect(path, () => {
        socket.write('{"token":"guess","kind":"become","prompt":""}\n');
      });
      socket.on('data', (data) => (text += data.toString())).on('error', reject);
      socket.on('close', () => resolve(text));
    });
    expect(reply).toBe('{}');
    expect(asked).toBe(false);
  });
});

describe('RPI_ASKPASS', () => {
  it('is run with the prompt and answers in the person’s place', async () => {
    const program = join(runtime, 'outer');
    await writeFile(program, '#!/bin/sh\necho "told: $1"\n', { mode: 0o755 });
    const context = contextThat(() => Promise.reject(new Error('asked a person')), {
      RPI_ASKPASS: program,
    });
    expect(await askSecret(context, 'Password for pi')).toBe('told: Password for pi');
  });

  it('means “no answer” when it fails', async () => {
    const context = contextThat(() => Promise.resolve('a person'), { RPI_ASKPASS: '/bin/false' });
    await expect(askSecret(context, 'x')).rejects.toMatchObject({ code: 'answer.needed' });
  });
});

describe('the program of an editor’s window', () => {
  const prompt = 'Password for pi';

  it('is run by our own Node, and its answer is the secret', async () => {
    await using server = await serveSecrets({ XDG_RUNTIME_DIR: runtime });
    const parents: number[] = [];
    const program = await server.program('window', ({ args, parent }) => {
      parents.push(parent);
      return Promise.resolve(`told: ${args.join()}`);
    });
    const context = contextThat(() => Promise.reject(new Error('asked')), { RPI_ASKPASS: program });
    expect(await askSecret(context, prompt)).toBe(`told: ${prompt}`);
    expect(parents).toEqual([process.pid]); // which run it is: the window follows its journal
  });

  it('that was given no answer ends the question: nobody is asked twice', async () => {
    await using server = await serveSecrets({ XDG_RUNTIME_DIR: runtime });
    const program = await server.program('window', () => Promise.resolve(undefined));
    const context = contextThat(() => Promise.resolve('a person'), { RPI_ASKPASS: program });
    await expect(askSecret(context, prompt)).rejects.toMatchObject({ code: 'answer.needed' });
  });

  it('leaves it to the run to ask once the window is closed, before or while it asks', async () => {
    const server = await serveSecrets({ XDG_RUNTIME_DIR: runtime });
    const program = await server.program('window', async () => {
      await server[Symbol.asyncDispose]();
      return 'too late';
    });
    const context = contextThat(() => Promise.resolve('a person'), { RPI_ASKPASS: program });
    expect(await askSecret(context, prompt)).toBe('a person');
    expect(await askSecret(context, prompt)).toBe('a person');
  });

  it('tells the window when the run no longer waits', async () => {
    await using server = await serveSecrets({ XDG_RUNTIME_DIR: runtime });
    const controller = new AbortController();
    let program = '';
    const gone = new Promise<undefined>((resolve, reject) => {
      server
        .program('window', ({ signal: waiting }) => {
          waiting.addEventListener('abort', () => resolve(undefined));
          controller.abort();
          return gone;
        })
        .then((path) => (program = path), reject);
    });
    await expect.poll(() => program).not.toBe('');
    const context = contextThat(() => Promise.resolve('x'), { RPI_ASKPASS: program });
    const asked = askSecret({ ...context, signal: controller.signal }, prompt);
    await expect(asked).rejects.toMatchObject({ code: 'run.cancelled' });
    await gone;
  });
});

describe('what a killed process has left', () => {
  it('is removed, and nothing that somebody listens in or has just made', async () => {
    const parent = await mkdtemp(join(runtime, 'left-'));
    const server = await serveSecrets({ XDG_RUNTIME_DIR: parent });
    const folder = dirname(server.folder);
    for (const name of ['ask-dead', 'ask-young', 'other']) {
      await mkdir(join(folder, name));
      await writeFile(join(folder, name, 'pis.mjs'), '');
    }
    const old = new Date(Date.now() - 3_600_000);
    for (const name of ['ask-dead', 'other']) await utimes(join(folder, name), old, old);
    await utimes(server.folder, old, old);
    await removeLeftovers(folder);
    const names = await readdir(folder);
    expect(names).not.toContain('ask-dead');
    expect(names).toEqual(expect.arrayContaining(['ask-young', 'other']));
    expect(names.filter((name) => join(folder, name) === server.folder)).toHaveLength(1);
    await server[Symbol.asyncDispose]();
    await removeLeftovers(join(parent, 'not there'));
  });
});
