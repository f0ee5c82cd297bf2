import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect as connectSocket, createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appendHostKey, knownHostName, parseKnownHosts } from '../../core/formats/known-hosts.ts';
import {
  fingerprint,
  formatPublicKey,
  generateKeyPair,
  type PublicKey,
} from '../../core/formats/ssh-key.ts';
import { systemClock } from '../../core/runs/clock.ts';
import { connect } from '../../core/ssh/connect.ts';
import {
  acceptHostKeys,
  readKnownHosts,
  replaceHostKeys,
  strictVerifier,
  verifierThat,
} from '../../core/ssh/host-keys.ts';
import { openSession, type SshLogin, type SshTarget } from '../../core/ssh/session.ts';
import { canRunSshd, startSshd, type TestSshd } from './sshd.ts';

const pair = generateKeyPair('test');
const byKey: SshLogin = { type: 'key', privateKey: pair.privateKey };
const byPassword: SshLogin = { type: 'password', password: 'raspbian' };
const wrong: SshLogin = { type: 'password', password: 'not this' };
const signal = new AbortController().signal;
const options = { signal, clock: systemClock, timeout: 10_000 };
const code = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'no error',
    (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
  );

describe.skipIf(!canRunSshd)('a session with a real sshd', () => {
  let sshd: TestSshd;
  let target: SshTarget;
  const knowing = (key: PublicKey) => ({
    path: 'known_hosts',
    lines: parseKnownHosts(appendHostKey('', knownHostName(target.address, target.port), key)),
  });
  const verifier = () => strictVerifier(knowing(sshd.hostKey), target);
  /** What the sshd logged of a connection that it has seen the end of. */
  const logOf = async (from: number): Promise<string> => {
    for (;;) {
      const log = (await sshd.log()).slice(from);
      if (/disconnect|closed by/i.test(log)) return log;
      await systemClock.sleep(10, signal);
    }
  };

  beforeAll(async () => {
    sshd = await startSshd({
      passwords: { root: 'raspbian' },
      prepare: `mkdir -m 700 /root/.ssh && echo '${formatPublicKey(pair.publicKey)}' > /root/.ssh/authorized_keys`,
    });
    target = { host: 'pi1', address: '127.0.0.1', port: sshd.port, user: 'root' };
  });
  afterAll(() => sshd[Symbol.asyncDispose]());

  it('runs commands with input, output and exit code', async () => {
    await using session = await openSession(target, byKey, verifier(), options);
    expect(await session.exec('cat; echo bad >&2; exit 3', { signal, stdin: 'grüße\n' })).toEqual({
      code: 3,
      stdout: 'grüße\n',
      stderr: 'bad\n',
    });
    expect(await session.exec('kill -9 $$', { signal })).toMatchObject({ code: 128 });
    expect(session.hostKey.type).toBe('ssh-ed25519');
  });

  it('stops a command whose output never ends, and goes on', async () => {
    await using session = await openSession(target, byKey, verifier(), options);
    const endless = ['yes', 'yes >&2', 'head -c 8388609 /dev/zero'];
    for (const command of endless) {
      expect(await code(session.exec(command, { signal }))).toBe('ssh.too-much-output');
    }
    const most = await session.exec('head -c 8388608 /dev/zero | tr "\\0" x', { signal });
    expect(most.stdout.length).toBe(8_388_608);
    expect(await session.exec('printf "%.0sü" 1 2 3', { signal })).toMatchObject({ stdout: 'üüü' });
  });

  it('tries several logins on one connection and says which was let in', async () => {
    const before = await sshd.log();
    await using session = await openSession(
      target,
      [wrong, byPassword, byKey],
      verifier(),
      options,
    );
    expect(session.login).toBe(byPassword);
    const log = (await sshd.log()).slice(before.length);
    expect(log.match(/Connection from/g)).toHaveLength(1);
  });

  it('reports a wrong password as a refused login, with the methods the server has', async () => {
    await expect(openSession(target, wrong, verifier(), options)).rejects.toMatchObject({
      code: 'ssh.refused-login',
      message: expect.stringContaining('publickey') as string,
    });
  });

  it('refuses an unknown host key and sends no login', async () => {
    const { length } = await sshd.log();
    const stranger = { ...target, user: 'stranger' };
    const known = { path: 'known_hosts', lines: [] };
    await expect(
      openSession(stranger, byPassword, strictVerifier(known, target), options),
    ).rejects.toMatchObject({
      code: 'ssh.host-key-unknown',
      message: expect.stringContaining(fingerprint(sshd.hostKey)) as string,
    });
    expect(await logOf(length)).not.toMatch(/stranger|password/);
  });

  it('refuses a changed host key, shows both and sends nothing', async () => {
    const { length } = await sshd.log();
    const stranger = { ...target, user: 'stranger' };
    const old = generateKeyPair('').publicKey;
    const failure = openSession(
      stranger,
      byPassword,
      strictVerifier(knowing(old), target),
      options,
    );
    await expect(failure).rejects.toMatchObject({ code: 'ssh.host-key-changed' });
    const message = await failure.catch((error: unknown) => String(error));
    expect(message).toContain(fingerprint(old));
    expect(message).toContain(fingerprint(sshd.hostKey));
    expect(await logOf(length)).not.toMatch(/stranger|password/);
  });

  it('asks a host that is known by its RSA key for that one', async () => {
    await using two = await startSshd({
      hostKeyType: 'rsa',
      config: ['HostKey /etc/ssh/second_key'],
      prepare: "ssh-keygen -q -N '' -t ed25519 -f /etc/ssh/second_key",
      passwords: { root: 'raspbian' },
    });
    const here = { ...target, port: two.port };
    const lines = parseKnownHosts(
      appendHostKey('', knownHostName(here.address, here.port), two.hostKey),
    );
    await using session = await openSession(
      here,
      byPassword,
      strictVerifier({ path: '', lines }, here),
      options,
    );
    expect(session.hostKey.type).toBe('ssh-rsa');
  });

  it('names the methods when asked to, also when the first login is let in', async () => {
    const session = await connect(target, [byKey], verifier(), { signal, probe: true });
    if ('refused' in session) throw session.error;
    await using _open = session;
    expect(session.methods).toEqual(expect.arrayContaining(['publickey', 'password']));
  });

  it('ends a command that takes too long, and goes on', async () => {
    await using session = await openSession(target, byKey, verifier(), options);
    expect(await code(session.exec('sleep 30', { signal, timeout: 100 }))).toBe('ssh.timeout');
    expect(await session.exec('echo on', { signal })).toMatchObject({ stdout: 'on\n' });
  });

  it('is cancelled while connecting, logging in and running', async () => {
    const during = async (work: (signal: AbortSignal) => Promise<unknown>): Promise<unknown> => {
      const controller = new AbortController();
      const result = code(work(controller.signal));
      setTimeout(() => controller.abort(), 100);
      return result;
    };
    await using session = await openSession(target, byKey, verifier(), options);
    expect(await during((signal) => session.exec('sleep 30', { signal }))).toBe('run.cancelled');
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    const there = { ...target, port: (silent.address() as AddressInfo).port };
    expect(
      await during((signal) => openSession(there, byKey, verifier(), { ...options, signal })),
    ).toBe('run.cancelled');
    silent.close();
    const never = verifierThat({ path: '', lines: [] }, target, () => new Promise(() => undefined));
    expect(
      await during((signal) => openSession(target, byKey, never, { ...options, signal })),
    ).toBe('run.cancelled');
  });

  it('that is cancelled before the command began gives the command no input', async () => {
    await using session = await openSession(target, byKey, verifier(), options);
    const controller = new AbortController();
    const running = code(
      session.exec('sh -s', { signal: controller.signal, stdin: 'touch /root/ran\n' }),
    );
    controller.abort();
    expect(await running).toBe('run.cancelled');
    // The same connection answers later than it would have run that.
    await session.exec('sleep 0.3', { signal });
    expect(await session.exec('ls /root/ran', { signal })).toMatchObject({ code: 2 });
  });

  it('that the machine has just ended is closed to further commands, by our own error', async () => {
    let hangUp = (): void => undefined;
    const between = createServer({ allowHalfOpen: true }, (near) => {
      const far = connectSocket(target.port, target.address);
      near.on('error', () => undefined).on('close', () => far.destroy());
      near.pipe(far, { end: false });
      far.pipe(near, { end: false });
      hangUp = () => {
        far.unpipe(near);
        near.end();
      };
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => between.once('listening', resolve));
    const here = { ...target, port: (between.address() as AddressInfo).port };
    const accept = verifierThat({ path: '', lines: [] }, here, () => undefined);
    await using session = await openSession(here, byKey, accept, options);
    hangUp();
    const codes: unknown[] = [];
    // Some of these fall between the end of the stream and its close.
    while (codes.length === 0) {
      const running = code(session.exec('sleep 30', { signal }));
      void running.then((value) => codes.push(value));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await expect.poll(() => code(session.exec('true', { signal }))).toBe('ssh.closed');
    expect(new Set(codes)).toEqual(new Set(['ssh.closed']));
    between.close();
  });

  it('reports a machine that dies in the middle of a command', async () => {
    await using mortal = await startSshd({ passwords: { root: 'raspbian' } });
    const here = { ...target, port: mortal.port };
    const accept = verifierThat({ path: '', lines: [] }, here, () => undefined);
    await using session = await openSession(here, byPassword, accept, options);
    const running = code(session.exec('sleep 30', { signal }));
    setTimeout(() => mortal.cut(), 50);
    expect(await running).toBe('ssh.closed');
    expect(await code(session.exec('true', { signal }))).toBe('ssh.closed');
  });

  it('logs in by keyboard-interactive where password is not offered', async () => {
    await using pam = await startSshd({
      passwords: { root: 'raspbian' },
      config: ['UsePAM yes', 'KbdInteractiveAuthentication yes', 'PasswordAuthentication no'],
    });
    const here = { ...target, port: pam.port };
    const accept = verifierThat({ path: '', lines: [] }, here, () => undefined);
    await using session = await openSession(here, [byKey, byPassword], accept, options);
    expect(await session.exec('id -u', { signal })).toMatchObject({ stdout: '0\n' });
    expect(await code(openSession(here, wrong, accept, options))).toBe('ssh.refused-login');
  });

  it('does not send a password where none is taken', async () => {
    await using closed = await startSshd({
      passwords: { root: 'raspbian' },
      config: ['PasswordAuthentication no', 'KbdInteractiveAuthentication no'],
    });
    const here = { ...target, port: closed.port };
    const accept = verifierThat({ path: '', lines: [] }, here, () => undefined);
    expect(await code(openSession(here, [byKey, byPassword], accept, options))).toBe(
      'ssh.refused-login',
    );
    expect(await closed.log()).not.toContain('password');
  });
});

describe('what answers instead of an sshd', () => {
  const known = { path: '', lines: [] };
  const target = (port: number): SshTarget => ({
    host: 'x',
    address: '127.0.0.1',
    port,
    user: 'pi',
  });
  /** No waiting between tries. */
  const clock = { now: () => Date.now(), sleep: () => Promise.resolve() };
  const tryIt = async (port: number, patience?: number[]): Promise<unknown> =>
    code(
      openSession(target(port), byPassword, strictVerifier(known, target(port)), {
        signal,
        clock,
        timeout: 500,
        ...(patience === undefined ? {} : { patience }),
      }),
    );
  const serving = async (server: Server, patience?: number[]): Promise<unknown> => {
    server.listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    try {
      return await tryIt((server.address() as AddressInfo).port, patience);
    } finally {
      server.close();
    }
  };

  it('nobody: unreachable', async () => {
    expect(await tryIt(1)).toBe('ssh.unreachable');
  });
  it('one that hangs up at once: penalised, after patience', async () => {
    let connections = 0;
    const server = createServer((socket) => {
      connections++;
      socket.end();
    });
    expect(await serving(server)).toBe('ssh.penalised');
    expect(connections).toBe(3);
  });
  it('one that hangs up at once is not tried again where nobody has patience', async () => {
    let connections = 0;
    const server = createServer((socket) => {
      connections++;
      socket.end();
    });
    expect(await serving(server, [])).toBe('ssh.penalised');
    expect(connections).toBe(1);
  });
  it('OpenSSH’s refusal line, then the end: penalised', async () => {
    expect(
      await serving(createServer((socket) => socket.end('Not allowed at this time\r\n'))),
    ).toBe('ssh.penalised');
  });
  it('one that resets: penalised', async () => {
    expect(await serving(createServer((socket) => socket.resetAndDestroy()))).toBe('ssh.penalised');
  });
  it('another protocol: not ssh', async () => {
    expect(
      await serving(createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))),
    ).toBe('ssh.protocol');
  });
  it('one that says who it is and nothing more: closed', async () => {
    expect(await serving(createServer((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n')))).toBe(
      'ssh.closed',
    );
  });
  it('one that is silent: a timeout', async () => {
    const server = createServer((socket) => socket.unref());
    expect(await serving(server)).toBe('ssh.timeout');
  });
});

describe('the known_hosts file', () => {
  it('gets keys once, keeps what was there, and is private', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rpi-known-'));
    const place = { knownHosts: join(folder, 'data', 'known_hosts'), locks: join(folder, 'locks') };
    const context = { clock: systemClock, signal };
    try {
      const keys = Array.from({ length: 10 }, (_, n) => ({
        address: `10.0.0.${n}`,
        port: 22,
        key: generateKeyPair('').publicKey,
      }));
      // Ten runs at once, each with the same and one of its own.
      await Promise.all(
        keys.map((own) => acceptHostKeys(place, [own, ...keys.slice(0, 1)], context)),
      );
      const known = await readKnownHosts(place.knownHosts);
      expect(known.lines.flatMap((line) => line.names).sort()).toEqual(
        keys.map((k) => k.address).sort(),
      );

      const text = `# my note\n${await readFile(place.knownHosts, 'utf8')}`;
      await writeFile(place.knownHosts, text);
      const other = { address: '10.0.0.3', port: 22, key: generateKeyPair('').publicKey };
      await acceptHostKeys(place, [other], context);
      expect(await readFile(place.knownHosts, 'utf8')).toBe(text);
      await replaceHostKeys(place, [other], context);
      const after = await readKnownHosts(place.knownHosts);
      expect(
        after.lines.filter((line) => line.names.includes('10.0.0.3')).map((line) => line.key),
      ).toEqual([other.key]);
      expect(after.lines).toHaveLength(10);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
