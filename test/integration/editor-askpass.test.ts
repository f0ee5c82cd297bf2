/** What the editor gives a spawned `rpi` to ask for secrets, with the built program and real Ansible. */
import { spawnSync } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createSecrets, secretKey, type SecretStore } from '../../client/askpass/secrets.ts';
import { secretOutcome } from '../../core/askpass/outcome.ts';
import { serveSecrets } from '../../core/askpass/server.ts';
import { systemClock } from '../../core/runs/clock.ts';
import { temporaryFolder } from '../temporary.ts';
import { rpi, type Ended } from './rpi.ts';

const RIGHT = 'r1ght "vault" $word';
const PROMPT = 'Password of the vault';

type Window = {
  readonly root: string;
  readonly kept: Map<string, string>;
  /** Prompts that the person was shown; `again` where the answer before was refused. */
  readonly asked: { prompt: string; again: boolean }[];
  readonly verify: (...more: string[]) => Promise<Ended>;
  readonly program: string;
  readonly settled: () => Promise<void>;
};

/** An editor's window with a project whose verification needs a vault's password. */
async function openWindow(answer: { secret: string; keep: boolean } | undefined): Promise<Window> {
  const folder = await temporaryFolder();
  const root = join(folder, 'project');
  await mkdir(join(root, 'playbooks'), { recursive: true });
  await mkdir(join(root, 'inventory'));
  const files = {
    'rpi.yml': 'version: 1\nid: askpass-test\nansible: { verify_deployment: null }\n',
    'inventory/hosts.yml':
      'ungrouped:\n  hosts:\n    here: { ansible_connection: local, ansible_host: 127.0.0.1 }\n',
    'playbooks/verify-environment.yml': [
      '- hosts: all',
      '  gather_facts: false',
      '  vars_files: [../secret.yml]',
      '  tasks:',
      '    - name: Open the vault',
      '      ansible.builtin.assert: { that: "hidden == \'inside\'", quiet: true }',
    ].join('\n'),
    'secret.yml': 'hidden: inside\n',
    password: `${RIGHT}\n`,
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(root, name), text);
  const vault = ['encrypt', '--vault-password-file', 'password', 'secret.yml'];
  expect(spawnSync('ansible-vault', vault, { cwd: root })).toMatchObject({ status: 0 });
  await writeFile(join(root, 'password'), '');

  const runtime = join(folder, 'run');
  await mkdir(runtime);
  await chmod(runtime, 0o700);
  const env = { HOME: folder, XDG_RUNTIME_DIR: runtime, XDG_DATA_HOME: join(folder, 'data') };
  const kept = new Map<string, string>();
  const store: SecretStore = {
    get: (key) => Promise.resolve(kept.get(key)),
    store: (key, secret) => Promise.resolve(void kept.set(key, secret)),
    delete: (key) => Promise.resolve(void kept.delete(key)),
  };
  const asked: Window['asked'] = [];
  const { signal } = new AbortController();
  const project = { id: 'askpass-test', root: '/pis', label: 'project' };
  const secrets = createSecrets({
    store,
    ask: ({ prompt, again }) => {
      asked.push({ prompt, again });
      return Promise.resolve(answer);
    },
    outcomeOf: (_project, pid) =>
      secretOutcome(join(root, '.rpi', 'runs'), pid, { signal, clock: systemClock }),
  });
  const server = await serveSecrets(env);
  onTestFinished(() => server[Symbol.asyncDispose]());
  const program = await server.program('project', ({ args: [prompt = ''], parent, signal: gone }) =>
    secrets.answer({ project, prompt, pid: parent, signal: gone }),
  );
  return {
    root,
    kept,
    asked,
    program,
    settled: secrets.settled,
    verify: (...more) =>
      rpi(['verify', '--ask-vault-pass', ...more], {
        cwd: root,
        env: { ...env, RPI_ASKPASS: program },
      }),
  };
}

const KEY = secretKey({ id: 'askpass-test', root: '/pis', label: '' }, PROMPT);

describe('a password that a run asks for', () => {
  test('is asked by the window, kept once it has proved right, and not asked again', async () => {
    const window = await openWindow({ secret: RIGHT, keep: true });
    const first = await window.verify();
    expect(first.stderr).toBe('');
    expect(first.code).toBe(0);
    expect(window.asked).toEqual([{ prompt: PROMPT, again: false }]);
    await window.settled();
    expect([...window.kept]).toEqual([[KEY, RIGHT]]);

    expect((await window.verify('--json')).code).toBe(0);
    expect(window.asked).toHaveLength(1);

    const journals = join(window.root, '.rpi', 'runs');
    for (const name of await readdir(journals)) {
      expect(await readFile(join(journals, name), 'utf8')).not.toContain('r1ght');
    }
    expect(first.stdout).not.toContain('r1ght');
  });

  test('is not kept where the person does not want it', async () => {
    const window = await openWindow({ secret: RIGHT, keep: false });
    expect((await window.verify()).code).toBe(0);
    await window.settled();
    expect(window.kept.size).toBe(0);
  });

  test('is not kept when it was wrong, and forgotten when what was kept is wrong', async () => {
    const window = await openWindow({ secret: 'wrong', keep: true });
    expect((await window.verify()).code).toBe(1);
    await window.settled();
    expect(window.kept.size).toBe(0);

    window.kept.set(KEY, 'of last year');
    expect((await window.verify()).code).toBe(1);
    expect(window.asked).toHaveLength(1); // what was kept was tried first
    await window.settled();
    expect(window.kept.size).toBe(0);
  });

  test('that is not given ends the run, and says what to do', async () => {
    const window = await openWindow(undefined);
    const { code, stdout, stderr } = await window.verify();
    expect(code).toBe(5);
    expect(`${stdout}${stderr}`).toContain(PROMPT);
  });
});

test('the place to ask is private, and tells nothing to who has not the token', async () => {
  const { program } = await openWindow({ secret: RIGHT, keep: false });
  const folder = dirname(program);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  expect((await stat(program)).mode & 0o777).toBe(0o600);
  const reply = await new Promise<string>((resolve, reject) => {
    let text = '';
    const socket = connect(join(folder, 's'), () => {
      socket.write(`${JSON.stringify({ token: 'guess', args: [PROMPT], parent: 1 })}\n`);
    });
    socket.on('data', (data) => (text += data.toString())).on('error', reject);
    socket.on('close', () => {
      resolve(text);
    });
  });
  expect(reply).toBe('{}');
});
