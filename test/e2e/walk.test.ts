/** `npm start`: the whole way, from init to monitor, on the lab and on the loopback lab. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { labCut, labStatus } from '../../lab/lab.ts';
import { ROOT } from '../../scripts/bundles.ts';
import { fullTests, hostsLab, whyNoLab } from '../integration/lab-fixture.ts';
import { ended } from '../integration/rpi.ts';

const LAB = join(ROOT, '.cache', 'demo-lab');
const SCREENSHOTS = join(import.meta.dirname, 'screenshots');
const STEPS = ['DETECT', 'INVENTORY', 'ACCESS', 'PROVISION', 'DEPLOY', 'PAGE', 'MONITOR'];

function start(args: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [join(ROOT, 'scripts', 'demo.ts'), ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1' },
  });
  onTestFinished(() => void child.kill('SIGINT'));
  return child;
}

/** Runs it to the end; what it printed is kept beside the pictures. */
async function walk(
  name: string,
  child: ChildProcess,
): Promise<{ code: number | null; text: string; table: Map<string, readonly string[]> }> {
  const { code, stdout, stderr } = await ended(child);
  const text = stripVTControlCharacters(stdout + stderr);
  await mkdir(SCREENSHOTS, { recursive: true });
  await writeFile(join(SCREENSHOTS, `${name}.txt`), text);
  return { code, text, table: summaryOf(text) };
}

/** The summary's lines by their first word, cut at runs of spaces. */
function summaryOf(text: string): Map<string, readonly string[]> {
  const from = text.lastIndexOf('\nMACHINE');
  const lines = from === -1 ? [] : text.slice(from + 1).split('\n');
  return new Map(
    lines.map((line) => {
      const [first = '', ...rest] = line.trim().split(/ {2,}/);
      return [first, rest];
    }),
  );
}

/** Projects of walks that failed are left; one that went well leaves nothing. */
async function leftovers(): Promise<string[]> {
  const names = await readdir(join(ROOT, '.cache')).catch(() => []);
  return names.filter((name) => /^demo-(?!lab$)/.test(name));
}

describe.runIf(hostsLab)(`npm start${whyNoLab}`, () => {
  it(
    'goes the whole way on the lab, for every Pi but the one that lets nobody in',
    {
      timeout: 600_000,
    },
    async () => {
      const before = await leftovers();
      const { code, text, table } = await walk('walk', start([]));
      expect(code, text.slice(-4000)).toBe(0);
      expect(table.get('MACHINE')).toEqual(['WHAT', ...STEPS]);
      for (const name of ['pi1', 'pi2', 'pi3', 'pi4', 'pi5']) {
        expect(table.get(name)?.slice(1)).toEqual(STEPS.map(() => '✓'));
      }
      expect(table.get('pi6')?.slice(1)).toEqual(['✓', '✓', 'locked', '–', '–', '–', '–']);
      for (const name of ['nas1', 'tv1']) {
        expect(table.get(name)?.slice(1)).toEqual(STEPS.map(() => '–'));
      }
      expect(text).toMatch(/^Done in [\d.]+ s\.$/m);
      expect(await leftovers()).toEqual(before);
      expect(await labStatus({ dir: LAB })).toMatchObject({ up: false });
    },
  );

  it.runIf(fullTests)(
    'fails loudly with the step and the Pi that died, and takes the lab down',
    { timeout: 600_000 },
    async () => {
      const child = start([]);
      let text = '';
      let cut = false;
      child.stdout?.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        if (cut || !/^\$ rpi access enroll/m.test(text)) return;
        cut = true;
        void labCut('pi2', { dir: LAB });
      });
      const ran = await walk('walk-cut', child);
      expect(ran.code).toBe(1);
      expect(ran.text).toMatch(/^✗ Access: pi2 is failed, not done/m);
      expect(ran.table.get('pi2')?.slice(1, 4)).toEqual(['✓', '✓', '✗']);
      expect(await labStatus({ dir: LAB })).toMatchObject({ up: false });
    },
  );
});

describe('npm start -- --loopback', () => {
  it(
    'goes as far as it can without virtual Pis, and reports the rest as skipped',
    {
      timeout: 300_000,
    },
    async () => {
      const before = await leftovers();
      const { code, text, table } = await walk('walk-loopback', start(['--loopback']));
      expect(code, text.slice(-4000)).toBe(0);
      expect(text).toContain('can’t host the lab');
      const [, ...steps] = table.get('MACHINE') ?? [];
      const machines = [...table].filter(([, [what]]) => what?.startsWith('sshd on 127.') === true);
      expect(machines).toHaveLength(3);
      for (const [, [, ...marks]] of machines) {
        const byStep = Object.fromEntries(steps.map((step, index) => [step, marks[index]]));
        expect(byStep).toMatchObject({
          DETECT: 'skipped',
          INVENTORY: 'skipped',
          ACCESS: '✓',
          PROVISION: '✓',
          DEPLOY: '✓',
          PAGE: 'skipped',
          MONITOR: '✓',
        });
      }
      expect(text).toMatch(/^Detect was skipped: /m);
      expect(text).toMatch(/^Page was skipped: /m);
      expect(text).toContain('check mode: nothing was changed');
      expect(await leftovers()).toEqual(before);
    },
  );
});
