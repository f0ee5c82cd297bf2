/** What works on Pis that let the project's key in: exec, forward, ssh config, key rotation. */
import { execFile, spawn } from 'node:child_process';
import { chmod, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { rotateKey } from '../../core/access/rotate.ts';
import { execOnHosts, type ExecInput } from '../../core/exec/exec.ts';
import { forward } from '../../core/forward/forward.ts';
import { encodeBlob, formatPublicKey } from '../../core/formats/ssh-key.ts';
import { reboot } from '../../core/reboot/reboot.ts';
import type { EventBody } from '../../core/runs/event.ts';
import { configureSsh } from '../../core/ssh/configure.ts';
import { createIdentity } from '../../core/ssh/identity.ts';
import { makeProject, run, type TestProject } from './project.ts';
import { canRunSshd, startSshd, type TestSshd } from './sshd.ts';

const execute = promisify(execFile);

let sshd: TestSshd;
let test: TestProject;

/** Hosts on loopback addresses; `users`: by host. */
function inventory(users: Readonly<Record<string, string>>): string {
  const lines = Object.entries(users).map(
    ([name, user], index) =>
      `    ${name}: {ansible_host: 127.0.9.${index + 1}, ansible_port: ${sshd.port}, ansible_user: ${user}}`,
  );
  return `ungrouped:\n  hosts:\n${lines.join('\n')}\n`;
}

async function authorise(project: TestProject, users: readonly string[]): Promise<void> {
  const identity = await createIdentity(project.project.identity, 'test');
  const key = identity.publicKeys.map(formatPublicKey).join('\n');
  for (const user of users) {
    await sshd.inside(
      `home=$(getent passwd ${user} | cut -d: -f6); mkdir -p $home/.ssh; echo '${key}' >$home/.ssh/authorized_keys; chown -R ${user} $home/.ssh; chmod -R go-rwx $home/.ssh`,
    );
  }
  const hostKey = `${sshd.hostKey.type} ${encodeBlob(sshd.hostKey)}`;
  const known = [1, 2, 3].map((n) => `[127.0.9.${n}]:${sshd.port} ${hostKey}\n`);
  await writeFile(project.project.knownHosts, known.join(''));
}

const finishedOf = (events: readonly EventBody[]) =>
  Object.fromEntries(
    events.flatMap((e) =>
      e.kind === 'host.finished' ? [[e.host, [e.status, e.error?.code]]] : [],
    ),
  );

describe.skipIf(!canRunSshd)('with Pis that let the key in', () => {
  beforeAll(async () => {
    sshd = await startSshd({
      addresses: ['127.0.9.1', '127.0.9.2', '127.0.9.3'],
      passwords: { root: 'r', ann: 'a', bob: 'b' },
      prepare: 'rm -f /etc/sudoers.d/bob',
    });
    test = await makeProject({
      inventory: inventory({ kitchen: 'root', attic: 'ann', shed: 'bob' }),
    });
    await mkdir(test.project.data, { recursive: true });
    await authorise(test, ['root', 'ann', 'bob']);
  });

  afterAll(async () => {
    await test[Symbol.asyncDispose]();
    await sshd[Symbol.asyncDispose]();
  });

  describe('exec', () => {
    const input = (...words: string[]): ExecInput => ({
      limit: undefined,
      command: { type: 'words', words },
      become: false,
      askBecomePassword: false,
      parallel: 10,
      timeout: undefined,
    });
    const outputOf = (events: readonly EventBody[], host: string) =>
      events
        .flatMap((e) => (e.kind === 'output' && e.host === host ? [`${e.stream}: ${e.text}`] : []))
        .join('');

    it('runs the words as they are on each, and tells what each printed', async () => {
      const { events, outcome } = await run(
        execOnHosts(input('printf', '%s|', 'a  b', "it's", '$HOME', '*'), test.context()),
      );
      expect(outcome).toMatchObject({ status: 'ok' });
      for (const host of ['kitchen', 'attic', 'shed']) {
        expect(outputOf(events, host)).toBe("stdout: a  b|it's|$HOME|*|\n");
      }
    });

    it('fails where one fails, and says which', async () => {
      const { events, outcome } = await run(
        execOnHosts(input('sh', '-c', 'echo oh >&2; test $USER != ann || exit 3'), test.context()),
      );
      expect(outcome).toMatchObject({
        status: 'failed',
        hosts: [{ code: 0 }, { host: 'attic', code: 3 }, { code: 0 }],
      });
      expect(outcome.summary).toContain('attic');
      expect(outputOf(events, 'attic')).toBe('stderr: oh\n');
      expect(finishedOf(events)['attic']).toEqual(['failed', 'command.failed']);
    });

    it('becomes root where it may, and says where not', async () => {
      const { events, outcome } = await run(
        execOnHosts({ ...input('id', '-un'), become: true }, test.context()),
      );
      expect(outcome.status).toBe('failed');
      expect(outputOf(events, 'kitchen')).toBe('stdout: root\n');
      expect(outputOf(events, 'attic')).toBe('stdout: root\n');
      expect(finishedOf(events)['shed']).toEqual(['failed', 'access.no-root']);
    });

    it('gives sudo the password that was asked for, and the command none of it', async () => {
      await sshd.inside("echo 'bob ALL=(ALL) ALL' >/etc/sudoers.d/bob");
      const asking = { ...input('cat'), limit: 'shed', become: true, askBecomePassword: true };
      const right = await run(execOnHosts(asking, test.context({ ask: () => 'b' })));
      expect(right.outcome.hosts).toMatchObject([{ host: 'shed', code: 0 }]);
      expect(outputOf(right.events, 'shed')).toBe('');
      const wrong = await run(execOnHosts(asking, test.context({ ask: () => 'x' })));
      expect(finishedOf(wrong.events)['shed']).toEqual(['failed', 'access.no-root']);
      await sshd.inside('rm -f /etc/sudoers.d/bob');
    });

    it('tells lines as they come, and a cancelled command does not go on there', async () => {
      const controller = new AbortController();
      const { outcome } = await run(
        execOnHosts(
          {
            ...input('sh', '-c', 'echo $$ >~/pid; echo begun; exec sleep 600'),
            limit: 'attic',
          },
          test.context({ signal: controller.signal }),
        ),
        (event) => {
          if (event.kind === 'output') controller.abort();
        },
      );
      expect(outcome).toMatchObject({
        status: 'cancelled',
        undone: ['The command was not finished on attic; it may still run there.'],
      });
      await expect
        .poll(() => sshd.inside('kill -0 $(cat /home/ann/pid) 2>&1 && echo lives || echo gone'))
        .toContain('gone');
    });

    it('stops what takes too long', async () => {
      const { events } = await run(
        execOnHosts({ ...input('sleep', '60'), limit: 'kitchen', timeout: 300 }, test.context()),
      );
      expect(finishedOf(events)).toEqual({ kitchen: ['failed', 'ssh.timeout'] });
    });
  });

  describe('reboot', () => {
    const input = {
      limit: 'shed',
      confirmed: false,
      askBecomePassword: false,
      parallel: 1,
      deadline: 1000,
    };

    it('asks, naming the Pis, and takes no for an answer', async () => {
      const asked: unknown[] = [];
      const context = test.context({
        ask: ({ text, hosts }) => {
          asked.push([text, hosts]);
          return 'no';
        },
      });
      const { outcome } = await run(reboot({ ...input, limit: 'attic,shed' }, context));
      expect(outcome).toMatchObject({ status: 'refused', hosts: [] });
      expect(asked).toEqual([['Reboot attic, shed?', ['attic', 'shed']]]);
    });

    it('says where it may not, and that nothing was rebooted', async () => {
      const { outcome } = await run(reboot({ ...input, confirmed: true }, test.context()));
      expect(outcome).toMatchObject({
        status: 'failed',
        undone: ['shed was not rebooted.'],
        hosts: [{ told: false, error: { code: 'access.no-root' } }],
      });
    });
  });

  describe('forward', () => {
    it('opens a port of the Pi here, another one where that is taken, until it is cancelled', async () => {
      const taken = createServer().listen(0, '127.0.0.1');
      await new Promise((resolve) => taken.once('listening', resolve));
      const local = (taken.address() as AddressInfo).port;
      const controller = new AbortController();
      let greeting = '';
      const { events, outcome } = await run(
        forward(
          { host: 'kitchen', port: sshd.port, local },
          test.context({ signal: controller.signal }),
        ),
        (event) => {
          if (event.kind !== 'forward') return;
          expect(event.local).not.toBe(local);
          greeting = event.url;
          controller.abort();
        },
      );
      taken.close();
      expect(greeting).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
      expect(events[0]).toMatchObject({ kind: 'log', level: 'warn' });
      expect(outcome.status).toBe('ok');
    });

    it('carries what is said', async () => {
      const echo = createServer((socket) => socket.end('hello\n')).listen(0, '127.0.0.1');
      await new Promise((resolve) => echo.once('listening', resolve));
      const { port } = echo.address() as AddressInfo;
      const controller = new AbortController();
      let said = '';
      await run(
        forward({ host: 'attic', port, local: 1 }, test.context({ signal: controller.signal })),
        async (event) => {
          if (event.kind !== 'forward') return;
          said = (await execute('sh', ['-c', `exec 3<>/dev/tcp/x`]).catch(() => ({ stdout: '' })))
            .stdout;
          said = await readFrom(event.local);
          controller.abort();
        },
      );
      echo.close();
      expect(said).toBe('hello\n');
    });

    it('says in ssh’s own words why not', async () => {
      const known = test.project.knownHosts;
      const before = await readFile(known, 'utf8');
      await writeFile(known, '');
      const refused = run(forward({ host: 'attic', port: 80, local: 1 }, test.context()));
      await expect(refused).rejects.toMatchObject({
        code: 'command.failed',
        message: expect.stringMatching(/^attic: Port 80 can’t be forwarded: .*key/s) as string,
      });
      await writeFile(known, before);
    });
  });

  describe('ssh config', () => {
    let home: string;
    let config: string;
    const input = { remove: false, confirmed: true };
    const ssh = (...args: string[]) =>
      execute('ssh', ['-F', config, ...args]).then(({ stdout }) => stdout);

    beforeEach(async () => {
      home = join(test.project.root, '..', `my home ${Math.random()}`);
      config = join(home, '.ssh', 'config');
      await mkdir(home);
    });
    const context = (more = {}) => test.context({ env: { HOME: home }, ...more });

    it('makes the Pis known to the real ssh, which logs in by the name alone', async () => {
      const { events } = await run(configureSsh(input, context()));
      expect(events.filter(({ kind }) => kind === 'file.changed')).toHaveLength(2);
      expect((await stat(config)).mode & 0o777).toBe(0o600);
      const said = await ssh('-G', 'attic');
      expect(said).toContain('hostname 127.0.9.2\n');
      expect(said).toContain(`port ${sshd.port}\n`);
      expect(said).toContain('user ann\n');
      expect(said).toContain('identitiesonly yes\n');
      expect(said).toMatch(/stricthostkeychecking (yes|true)\n/);
      expect(said).toContain(`userknownhostsfile ${test.project.knownHosts}\n`);
      expect(await ssh('-o', 'BatchMode=yes', 'attic', 'id -un')).toBe('ann\n');
      expect(await ssh('-G', 'elsewhere')).not.toContain('127.0.9');
    });

    it('shows the change and asks first; a no leaves everything', async () => {
      await mkdir(join(home, '.ssh'));
      await writeFile(config, 'Host mine\n  Port 7\n', { mode: 0o640 });
      const asked: string[] = [];
      const ask = (answer: string) => (question: { text: string; detail?: string | undefined }) => {
        asked.push(`${question.text}\n${question.detail ?? ''}`);
        return answer;
      };
      const asking = { ...input, confirmed: false };
      const no = await run(configureSsh(asking, context({ ask: ask('no') })));
      expect(no.outcome.status).toBe('refused');
      expect(asked[0]).toMatch(/\+Include ".*ssh_config"/);
      expect(await readFile(config, 'utf8')).toBe('Host mine\n  Port 7\n');
      await run(configureSsh(asking, context({ ask: ask('yes') })));
      expect(await readFile(config, 'utf8')).toMatch(/^Include ".*"\nHost mine\n {2}Port 7\n$/);
      expect((await stat(config)).mode & 0o777).toBe(0o640);
      expect(await ssh('-G', 'mine')).toContain('port 7\n');
      // The second time there is nothing to ask.
      await run(configureSsh(asking, context()));
    });

    it('is taken out again without a trace', async () => {
      await mkdir(join(home, '.ssh'));
      const target = join(home, 'dotfiles');
      await writeFile(target, '# mine, with a tab\t\r\n\nHost x', { mode: 0o600 });
      await symlink(target, config);
      await run(configureSsh(input, context()));
      const dry = await run(configureSsh({ ...input, remove: true }, context({ dryRun: true })));
      expect(dry.events).toMatchObject([{ planned: true }, { planned: true }]);
      expect(await ssh('-G', 'attic')).toContain('hostname 127.0.9.2\n');
      await run(configureSsh({ ...input, remove: true }, context()));
      expect(await readFile(target, 'utf8')).toBe('# mine, with a tab\t\r\n\nHost x');
      await expect(stat(join(test.project.data, 'ssh_config'))).rejects.toThrow();
      const again = await run(configureSsh({ ...input, remove: true }, context()));
      expect(again.outcome.summary).toBe('There was nothing to remove.');
    });

    it('warns of another project’s host of the same name, which stays the first', async () => {
      const other = join(home, 'other', 'ssh_config');
      await mkdir(join(home, 'other'));
      await mkdir(join(home, '.ssh'));
      await writeFile(other, 'Host attic\n  HostName 10.9.9.9\n');
      await writeFile(config, `Include "${other}"\n`, { mode: 0o600 });
      const { events } = await run(configureSsh(input, context()));
      const warnings = events.flatMap((e) => (e.kind === 'log' ? [e.text] : []));
      expect(warnings).toEqual([expect.stringMatching(/^attic: also in .*other\/ssh_config/)]);
      expect(await ssh('-G', 'attic')).toContain('hostname 10.9.9.9\n');
      expect(await ssh('-G', 'shed')).toContain('hostname 127.0.9.3\n');
    });

    it('refuses what is no text, and a file that changed while it asked', async () => {
      await mkdir(join(home, '.ssh'));
      await writeFile(config, Buffer.from([0x48, 0xff, 0xfe]), { mode: 0o600 });
      await expect(run(configureSsh(input, context()))).rejects.toMatchObject({
        code: 'file.not-readable',
      });
      await writeFile(config, 'Host a\n');
      await chmod(config, 0o600);
      const meanwhile = async () => {
        await writeFile(config, 'Host b\n');
        return 'yes';
      };
      await expect(
        run(configureSsh({ ...input, confirmed: false }, context({ ask: meanwhile }))),
      ).rejects.toMatchObject({ code: 'file.changed-meanwhile' });
      expect(await readFile(config, 'utf8')).toBe('Host b\n');
    });
  });

  describe('access rotate', () => {
    it('shows in a dry run where it could, and changes nothing', async () => {
      const before = await readFile(test.project.identity, 'utf8');
      const { events } = await run(
        rotateKey({ limit: 'kitchen', confirmed: false }, test.context({ dryRun: true })),
      );
      expect(events.find(({ kind }) => kind === 'plan')).toMatchObject({
        items: [{ action: 'replace the key on', target: 'kitchen' }],
      });
      expect(await readFile(test.project.identity, 'utf8')).toBe(before);
    });

    it('asks first, naming the Pis, and replaces nothing after a no', async () => {
      const asked: unknown[] = [];
      const context = test.context({
        ask: ({ text, hosts }) => {
          asked.push([text, hosts]);
          return 'no';
        },
      });
      const before = await readFile(test.project.identity, 'utf8');
      const { outcome } = await run(rotateKey({ limit: 'kitchen', confirmed: false }, context));
      expect(outcome).toMatchObject({ status: 'refused', summary: 'No key was replaced.' });
      expect(asked).toEqual([['Replace the project’s key on kitchen?', ['kitchen']]]);
      expect(await readFile(test.project.identity, 'utf8')).toBe(before);
    });

    it('replaces the key once every Pi has the new one, and tries no password meanwhile', async () => {
      await sshd.inside('mv /home/bob/.ssh/authorized_keys /home/bob/kept');
      const before = await readFile(`${test.project.identity}.pub`, 'utf8');
      const first = await run(rotateKey({ limit: undefined, confirmed: true }, test.context()));
      expect(first.outcome.status).toBe('failed');
      expect(first.outcome.undone).toContainEqual(expect.stringContaining('The old key is'));
      expect(await readFile(`${test.project.identity}.pub`, 'utf8')).toBe(before);
      expect(await sshd.log()).not.toMatch(/(Failed|Accepted) password/);
      await sshd.inside('mv /home/bob/kept /home/bob/.ssh/authorized_keys');
      const second = await run(rotateKey({ limit: undefined, confirmed: true }, test.context()));
      expect(second.outcome.summary).toMatch(/^The project’s key was replaced\./);
      const after = await readFile(`${test.project.identity}.pub`, 'utf8');
      expect(after).not.toBe(before);
      expect(await sshd.inside('cat /home/ann/.ssh/authorized_keys')).toBe(after);
    });

    it('needs a key to replace', async () => {
      await using empty = await makeProject({ inventory: inventory({ kitchen: 'root' }) });
      await expect(
        run(rotateKey({ limit: undefined, confirmed: true }, empty.context())),
      ).rejects.toMatchObject({
        code: 'access.identity',
      });
    });
  });
});

function readFrom(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [
      '-e',
      `require('node:net').connect(${port}, '127.0.0.1').pipe(process.stdout)`,
    ]);
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    child.on('error', reject).on('close', () => resolve(text));
  });
}
