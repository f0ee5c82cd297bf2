import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { SetupCall } from '../../core/access/setup-script.ts';
import { setUp } from '../../core/access/setup.ts';
import { checkAccess } from '../../core/access/check.ts';
import { enroll, type EnrollInput } from '../../core/access/enroll.ts';
import { saveSightings } from '../../core/detect/sightings.ts';
import { acquireLock } from '../../core/files/lock.ts';
import { appendHostKey, knownHostName } from '../../core/formats/known-hosts.ts';
import { fingerprint, formatPublicKey, generateKeyPair } from '../../core/formats/ssh-key.ts';
import { loadInventory } from '../../core/inventory/load.ts';
import type { EventBody } from '../../core/runs/event.ts';
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

describe.skipIf(!canRunSshd)('rotation', () => {
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
});

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
