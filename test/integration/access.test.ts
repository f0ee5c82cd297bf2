import { copyFile, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SetupCall } from '../../core/access/setup-script.ts';
import { setUp } from '../../core/access/setup.ts';
import { checkAccess } from '../../core/access/check.ts';
import { enroll, type EnrollInput } from '../../core/access/enroll.ts';
import { saveSightings } from '../../core/detect/sightings.ts';
import { cancelled } from '../../core/errors.ts';
import { acquireLock } from '../../core/files/lock.ts';
import { appendHostKey, knownHostName } from '../../core/formats/known-hosts.ts';
import { fingerprint, formatPublicKey, generateKeyPair } from '../../core/formats/ssh-key.ts';
import { loadInventory } from '../../core/inventory/load.ts';
import { openProject } from '../../core/project/project.ts';
import type { EventBody } from '../../core/runs/event.ts';
import type { Outcome } from '../../core/runs/operation.ts';
import { monitorRound } from '../../core/monitor/round.ts';
import { systemClock } from '../../core/runs/clock.ts';
import { verifierThat } from '../../core/ssh/host-keys.ts';
import { openSession } from '../../core/ssh/session.ts';
import { openProjectSession } from '../../core/ssh/project-session.ts';
import { canRunSshd, hasSudo, startSshd, type TestSshd } from './sshd.ts';
import { makeProject, run, type TestProject } from './project.ts';

const input: EnrollInput = {
  limit: undefined,
  acceptNew: true,
  askPassword: false,
  rotate: false,
  keySaved: false,
  ownKeys: [],
};

/** An inventory of hosts on loopback addresses of one sshd. */
function inventoryOf(sshd: TestSshd, hosts: Record<string, string>): string {
  const lines = Object.entries(hosts).map(
    ([name, rest]) => `    ${name}: {ansible_port: ${sshd.port}, ${rest}}`,
  );
  return `ungrouped:\n  hosts:\n${lines.join('\n')}\n`;
}

const at = (last: number, more = ''): string => `ansible_host: 127.0.0.${last}${more}`;

/** Detection saw a Pi (or something else) at these addresses. */
async function seen(test: TestProject, addresses: Record<string, boolean>): Promise<void> {
  const now = new Date().toISOString();
  await saveSightings(
    test.project,
    Object.entries(addresses).map(([address, isPi]) => ({
      address,
      isPi,
      evidence: [],
      firstSeen: now,
      lastSeen: now,
    })),
  );
}

const finished = (events: readonly EventBody[], host: string) =>
  events.find((event) => event.kind === 'host.finished' && event.host === host);

