/** `rpi` in a real pseudo-terminal, as a person sees it: live line, colours, questions, Ctrl-C. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import * as z from 'zod';
import {
  hostsLab,
  playbook,
  settings,
  startTestLab,
  whyNoLab,
  type LabProject,
  type TestLab,
} from '../integration/lab-fixture.ts';

const SCREENSHOTS = join(import.meta.dirname, 'screenshots');
const EMPTY = 'ungrouped:\n  hosts:\n';
const QUICK = playbook(['- name: Quick', '  ansible.builtin.command: "true"']);
const LASTING = playbook(['- name: Work for long', '  ansible.builtin.shell: touch /tmp/busy; sleep 600']); // prettier-ignore
const BRAVO = 'only-bravo-Knows "it"';

const endState = z.object({
  code: z.number(),
  /** Whether the terminal echoes, and reads by lines, as it did before. */
  echo: z.boolean(),
  lines: z.boolean(),
});

type Terminal = {
  /** Resolves once the screen has shown the text, after what was already waited for. */
  readonly shows: (text: string | RegExp) => Promise<void>;
  readonly type: (keys: string) => void;
  /** Waits for the end; saves what was shown as `name`.ansi and `name`.txt. */
  readonly end: (
    name: string,
  ) => Promise<z.infer<typeof endState> & { ansi: string; text: string }>;
};

let lab: TestLab;
let project: LabProject;

/** Runs `rpi` in a terminal of 100 columns. */
async function terminal(words: readonly string[], of: LabProject = project): Promise<Terminal> {
  const by = ['python3', join(import.meta.dirname, 'in_terminal.py'), '100', '30'];
  const env = { NO_COLOR: undefined, TERM: 'xterm-256color' };
  const child = await of.start(words, { by, env, input: true });
  onTestFinished(() => void child.kill()); // one that a failed test has left: its terminal hangs up
  let ansi = '';
  let about = '';
  let seen = 0;
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (ansi += chunk));
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (about += chunk));
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  return {
    shows: async (wanted) => {
      /** Where what was waited for ends, or -1. */
      const look = (): number => {
        const rest = stripVTControlCharacters(ansi).slice(seen);
        const [fit] = typeof wanted === 'string' ? [wanted] : (wanted.exec(rest) ?? []);
        const found = fit === undefined ? -1 : rest.indexOf(fit);
        return fit === undefined || found === -1 ? -1 : seen + found + fit.length;
      };
      const ended = (): boolean => child.exitCode !== null || child.signalCode !== null;
      const settled = (): boolean => look() !== -1 || ended();
      await expect
        .poll(settled, { timeout: 30_000 })
        .toBe(true)
        .catch(() => undefined);
      if (look() === -1) throw new Error(`never showed ${String(wanted)}:\n${ansi}\n${about}`);
      seen = look();
    },
    type: (keys) => void child.stdin?.write(keys),
    end: async (name) => {
      await closed;
      const text = onScreen(ansi);
      await mkdir(SCREENSHOTS, { recursive: true });
      await writeFile(join(SCREENSHOTS, `${name}.ansi`), ansi);
      await writeFile(join(SCREENSHOTS, `${name}.txt`), text);
      return { ...endState.parse(JSON.parse(about)), ansi, text };
    },
  };
}

/** What stays on the screen: a line that was drawn anew is what it was at last. */
function onScreen(ansi: string): string {
  return ansi
    .split('\n')
    .map((line) => stripVTControlCharacters(line.replace(/\r$/, '').replace(/^[^]*\r/, '')))
    .join('\n');
}

beforeAll(async () => {
  if (!hostsLab) return;
  lab = await startTestLab([
    { name: 'alpha', login: 'root/raspbian' },
    { name: 'bravo', login: 'locked' },
  ]);
  project = await lab.project({ 'rpi.yml': settings(), 'inventory/hosts.yml': EMPTY });
});

afterAll(async () => {
  if (hostsLab) await lab[Symbol.asyncDispose]();
});

beforeEach(async () => {
  if (!hostsLab) return;
  await project.write({ 'playbooks/upgrade.yml': QUICK, 'playbooks/provision.yml': QUICK });
});

