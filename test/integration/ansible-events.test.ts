/** The callback plugin, in real runs of ansible-playbook against this machine's own loopback. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';

const plugins = join(import.meta.dirname, '../../ansible/plugins/callback');
const SECRET = 'correct-horse-battery';
const SECRET_ITEM = 'staple-the-second';

const eventSchema = z.looseObject({ event: z.string(), at: z.number() });
type AnsibleEvent = z.infer<typeof eventSchema>;
type Run = {
  readonly code: number | null;
  readonly stdout: string;
  /** The stream as it came. */
  readonly stream: string;
  readonly events: readonly AnsibleEvent[];
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rpi-events-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function collect(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk as Uint8Array)); // no encoding is set
  return Buffer.concat(chunks).toString('utf8');
}

/** Runs a playbook on `localhost` and on `gone`, an address where nothing listens. */
async function play(
  yaml: string,
  options: {
    readonly args?: readonly string[];
    readonly closePipe?: boolean;
    readonly fd?: string;
  } = {},
): Promise<Run> {
  const playbook = join(folder, 'play.yml');
  const config = join(folder, 'ansible.cfg');
  await writeFile(playbook, yaml);
  await writeFile(config, '');
  await writeFile(
    join(folder, 'hosts'),
    'localhost ansible_connection=local\ngone ansible_host=127.0.0.1 ansible_port=1\n',
  );
  const child = spawn(
    'ansible-playbook',
    ['-i', join(folder, 'hosts'), playbook, ...(options.args ?? [])],
    {
      env: {
        ...process.env,
        ANSIBLE_CONFIG: config,
        ANSIBLE_CALLBACK_PLUGINS: plugins,
        ANSIBLE_CALLBACKS_ENABLED: 'rpi_events',
        ANSIBLE_NOCOLOR: '1',
        PYTHONDONTWRITEBYTECODE: '1',
        RPI_EVENTS_FD: options.fd ?? '3',
      },
      stdio: ['ignore', 'pipe', 'ignore', 'pipe'],
    },
  );
  const pipe = child.stdio[3];
  if (!(pipe instanceof Readable) || child.stdout === null) throw new Error('no pipe');
  const exit = new Promise<number | null>((resolve) => child.once('close', resolve));
  if (options.closePipe === true) pipe.destroy();
  const [stdout, stream] = await Promise.all([
    collect(child.stdout),
    options.closePipe === true ? '' : collect(pipe),
  ]);
  const lines = stream.split('\n').slice(0, -1);
  return {
    code: await exit,
    stdout,
    stream,
    events: lines.map((line) => eventSchema.parse(JSON.parse(line))),
  };
}

const results = (run: Run, task: string): AnsibleEvent[] =>
  run.events.filter((event) => event.event === 'result' && event['task'] === task);

const EVERYTHING = `
- name: First play
  hosts: all
  gather_facts: false
  vars:
    hide: "{{ true }}"
    password: ${SECRET}
  tasks:
    - name: Answer
      ansible.builtin.ping:
    - name: Hidden
      ansible.builtin.command: "echo {{ password }}"
      no_log: true
    - name: Hidden loop
      ansible.builtin.command: "echo {{ item }}"
      loop: ["{{ password }}", ${SECRET_ITEM}]
      no_log: true
    - name: Hidden failure
      ansible.builtin.command: "sh -c 'echo {{ password }} >&2; exit 1'"
      no_log: "{{ hide }}"
      ignore_errors: true
    - name: Loop
      ansible.builtin.command: "echo {{ item }}"
      loop: [plain, grün]
      changed_when: item == 'plain'
    - name: Left out
      ansible.builtin.command: "true"
      when: false
    - name: Long
      ansible.builtin.debug:
        msg: "{{ 'ä' * 10000 }}"
    - name: Guarded
      block:
        - name: Fails within the block
          ansible.builtin.command: "sh -c 'echo what it said >&2; exit 3'"
      rescue:
        - name: Rescue
          ansible.builtin.debug:
            msg: caught
    - name: File
      ansible.builtin.copy:
        content: "new\\n"
        dest: "{{ playbook_dir }}/out.txt"
        mode: "0644"
      notify: Handler
    - name: Fails for good
      ansible.builtin.command: "false"
  handlers:
    - name: Handler
      ansible.builtin.debug:
        msg: handled
`;
const WITH_DIFF = { args: ['--diff', '--force-handlers'] };