describe.skipIf(!canRunSshd)('enroll', () => {
  it.skipIf(!hasSudo)(
    'gets in by default passwords on detected Pis, installs keys and learns who they are',
    async () => {
      await using sshd = await startSshd({
        addresses: ['127.0.0.1', '127.0.0.2'],
        passwords: { root: 'raspbian', pi: 'raspberry' },
        // The sshd of each address takes one account only.
        config: [],
      });
      await using test = await makeProject({
        inventory: inventoryOf(sshd, {
          one: at(1, ', ansible_user: pi'),
          two: at(2, ', ansible_user: root'),
        }),
      });
      await seen(test, { '127.0.0.1': true, '127.0.0.2': true });
      const { outcome, events } = await run(enroll(input, test.context()));
      expect(outcome).toMatchObject({
        status: 'ok',
        summary: expect.stringContaining('2 of 2') as string,
      });
      expect(finished(events, 'one')).toMatchObject({ status: 'changed' });

      const [one, two] = (await loadInventory(test.project)).hosts;
      expect(one).toMatchObject({ user: 'pi', become: true });
      expect(two).toMatchObject({ user: 'root', become: false });

      await using session = await openProjectSession(test.context(), one ?? expect.fail());
      const signal = new AbortController().signal;
      expect(
        await session.exec('id -un; stat -c %a ~/.ssh ~/.ssh/authorized_keys', { signal }),
      ).toMatchObject({
        stdout: 'pi\n700\n600\n',
      });
      await using _root = await openProjectSession(test.context(), two ?? expect.fail());
      expect((await stat(test.project.identity)).mode & 0o777).toBe(0o600);
      expect((await stat(test.project.knownHosts)).mode & 0o777).toBe(0o600);

      const again = await run(enroll(input, test.context()));
      expect(again.outcome.status).toBe('ok');
      expect(finished(again.events, 'one')).toMatchObject({ status: 'ok' });
      expect(again.events.filter((event) => event.kind === 'file.changed')).toEqual([]);
      expect(await sshd.inside('wc -l < /root/.ssh/authorized_keys')).toBe('1\n');
    },
  );

  it('never tries default passwords on what is not detected as a Pi', async () => {
    await using sshd = await startSshd({ passwords: { root: 'raspbian', pi: 'raspberry' } });
    for (const evidence of [{}, { '127.0.0.1': false }]) {
      await using test = await makeProject({
        inventory: inventoryOf(sshd, { nas: at(1, ', rpi_macs: ["00:11:32:00:00:01"]') }),
      });
      await seen(test, evidence);
      const { outcome } = await run(enroll(input, test.context()));
      expect(outcome).toMatchObject({ status: 'failed', hosts: [{ status: 'locked' }] });
      expect(
        (await run(checkAccess({ limit: undefined, ownKeys: [] }, test.context()))).outcome,
      ).toMatchObject({
        status: 'failed',
        hosts: [{ state: 'locked' }],
      });
    }
    expect(await sshd.log()).not.toMatch(/password/i);
  });

  it.skipIf(!hasSudo)(
    'tries a person’s password at most twice, waits in between, and goes on from there',
    async () => {
      await using sshd = await startSshd({ passwords: { ann: 'correct horse' } });
      await using test = await makeProject({
        inventory: inventoryOf(sshd, { one: at(1, ', ansible_user: ann') }),
      });
      const answers = ['wrong', 'also wrong', 'not asked'];
      const asked: string[] = [];
      const context = test.context({
        ask: (question) => {
          asked.push(question.text);
          return answers.shift() ?? '';
        },
      });
      const { outcome, events } = await run(enroll({ ...input, askPassword: true }, context));
      expect(outcome.status).toBe('failed');
      expect(asked).toEqual(['Password of ann on one', 'Password of ann on one']);
      expect((await sshd.log()).match(/Failed password for ann/g)).toHaveLength(2);
      expect(JSON.stringify(events)).not.toContain('wrong');

      answers.splice(0, 3, 'correct horse');
      const second = await run(enroll({ ...input, askPassword: true }, context));
      expect(second.outcome).toMatchObject({ status: 'ok', hosts: [{ user: 'ann', sudo: true }] });
      expect(JSON.stringify(second.events)).not.toContain('correct horse');
    },
  );

  it.skipIf(!hasSudo)(
    'becomes root by sudo with the password where sudo asks for one',
    async () => {
      await using sshd = await startSshd({
        passwords: { ann: 'it’s a $ecret' },
        prepare: "echo 'ann ALL=(ALL) ALL' > /etc/sudoers.d/ann",
      });
      await using test = await makeProject({
        inventory: inventoryOf(sshd, { one: at(1, ', ansible_user: ann') }),
      });
      const context = test.context({ env: { RPI_PASSWORD: 'it’s a $ecret' } });
      const { outcome } = await run(enroll(input, context));
      expect(outcome).toMatchObject({ status: 'ok', hosts: [{ user: 'ann', sudo: true }] });
      expect(await sshd.inside('grep -c rpi /root/.ssh/authorized_keys')).toBe('1\n');
    },
  );

  it.skipIf(!hasSudo)('lets sudo see a wrong password once, and none of the script', async () => {
    await using sshd = await startSshd({
      passwords: { ann: 'secret' },
      prepare:
        "printf 'Defaults logfile=/var/log/sudo.log\\nann ALL=(ALL) ALL\\n' > /etc/sudoers.d/ann",
    });
    const target = { host: 'one', address: '127.0.0.1', port: sshd.port, user: 'ann' };
    const trusting = verifierThat({ path: '', lines: [] }, target, () => undefined);
    const { signal } = new AbortController();
    await using session = await openSession(
      target,
      { type: 'password', password: 'secret' },
      trusting,
      { signal, clock: systemClock },
    );
    const by = (password: string) =>
      setUp(session, [{ do: 'facts' }], { type: 'sudo-password', password }, { signal });
    expect(await by('wrong')).toBeUndefined();
    expect(await sshd.inside('cat /var/log/sudo.log')).toContain(': 1 incorrect password attempt ');
    expect(await by('secret')).toMatchObject({ changed: [] });
    expect((await sshd.inside('cat /var/log/sudo.log')).match(/incorrect/g)).toHaveLength(1);
  });

  it('sets up the user alone, and says so, where it can’t become root', async () => {
    await using sshd = await startSshd({
      passwords: { ann: 'secret' },
      prepare: 'rm -f /etc/sudoers.d/ann',
    });
    await using test = await makeProject({
      inventory: inventoryOf(sshd, { one: at(1, ', ansible_user: ann') }),
    });
    const { outcome } = await run(enroll(input, test.context({ env: { RPI_PASSWORD: 'secret' } })));
    expect(outcome.status).toBe('failed');
    expect(outcome.hosts[0]).toMatchObject({ status: 'enrolled', sudo: false });
    await using _session = await openProjectSession(
      test.context(),
      (await loadInventory(test.project)).hosts[0] ?? expect.fail(),
    );
  });

  it.skipIf(!hasSudo)(
    'creates users with their keys and sudo, and keeps what stands in their files',
    async () => {
      const friend = generateKeyPair('friend at home');
      const mine = generateKeyPair('mine').publicKey;
      await using sshd = await startSshd({
        passwords: { root: 'raspbian' },
        prepare: `mkdir -m 700 /root/.ssh && printf '# note\\n%s' '${formatPublicKey(mine)}' > /root/.ssh/authorized_keys`,
      });
      await using test = await makeProject({
        config: [
          'access:',
          '  users:',
          '    - {name: ben, sudo: true, authorized: [files/ben.pub]}',
          `    - {name: eve, authorized: ["${formatPublicKey(friend.publicKey)}"]}`,
          '    - {name: deploy}',
        ],
        inventory: inventoryOf(sshd, { one: at(1, ', ansible_user: root') }),
      });
      await seen(test, { '127.0.0.1': true });
      const missing = run(enroll(input, test.context()));
      await expect(missing).rejects.toMatchObject({ code: 'access.identity' });
      expect(await sshd.log()).not.toMatch(/password/i);

      await mkdir(`${test.project.root}/files`);
      await writeFile(
        `${test.project.root}/files/ben.pub`,
        `# Ben's\n${formatPublicKey(friend.publicKey)}\n`,
      );
      const { outcome } = await run(enroll(input, test.context()));
      expect(outcome).toMatchObject({ status: 'ok' });
      expect(await sshd.inside('cat /root/.ssh/authorized_keys')).toMatch(
        new RegExp(`^# note\n${escape(formatPublicKey(mine))}\nssh-ed25519 \\S+ rpi .*\n$`),
      );
      expect(await sshd.inside('stat -c "%U %a" /home/ben/.ssh/authorized_keys')).toBe('ben 600\n');
      expect(await sshd.inside('cat /home/eve/.ssh/authorized_keys')).toBe(
        `${formatPublicKey(friend.publicKey)}\n`,
      );
      expect(await sshd.inside('cut -d " " -f 3 /home/deploy/.ssh/authorized_keys')).toBe('rpi\n');
      expect(await sshd.inside('su ben -c "sudo -n id -u"')).toBe('0\n');
      await expect(sshd.inside('su eve -c "sudo -n id -u"')).rejects.toThrow();
      const again = await run(enroll(input, test.context()));
      expect(finished(again.events, 'one')).toMatchObject({ status: 'ok' });
    },
  );

  it('puts a key before the line that has it for one command only', async () => {
    const { publicKey, privateKey } = generateKeyPair('friend');
    const key = formatPublicKey(publicKey);
    const limited = `restrict,command="echo no" ${key}`;
    await using sshd = await startSshd({
      passwords: { root: 'raspbian', ben: 'x' },
      prepare: [
        'mkdir -m 700 /home/ben/.ssh',
        `printf '# mine\\n%s\\n' '${limited}' > /home/ben/.ssh/authorized_keys`,
        'chown -R ben: /home/ben/.ssh',
      ].join('\n'),
    });
    await using test = await makeProject({
      config: ['access:', '  users:', `    - {name: ben, authorized: ["${key}"]}`],
      inventory: inventoryOf(sshd, { one: at(1, ', ansible_user: root') }),
    });
    await seen(test, { '127.0.0.1': true });
    for (const status of ['changed', 'ok']) {
      const { events } = await run(enroll(input, test.context()));
      expect(finished(events, 'one')).toMatchObject({ status });
      expect(await sshd.inside('cat /home/ben/.ssh/authorized_keys')).toBe(
        `${key}\n# mine\n${limited}\n`,
      );
    }
    const target = { host: 'one', address: '127.0.0.1', port: sshd.port, user: 'ben' };
    const trusting = verifierThat({ path: '', lines: [] }, target, () => undefined);
    const { signal } = new AbortController();
    await using session = await openSession(target, { type: 'key', privateKey }, trusting, {
      signal,
      clock: systemClock,
    });
    expect(await session.exec('id -un', { signal })).toMatchObject({ stdout: 'ben\n' });
  });

  it('refuses to write through a link that a user has made', async () => {
    await using sshd = await startSshd({
      passwords: { root: 'raspbian', pi: 'raspberry' },
      prepare: 'ln -s /etc /home/pi/.ssh',
    });
    await using test = await makeProject({
      inventory: inventoryOf(sshd, { one: at(1, ', ansible_user: pi') }),
    });
    await seen(test, { '127.0.0.1': true });
    const { outcome } = await run(enroll(input, test.context()));
    expect(outcome.hosts[0]).toMatchObject({
      status: 'failed',
      error: { code: 'access.setup-failed' },
    });
    await expect(sshd.inside('ls /etc/authorized_keys')).rejects.toThrow();
  });

  it('tells what a Pi says without what a terminal would obey', async () => {
    await using sshd = await startSshd({
      passwords: { root: 'raspbian', pi: 'raspberry' },
      config: [
        'Match User root',
        `  ForceCommand printf 'rpi:begin\\nrpi:failed no\\033]0;x\\007 room\\n'`,
        'Match User pi',
        `  ForceCommand printf '\\033[2J\\033[31mgone\\nfar' >&2`,
        'Match all',
      ],
    });
    await using test = await makeProject({
      inventory: inventoryOf(sshd, {
        one: at(1, ', ansible_user: root'),
        two: at(1, ', ansible_user: pi'),
      }),
    });
    await seen(test, { '127.0.0.1': true });
    const { outcome, events } = await run(enroll(input, test.context()));
    const [one, two] = outcome.hosts.map((host) =>
      host.status === 'failed' ? host.error.message : host.status,
    );
    expect(one).toMatch(/failed: no\]0;x room\.$/);
    expect(two).toMatch(/failed: \[2J\[31mgone far\.$/);
    const told = events.map((event) => ('summary' in event ? event.summary : '')).join('');
    expect(told).not.toMatch(/\p{Cc}/u);
  });

  it('leaves the file as it was when the Pi’s disk is full', async () => {
    await using sshd = await startSshd({
      passwords: { root: 'raspbian' },
      prepare:
        'mkdir -m 700 /root/.ssh && mount -t tmpfs -o size=4k tmpfs /root/.ssh && printf "%4090s" x > /root/.ssh/authorized_keys',
    });
    await using test = await makeProject({
      inventory: inventoryOf(sshd, { one: at(1, ', ansible_user: root') }),
    });
    await seen(test, { '127.0.0.1': true });
    const { outcome } = await run(enroll(input, test.context()));
    expect(outcome.hosts[0]).toMatchObject({
      status: 'failed',
      error: { code: 'access.setup-failed' },
    });
    expect(await sshd.inside('stat -c %s /root/.ssh/authorized_keys; ls -A /root/.ssh')).toBe(
      '4090\nauthorized_keys\n',
    );
  });

  it('reports a Pi that dies in the middle', async () => {
    await using sshd = await startSshd({
      passwords: { root: 'raspbian' },
      // The script's first program takes its time: the power goes off just then.
      prepare:
        "mkdir /etc/slow && printf '#!/bin/sh\\nsleep 60\\n' > /etc/slow/getent && chmod 755 /etc/slow/getent",
      config: ['SetEnv PATH=/etc/slow:/usr/bin:/bin'],
    });
    await using test = await makeProject({
      inventory: inventoryOf(sshd, { one: at(1, ', ansible_user: root') }),
    });
    await seen(test, { '127.0.0.1': true });
    const running = run(enroll(input, test.context()), (event) => {
      if (event.kind === 'step.finished' && event.step === 'login')
        setTimeout(() => sshd.cut(), 200);
    });
    const { outcome } = await running;
    expect(outcome).toMatchObject({
      status: 'failed',
      hosts: [{ status: 'failed', error: { code: 'ssh.closed' } }],
    });
  });

  it('is cancelled: what is done is kept and written, what is not is said', async () => {
    await using sshd = await startSshd({
      addresses: ['127.0.0.1', '127.0.0.2'],
      passwords: { root: 'raspbian' },
      config: ['Match LocalAddress 127.0.0.2', '  ForceCommand sleep 60', 'Match all'],
    });
    await using test = await makeProject({
      inventory: inventoryOf(sshd, { one: at(1), two: at(2, ', ansible_user: root') }),
    });
    await seen(test, { '127.0.0.1': true, '127.0.0.2': true });
    const controller = new AbortController();
    const { outcome } = await run(
      enroll(input, test.context({ signal: controller.signal })),
      (event) => {
        if (event.kind === 'host.finished' && event.host === 'one') controller.abort();
      },
    );
    expect(outcome).toMatchObject({ status: 'cancelled', undone: ['two is not enrolled'] });
    const [one, two] = (await loadInventory(test.project)).hosts;
    expect(one?.user).toBe('root');
    expect(two?.model).toBeUndefined();
  });

  it('fails where a host ran out of time in a run that nobody cancelled', async () => {
    const busy = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
    await new Promise((resolve) => busy.once('listening', resolve));
    const { port } = busy.address() as AddressInfo;
    await using test = await makeProject({
      inventory: `ungrouped:\n  hosts:\n    one: {ansible_host: 127.0.0.1, ansible_port: ${port}}\n`,
    });
    const clock = { now: () => Date.now(), sleep: () => Promise.reject(cancelled()) };
    const { outcome } = await run(enroll(input, { ...test.context(), clock }));
    busy.close();
    expect(outcome).toMatchObject({
      status: 'failed',
      hosts: [{ error: { code: 'run.cancelled' } }],
    });
  });

  it('refuses a host that another run works on', async () => {
    await using sshd = await startSshd({ passwords: { root: 'raspbian' } });
    await using test = await makeProject({ inventory: inventoryOf(sshd, { one: at(1) }) });
    await using _held = await acquireLock(test.project.locks, 'host one', 'rpi provision');
    const { outcome } = await run(enroll(input, test.context()));
    expect(outcome).toMatchObject({ status: 'refused', hosts: [{ error: { code: 'lock.held' } }] });
    expect(await sshd.log()).not.toContain('authenticating');
  });

  it('does nothing in a dry run but look', async () => {
    await using sshd = await startSshd({ passwords: { root: 'raspbian' } });
    await using test = await makeProject({
      inventory: inventoryOf(sshd, { one: at(1, ', ansible_user: root') }),
    });
    await seen(test, { '127.0.0.1': true });
    const before = await readFile(test.project.inventory, 'utf8');
    const { events } = await run(enroll(input, test.context({ dryRun: true })));
    expect(events.find((event) => event.kind === 'plan')).toMatchObject({
      items: [{ action: 'enroll', target: 'one' }],
    });
    expect(await readFile(test.project.inventory, 'utf8')).toBe(before);
    await expect(stat(test.project.data)).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(sshd.inside('ls /root/.ssh')).rejects.toThrow();
  });

  it('shows two hosts that are one Pi', async () => {
    await using sshd = await startSshd({
      addresses: ['127.0.0.1', '127.0.0.2'],
      passwords: { root: 'raspbian' },
      prepare:
        "mkdir /run/fake && echo 'Serial : 10000000abcdef01' > /run/fake/cpuinfo && mount --bind /run/fake/cpuinfo /proc/cpuinfo",
    });
    await using test = await makeProject({
      inventory: inventoryOf(sshd, {
        cable: at(1, ', ansible_user: root'),
        wifi: at(2, ', ansible_user: root'),
      }),
    });
    await seen(test, { '127.0.0.1': true, '127.0.0.2': true });
    const { events } = await run(enroll(input, test.context()));
    expect(events.filter((event) => event.kind === 'check')).toMatchObject([
      {
        name: 'serial',
        status: 'warning',
        detail: expect.stringContaining('cable and wifi') as string,
      },
    ]);
    expect((await loadInventory(test.project)).hosts[0]?.serial).toBe('10000000abcdef01');
  });
});

describe.skipIf(!canRunSshd)('host keys', () => {
  const root = { '127.0.0.1': true };

  it('are shown and asked for once, before any password', async () => {
    await using sshd = await startSshd({
      addresses: ['127.0.0.1', '127.0.0.2'],
      passwords: { root: 'raspbian' },
    });
    await using test = await makeProject({
      inventory: inventoryOf(sshd, {
        one: at(1, ', ansible_user: root'),
        two: at(2, ', ansible_user: root'),
      }),
    });
    await seen(test, { '127.0.0.1': true, '127.0.0.2': true });
    const asked: string[] = [];
    const ask = (answer: string) =>
      test.context({
        ask: (question) => {
          asked.push(`${question.text}\n${question.detail ?? ''}`);
          return answer;
        },
      });
    const refused = await run(enroll({ ...input, acceptNew: false }, ask('none')));
    expect(refused.outcome).toMatchObject({ status: 'refused' });
    expect(asked).toHaveLength(1);
    expect(asked[0]).toContain(fingerprint(sshd.hostKey));
    expect(asked[0]).toContain('two (127.0.0.2)');
    expect(await sshd.log()).not.toMatch(/password/i);

    const accepted = await run(enroll({ ...input, acceptNew: false }, ask('all')));
    expect(accepted.outcome.status).toBe('ok');
    expect(asked).toHaveLength(2);
  });

  it('are refused by the policy, with nothing sent', async () => {
    await using sshd = await startSshd({ passwords: { root: 'raspbian' } });
    await using test = await makeProject({
      config: ['access: {host_keys: refuse}'],
      inventory: inventoryOf(sshd, { one: at(1, ', ansible_user: root') }),
    });
    await seen(test, root);
    const { outcome } = await run(enroll({ ...input, acceptNew: false }, test.context()));
    expect(outcome).toMatchObject({
      status: 'refused',
      hosts: [{ error: { code: 'ssh.host-key-unknown' } }],
    });
    const check = await run(checkAccess({ limit: undefined, ownKeys: [] }, test.context()));
    expect(check.outcome.hosts).toMatchObject([{ state: 'unknown-host-key' }]);
    expect(await sshd.log()).not.toMatch(/password/i);
  });

  it('that changed are refused with both shown and nothing sent, whatever is accepted', async () => {
    await using sshd = await startSshd({ passwords: { root: 'raspbian' } });
    await using test = await makeProject({
      inventory: inventoryOf(sshd, { one: at(1, ', ansible_user: root') }),
    });
    await seen(test, root);
    const old = generateKeyPair('').publicKey;
    await mkdir(test.project.data, { recursive: true });
    const text = appendHostKey('', knownHostName('127.0.0.1', sshd.port), old);
    await writeFile(test.project.knownHosts, text);
    const { outcome } = await run(enroll(input, test.context()));
    expect(outcome.status).toBe('refused');
    const [result] = outcome.hosts;
    expect(result).toMatchObject({ error: { code: 'ssh.host-key-changed' } });
    const message = result?.status === 'failed' ? result.error.message : '';
    expect(message).toContain(fingerprint(old));
    expect(message).toContain(fingerprint(sshd.hostKey));
    expect(await readFile(test.project.knownHosts, 'utf8')).toBe(text);
    const check = await run(checkAccess({ limit: undefined, ownKeys: [] }, test.context()));
    expect(check.outcome).toMatchObject({
      status: 'failed',
      hosts: [{ state: 'changed-host-key' }],
    });
    expect(await sshd.log()).not.toMatch(/password|publickey/i);
  });

  it('that are not accepted yet may see default passwords in a check, and are not kept', async () => {
    await using sshd = await startSshd({ passwords: { pi: 'raspberry' } });
    await using test = await makeProject({ inventory: inventoryOf(sshd, { one: at(1) }) });
    await seen(test, root);
    const { outcome } = await run(checkAccess({ limit: undefined, ownKeys: [] }, test.context()));
    expect(outcome).toMatchObject({ status: 'ok', hosts: [{ state: 'password', user: 'pi' }] });
    await expect(stat(test.project.knownHosts)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe.skipIf(!canRunSshd)('switching password login off', () => {
  const config = ["access: {password_login: 'off'}"];
  const effective = 'sshd -T -C user=root,host=x,addr=127.0.0.1 | grep ^passwordauthentication';
  const start = (more: { config?: string[]; prepare?: string } = {}) =>
    startSshd({ passwords: { root: 'raspbian' }, ...more });
  const project = async (sshd: TestSshd): Promise<TestProject> => {
    const test = await makeProject({
      config,
      inventory: inventoryOf(sshd, { one: at(1, ', ansible_user: root') }),
    });
    await seen(test, { '127.0.0.1': true });
    return test;
  };

  it('is refused with one key and no confirmed copy; the keys are set up all the same', async () => {
    await using sshd = await start();
    await using test = await project(sshd);
    const { outcome } = await run(enroll(input, test.context({ ask: () => 'no' })));
    expect(outcome).toMatchObject({
      status: 'refused',
      hosts: [{ status: 'enrolled', problem: { code: 'access.password-login-kept' } }],
    });
    expect(await sshd.inside(effective)).toBe('passwordauthentication yes\n');
  });

  it('is done with a confirmed copy, and once', async () => {
    await using sshd = await start();
    await using test = await project(sshd);
    const { outcome } = await run(enroll(input, test.context({ ask: () => 'yes' })));
    expect(outcome).toMatchObject({
      status: 'ok',
      hosts: [{ changed: expect.arrayContaining(['password login off']) as string[] }],
    });
    expect(await sshd.inside(effective)).toBe('passwordauthentication no\n');
    expect(await sshd.inside('ls -A /etc/ssh/sshd_config.d; ls /run')).toBe(
      '10-rpi.conf\nsshd\nsshd.pid\n',
    );
    const again = await run(enroll({ ...input, keySaved: true }, test.context()));
    expect(finished(again.events, 'one')).toMatchObject({ status: 'ok' });
  });

  it('is done without a question where two keys are authorised', async () => {
    await using sshd = await start({
      prepare: `mkdir -m 700 /root/.ssh && echo '${formatPublicKey(generateKeyPair('other').publicKey)}' > /root/.ssh/authorized_keys`,
    });
    await using test = await project(sshd);
    expect((await run(enroll(input, test.context()))).outcome.status).toBe('ok');
    expect(await sshd.inside(effective)).toBe('passwordauthentication no\n');
  });

  it('is not half-done where another line of sshd_config decides', async () => {
    await using sshd = await start({ config: ['PasswordAuthentication yes'] });
    await using test = await project(sshd);
    const { outcome } = await run(enroll({ ...input, keySaved: true }, test.context()));
    expect(outcome.hosts[0]).toMatchObject({
      status: 'failed',
      error: { code: 'access.setup-failed' },
    });
    expect(await sshd.inside('ls -A /etc/ssh/sshd_config.d')).toBe('');
  });

  it('is taken back by the Pi itself when nobody returns', async () => {
    await using sshd = await start({
      // The guard waits for a minute; this one’s minutes are short.
      prepare:
        "mkdir /etc/fast && printf '#!/bin/sh\\nexec /bin/sleep 1\\n' > /etc/fast/sleep && chmod 755 /etc/fast/sleep",
      config: ['SetEnv PATH=/etc/fast:/usr/bin:/bin'],
    });
    const target = { host: 'one', address: '127.0.0.1', port: sshd.port, user: 'root' };
    const trusting = verifierThat({ path: '', lines: [] }, target, () => undefined);
    const signal = new AbortController().signal;
    {
      await using session = await openSession(
        target,
        { type: 'password', password: 'raspbian' },
        trusting,
        { signal, clock: systemClock },
      );
      const calls: SetupCall[] = [{ do: 'passwords-off', user: 'root' }];
      await setUp(session, calls, { type: 'is-root' }, { signal });
      expect(await sshd.inside(effective)).toBe('passwordauthentication no\n');
    }
    await expect
      .poll(() => sshd.inside(effective), { timeout: 20_000 })
      .toBe('passwordauthentication yes\n');
  });

  it('is not taken back by the guard of an earlier run that ended too early', async () => {
    await using sshd = await start({
      // The guard waits until it is let go; see below.
      prepare:
        "mkdir /etc/slow && printf '#!/bin/sh\\nwhile ! [ -e /etc/slow/over ]; do /bin/sleep 0.1; done\\n' > /etc/slow/sleep && chmod 755 /etc/slow/sleep",
      config: ['SetEnv PATH=/etc/slow:/usr/bin:/bin'],
    });
    await using test = await project(sshd);
    await run(enroll(input, test.context({ ask: () => 'no' })));
    const [host = expect.fail()] = (await loadInventory(test.project)).hosts;
    const signal = new AbortController().signal;
    {
      await using session = await openProjectSession(test.context(), host);
      const calls: SetupCall[] = [{ do: 'passwords-off', user: 'root' }];
      await setUp(session, calls, { type: 'is-root' }, { signal });
    }
    expect(await sshd.inside('pgrep -fc [/]etc/slow/sleep')).toBe('1\n');
    const { outcome } = await run(enroll({ ...input, keySaved: true }, test.context()));
    expect(outcome.status).toBe('ok');
    await sshd.inside('touch /etc/slow/over');
    await expect
      .poll(() => sshd.inside('pgrep -fc [/]etc/slow/sleep || true'), { timeout: 10_000 })
      .toBe('0\n');
    await systemClock.sleep(300, signal); // the guard’s last words
    expect(await sshd.inside(effective)).toBe('passwordauthentication no\n');
  });

  it('is taken back when the key is no longer let in afterwards', async () => {
    await using sshd = await start();
    await using test = await project(sshd);
    // What switching off is about to load takes the keys away as well.
    const trap = '/etc/ssh/sshd_config.d/20-trap.conf';
    const { outcome } = await run(
      enroll({ ...input, keySaved: true }, test.context()),
      async (event) => {
        if (event.kind !== 'step.intended') return;
        await sshd.inside(`printf 'Match User root\\n  AuthorizedKeysFile /nowhere\\n' > ${trap}`);
      },
    );
    expect(outcome.hosts[0]).toMatchObject({
      status: 'failed',
      error: { code: 'access.setup-failed' },
    });
    expect(
      await sshd.inside('rm /etc/ssh/sshd_config.d/20-trap.conf; ls -A /etc/ssh/sshd_config.d'),
    ).toBe('');
  });
});

describe('an inventory without hosts', () => {
  it.each(['check', 'enroll', 'monitor'])('fails %s, and nothing is made', async (word) => {
    await using test = await makeProject({ inventory: 'all:\n' });
    const hosts = { limit: undefined, ownKeys: [] };
    const operation: AsyncGenerator<EventBody, Outcome> =
      word === 'check'
        ? checkAccess(hosts, test.context())
        : word === 'enroll'
          ? enroll(input, test.context())
          : monitorRound(hosts, test.context());
    await expect(run(operation)).rejects.toMatchObject({
      code: 'inventory.empty',
      remedy: expect.stringContaining('rpi detect') as string,
    });
    await expect(stat(test.project.identity)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe.skipIf(!canRunSshd)('placing by what is learned', () => {
  /** The machine these tests run on has no model of its own: the script finds one. */
  const prepare = `mount -t tmpfs none /sys/firmware && mkdir -p /sys/firmware/devicetree/base && printf 'Raspberry Pi 4 Model B Rev 1.4\\0' > /sys/firmware/devicetree/base/model`;
  const config = [
    'groups:',
    "  - {group: zeros, model: '*Zero*'}",
    "  - {group: fours, model: '*Pi 4*'}",
    "  - {group: late, name: '*'}",
  ];

  it('moves a Pi without a group to that of the first rule that matches its model', async () => {
    await using sshd = await startSshd({
      addresses: ['127.0.0.1', '127.0.0.2'],
      passwords: { root: 'raspbian' },
      prepare,
    });
    const inventory = `# mine\nall:\n  hosts:\n    one: {ansible_port: ${sshd.port}, ${at(1)}, ansible_user: root} # this\n  children:\n    mine:\n      hosts:\n        two: {ansible_port: ${sshd.port}, ${at(2)}, ansible_user: root}\n`;
    await using test = await makeProject({ config, inventory });
    await seen(test, { '127.0.0.1': true, '127.0.0.2': true });
    const { outcome, events } = await run(enroll(input, test.context()));
    expect(outcome).toMatchObject({
      status: 'ok',
      summary: expect.stringContaining('1 placed in a group') as string,
      hosts: [{ host: 'one', group: 'fours' }, { host: 'two' }],
    });
    expect(events.filter(({ kind }) => kind === 'file.changed').at(-1)).toMatchObject({
      diff: expect.stringContaining('+        one: {') as string,
    });
    const { hosts, groups } = await loadInventory(test.project);
    expect(hosts.map(({ name, groups: own }) => [name, own])).toEqual([
      ['two', ['mine']],
      ['one', ['fours']],
    ]);
    expect(groups['ungrouped']).toEqual([]);
    const text = await readFile(test.project.inventory, 'utf8');
    expect(text).toMatch(/^# mine\n/);
    expect(text).toMatch(/one: .*rpi_model: .*\} # this\n/);

    const before = await readFile(test.project.inventory, 'utf8');
    expect((await run(enroll(input, test.context()))).outcome.status).toBe('ok');
    expect(await readFile(test.project.inventory, 'utf8')).toBe(before);
  });

  it('says why it does not where that is not safe, and writes what else it learned', async () => {
    await using sshd = await startSshd({ passwords: { root: 'raspbian' }, prepare });
    const inventory = `all:\n  hosts:\n    one: {ansible_port: ${sshd.port}, ${at(1)}}\n  vars: {ansible_user: root}\n  children:\n    fours: {vars: {ansible_user: pi}}\n`;
    await using test = await makeProject({ config, inventory });
    await seen(test, { '127.0.0.1': true });
    const { outcome, events } = await run(enroll(input, test.context()));
    expect(outcome.status).toBe('ok');
    expect(events.find((event) => event.kind === 'check' && event.name === 'group')).toMatchObject({
      status: 'warning',
      detail: expect.stringContaining('ansible_user') as string,
    });
    expect((await loadInventory(test.project)).hosts[0]).toMatchObject({
      groups: ['ungrouped'],
      model: 'Raspberry Pi 4 Model B Rev 1.4',
    });
  });
});

describe.skipIf(!canRunSshd)('rotation', () => {
  it('counts the key that is replaced and the next one as one', async () => {
    await using sshd = await startSshd({
      addresses: ['127.0.0.1'],
      passwords: { root: 'raspbian' },
    });
    const inventory = inventoryOf(sshd, { one: at(1, ', ansible_user: root') });
    await using test = await makeProject({
      config: ['access: {password_login: off}'],
      inventory,
    });
    await seen(test, { '127.0.0.1': true });
    const rotating = { ...input, rotate: true };
    const passwords = 'sshd -T -C user=root,host=x,addr=127.0.0.1 | grep ^passwordauthentication';
    await run(enroll(input, test.context({ ask: () => 'no' })));
    const { outcome } = await run(enroll(rotating, test.context({ ask: () => 'no' })));
    expect(outcome).toMatchObject({
      status: 'refused',
      hosts: [{ problem: { code: 'access.password-login-kept' } }],
    });
    expect(await sshd.inside(passwords)).toBe('passwordauthentication yes\n');
    const other = formatPublicKey(generateKeyPair('other').publicKey);
    await sshd.inside(`echo '${other}' >> /root/.ssh/authorized_keys`);
    expect((await run(enroll(rotating, test.context()))).outcome.status).toBe('ok');
    expect(await sshd.inside(passwords)).toBe('passwordauthentication no\n');
  });

  it('replaces the key on every Pi and withdraws the old one', async () => {
    await using sshd = await startSshd({
      addresses: ['127.0.0.1'],
      passwords: { root: 'raspbian' },
    });
    await using test = await makeProject({
      inventory: inventoryOf(sshd, { one: at(1, ', ansible_user: root') }),
    });
    await seen(test, { '127.0.0.1': true });
    await run(enroll(input, test.context()));
    const before = await readFile(`${test.project.identity}.pub`, 'utf8');
    const { outcome } = await run(enroll({ ...input, rotate: true }, test.context()));
    expect(outcome.status).toBe('ok');
    const after = await readFile(`${test.project.identity}.pub`, 'utf8');
    expect(after).not.toBe(before);
    expect(await sshd.inside('cat /root/.ssh/authorized_keys')).toBe(after);
    await expect(stat(`${test.project.identity}.old`)).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(stat(`${test.project.identity}.next`)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(
      (await run(checkAccess({ limit: undefined, ownKeys: [] }, test.context()))).outcome.hosts,
    ).toMatchObject([{ state: 'key' }]);
  });

  it('keeps the old key while a Pi is missing, and is finished by the next run', async () => {
    await using sshd = await startSshd({
      addresses: ['127.0.0.1'],
      passwords: { root: 'raspbian' },
    });
    await using test = await makeProject({
      inventory: inventoryOf(sshd, {
        one: at(1, ', ansible_user: root'),
        gone: at(9, ', ansible_user: root'),
      }),
    });
    await seen(test, { '127.0.0.1': true });
    await run(enroll({ ...input, limit: 'one' }, test.context()));
    const before = await readFile(`${test.project.identity}.pub`, 'utf8');
    const first = await run(enroll({ ...input, rotate: true }, test.context()));
    expect(first.outcome.status).toBe('failed');
    expect(await readFile(`${test.project.identity}.pub`, 'utf8')).toBe(before);
    expect(await sshd.inside('wc -l < /root/.ssh/authorized_keys')).toBe('2\n');

    await writeFile(
      test.project.inventory,
      inventoryOf(sshd, { one: at(1, ', ansible_user: root') }),
    );
    const second = await run(enroll(input, test.context()));
    expect(second.outcome.status).toBe('ok');
    const after = await readFile(`${test.project.identity}.pub`, 'utf8');
    expect(after).not.toBe(before);
    expect(await sshd.inside('cat /root/.ssh/authorized_keys')).toBe(after);
  });

  it('withdraws the old key from every user that had it as the project’s', async () => {
    const friend = formatPublicKey(generateKeyPair('friend').publicKey);
    await using sshd = await startSshd({ passwords: { root: 'raspbian' } });
    const users = (own: string[]): string[] => [
      'access:',
      '  users:',
      '    - {name: deploy}',
      `    - {name: eve, authorized: ${JSON.stringify(own)}}`,
    ];
    await using test = await makeProject({
      config: users([friend]),
      inventory: inventoryOf(sshd, { one: at(1, ', ansible_user: root') }),
    });
    await seen(test, { '127.0.0.1': true });
    expect((await run(enroll(input, test.context()))).outcome.status).toBe('ok');
    const before = (await readFile(`${test.project.identity}.pub`, 'utf8')).trimEnd();
    // Eve is to keep the project’s old key, since rpi.yml names it as hers.
    await using after = await reopened(test, users([friend, before]));
    expect((await run(enroll({ ...input, rotate: true }, after.context()))).outcome.status).toBe(
      'ok',
    );
    const key = await readFile(`${test.project.identity}.pub`, 'utf8');
    expect(await sshd.inside('cat /root/.ssh/authorized_keys')).toBe(key);
    expect(await sshd.inside('cat /home/deploy/.ssh/authorized_keys')).toBe(key);
    expect(await sshd.inside('cat /home/eve/.ssh/authorized_keys')).toBe(`${friend}\n${before}\n`);
  });

  it('that ended before the key was replaced never withdraws the key in use', async () => {
    await using sshd = await startSshd({ passwords: { root: 'raspbian' } });
    await using test = await makeProject({
      inventory: inventoryOf(sshd, {
        one: at(1, ', ansible_user: root'),
        gone: at(9, ', ansible_user: root'),
      }),
    });
    await seen(test, { '127.0.0.1': true });
    await run(enroll({ ...input, limit: 'one' }, test.context()));
    await run(enroll({ ...input, rotate: true }, test.context()));
    // As switchToNext leaves it when it is killed after its first step.
    await copyFile(test.project.identity, `${test.project.identity}.old`);
    for (const _again of [1, 2]) {
      const { outcome } = await run(enroll(input, test.context()));
      expect(outcome.hosts[0]).toMatchObject({ host: 'one', status: 'enrolled' });
      expect(await sshd.inside('wc -l < /root/.ssh/authorized_keys')).toBe('2\n');
    }
  });
});

/** The same project with another rpi.yml. */
async function reopened(test: TestProject, config: readonly string[]): Promise<TestProject> {
  const { root } = test.project;
  await writeFile(join(root, 'rpi.yml'), ['version: 1', 'id: test-project', ...config].join('\n'));
  const { env } = test.context();
  const project = await openProject(root, env);
  return {
    ...test,
    project,
    context: (options) => ({ ...test.context(options), project }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