describe.runIf(hostsLab)(`rpi in a terminal${whyNoLab}`, () => {
  it('shows a live line while it works, colours, and clears the line at the end', async () => {
    const { ansi, text, code } = await (await terminal(['detect'])).end('detect');
    expect(code).toBe(0);
    expect(ansi).toContain('\x1b[32m●\x1b[39m');
    expect(ansi).toMatch(/\r\x1b\[K(?:\x1b\[\d+m)?[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] Looking for Pis/);
    expect(text).not.toMatch(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/);
    expect(text).toMatch(/alpha/);
  });

  it('asks, asks again after a word that is no answer, and goes on when it is yes', async () => {
    const screen = await terminal(['provision']);
    await screen.shows('Adopt, enroll and provision them all? [yes/no]');
    screen.type('perhaps\r');
    await screen.shows('[yes/no]');
    screen.type('yes\r');
    await screen.shows(/SHA256:[\s\S]*\[yes\/no\/all\/none\]/);
    screen.type('all\r');
    await screen.shows('PLAY RECAP');
    const { code, echo, lines, ansi, text } = await screen.end('provision');
    expect(code, text).toBe(1); // bravo lets nobody in
    expect({ echo, lines }).toEqual({ echo: true, lines: true });
    expect(text).toContain('undone: bravo was not provisioned');
    expect(ansi).toMatch(/\x1b\[0;3[23]m(?:ok|changed): \[alpha\]/); // Ansible's own colours
    expect(text).not.toMatch(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/);
  });

  it('does not show a secret that is typed', async () => {
    await lab.on('bravo', `cat <<'END' | chpasswd\npi:${BRAVO}\nEND`);
    const screen = await terminal(['access', 'enroll', '--ask-password', 'bravo']);
    await screen.shows(/Password of .* on bravo:/);
    screen.type(`${BRAVO}\r`);
    const { code, echo, lines, ansi, text } = await screen.end('secret');
    expect(ansi).not.toContain('Knows');
    expect({ code, echo, lines }, text).toEqual({ code: 0, echo: true, lines: true });
    const { path } = await project.last();
    expect(await project.read(join('.rpi/runs', path.split('/').at(-1) ?? ''))).not.toContain('Knows'); // prettier-ignore
  });

  it('ends with one Ctrl-C, says what is undone and leaves the terminal as it was', async () => {
    await project.write({ 'playbooks/provision.yml': LASTING });
    const screen = await terminal(['provision', '--limit', 'alpha']);
    await screen.shows('TASK [Work for long]');
    await expect
      .poll(() => lab.on('alpha', 'ls /tmp'), { timeout: 60_000, interval: 200 })
      .toContain('busy');
    screen.type('\x03');
    const { code, echo, lines, text } = await screen.end('ctrl-c');
    expect({ code, echo, lines }, text).toEqual({ code: 130, echo: true, lines: true });
    expect(text).toContain('Cancelling');
    expect(text.match(/Cancelling/g)).toHaveLength(1);
    expect(text).toContain('undone: Provision was not finished');
  });

  it('ends with one Ctrl-C at a question, and at one for a secret', async () => {
    const other = await lab.project({ 'rpi.yml': settings(), 'inventory/hosts.yml': EMPTY });
    const question = await terminal(['provision'], other);
    await question.shows('[yes/no]');
    question.type('\x03');
    const asked = await question.end('ctrl-c-question');
    expect(asked, asked.text).toMatchObject({ code: 130, echo: true, lines: true });
    expect(await other.read('inventory/hosts.yml')).toBe(EMPTY);

    await project.write({ 'playbooks/upgrade.yml': QUICK });
    const secret = await terminal(['provision', '--ask-vault-pass', '--limit', 'alpha']);
    await secret.shows('Password of the vault:');
    secret.type('half a sec\x03');
    const hidden = await secret.end('ctrl-c-secret');
    expect(hidden, hidden.text).toMatchObject({ code: 130, echo: true, lines: true });
    expect(hidden.ansi).not.toContain('half a sec');
  });
});