describe('a run with everything in it', () => {
  let run: Run;
  beforeAll(async () => {
    run = await play(EVERYTHING, WITH_DIFF);
  });

  it('leaves the output and the exit code of Ansible as they are', async () => {
    const alone = await play(EVERYTHING, { ...WITH_DIFF, fd: '' });
    expect(alone.stream).toBe('');
    expect(run.code).toBe(alone.code);
    expect(run.code).not.toBe(0);
    expect(run.stdout).toContain('TASK [Answer]');
    expect(run.stdout).toContain('PLAY RECAP');
    expect(run.stdout).not.toContain('"event"');
  });

  it('begins with the playbook and the play, and ends with the figures of each host', () => {
    expect(run.events[0]).toMatchObject({
      event: 'playbook_start',
      format: 1,
      playbook: join(folder, 'play.yml'),
    });
    expect(run.events[1]).toMatchObject({
      event: 'play_start',
      play: 'First play',
      hosts: ['all'],
      line: 2,
    });
    expect(run.events.at(-1)).toMatchObject({
      event: 'stats',
      hosts: {
        gone: { ok: 0, unreachable: 1 },
        localhost: { failed: 1, rescued: 1, ignored: 1, skipped: 1, unreachable: 0 },
      },
    });
  });

  it('never holds what no_log hides: not a message, not a label of a loop', () => {
    expect(run.stream).not.toContain(SECRET);
    expect(run.stream).not.toContain(SECRET_ITEM);
    const hidden = ['Hidden', 'Hidden loop', 'Hidden failure'].flatMap((task) =>
      results(run, task),
    );
    expect(hidden).toHaveLength(5);
    for (const event of hidden)
      expect(event).toMatchObject({ no_log: true, msg: '(hidden by no_log)' });
  });

  it('says file and line of a task, and when it started on a host', () => {
    const start = run.events.find(
      (event) => event.event === 'task_start' && event['task'] === 'Fails for good',
    );
    expect(start).toMatchObject({
      path: join(folder, 'play.yml'),
      action: 'ansible.builtin.command',
    });
    const [result] = results(run, 'Fails for good');
    expect(result).toMatchObject({
      status: 'failed',
      ignored: false,
      line: start?.['line'],
      uuid: start?.['uuid'],
    });
    expect(
      run.events.filter(
        (event) => event.event === 'host_start' && event['uuid'] === start?.['uuid'],
      ),
    ).toHaveLength(1);
  });

  it('says why a host was unreachable', () => {
    const [answer] = results(run, 'Answer').filter((event) => event['host'] === 'gone');
    expect(answer).toMatchObject({ status: 'unreachable', ignored: false });
    expect(answer?.['msg']).toMatch(/ssh/i);
  });

  it('reports each item of a loop, then the loop', () => {
    expect(results(run, 'Loop').map((event) => [event['item'], event['status']])).toEqual([
      ['plain', 'changed'],
      ['grün', 'ok'],
      [undefined, 'changed'],
    ]);
  });

  it('tells a rescued and an ignored failure from one that counts', () => {
    expect(results(run, 'Fails within the block')).toMatchObject([
      { status: 'failed', rescued: true, msg: 'non-zero return code\nwhat it said' },
    ]);
    expect(results(run, 'Hidden failure')).toMatchObject([{ status: 'failed', ignored: true }]);
    expect(results(run, 'Fails for good')[0]).not.toHaveProperty('rescued');
  });

  it('reports what was skipped, and marks handlers', () => {
    expect(results(run, 'Left out')).toMatchObject([{ status: 'skipped' }]);
    expect(run.events).toContainEqual(
      expect.objectContaining({ event: 'task_start', task: 'Handler', handler: true }),
    );
  });

  it('cuts a long text at a character, at 4096 bytes', () => {
    const message = z.string().parse(results(run, 'Long')[0]?.['msg']);
    expect(message).toMatch(/^ä+…$/);
    expect(Buffer.byteLength(message)).toBeLessThanOrEqual(4096);
    expect(Buffer.byteLength(message)).toBeGreaterThan(4090);
  });

  it('has the diff in runs with --diff', () => {
    expect(results(run, 'File')[0]?.['diff']).toMatch(/^--- .*\n\+\+\+ .*\n@@ .* @@\n\+new$/);
  });
});

const SHORT = `
- hosts: localhost
  gather_facts: false
  tasks:
    - name: Answer
      ansible.builtin.ping:
    - name: Many events
      ansible.builtin.debug:
        msg: "{{ item }}"
      loop: "{{ range(200) | list }}"
      loop_control:
        label: "{{ item }}"
`;

describe('whatever happens to the pipe', () => {
  it('a reader that goes away does not disturb the play', async () => {
    const run = await play(SHORT, { closePipe: true });
    expect(run.code).toBe(0);
    expect(run.stdout).toContain('PLAY RECAP');
    expect(run.stdout).not.toContain('WARNING');
  });

  it.each(['', '99', '1', 'three'])('a descriptor %j that is none means silence', async (fd) => {
    const run = await play('- hosts: localhost\n  gather_facts: false\n', { fd });
    expect(run).toMatchObject({ code: 0, stream: '' });
    expect(run.stdout).not.toContain('"event"');
  });

  it('programs that Ansible starts have neither the pipe nor its name', async () => {
    const run = await play(`
- hosts: localhost
  gather_facts: false
  tasks:
    - name: Look
      ansible.builtin.command: sh -c 'echo "fd=\${RPI_EVENTS_FD-none}"; (echo intruder >&3) 2>/dev/null || echo closed'
      register: seen
    - ansible.builtin.debug:
        msg: "{{ seen.stdout_lines | join(' ') }}"
`);
    expect(run.stdout).toContain('fd=none closed');
    expect(run.stream).not.toContain('intruder\n');
  });
});
