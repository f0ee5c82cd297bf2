/**
 * A Pi's power is cut on the lab: until the tree of a real editor shows it as failing, and until the
 * monitor judges it failed. Both are promised within the window that rpi.yml sets, and 1 s.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { listRuns, type RunRecord } from '../../../core/runs/reader.ts';
import { projectState } from '../../../core/project/paths.ts';
import { canHostLab } from '../../../lab/host.ts';
import {
  enterCommand,
  labCut,
  labDown,
  labPlug,
  labUp,
  type RunningLab,
} from '../../../lab/lab.ts';
import { hasEditor, startEditor, whyNoEditor, type Editor } from '../../e2e/editor/fixture.ts';
import { setup as pack } from '../../e2e/pack.ts';
import { alone, type BenchRow } from '../row.ts';
import { stageRpi, type StagedRpi } from '../staged-rpi.ts';

const NAMES = ['kitchen', 'garden', 'attic'] as const;
const CUTS = 6;
/** Seconds. */
const INTERVAL = 3;
const TIMEOUT = 2;
const FAILURES = 3;
/** The power goes right after a look, and the last bad look takes all of its time. */
const WINDOW = FAILURES * INTERVAL + TIMEOUT;

/** Needs root, code-server and Chromium. */
export async function benchmark(): Promise<BenchRow[]> {
  const host = await canHostLab();
  if (!host.ok || !hasEditor) {
    const why = host.ok ? whyNoEditor : ' (skipped: the lab can’t run here)';
    process.stdout.write(`  power cut${why}\n`);
    return [];
  }
  await pack();
  await using stack = new AsyncDisposableStack();
  const dir = await mkdtemp(join(tmpdir(), 'rpi-bp-'));
  stack.defer(() => rm(dir, { recursive: true, force: true }));
  await writeFile(join(dir, 'lab.yml'), labFile());
  stack.defer(async () => {
    await labDown({ dir });
  });
  const lab = await labUp({ dir, file: join(dir, 'lab.yml'), timeout: 240 });
  const editor = stack.use(await startEditor({ lab: dir, files: projectFiles(lab) }));
  const staged = stack.use(await stageRpi());
  await rpi({ lab, editor, staged }, ['access', 'enroll', '--accept-new']);
  const { workbench } = editor;
  await workbench.show('Raspberry Pi');
  await workbench.run('Raspberry Pi: Start Monitor');
  stack.defer(() => endMonitor(editor));
  const shown: number[] = [];
  const judged: number[] = [];
  for (let n = 0; n < CUTS; n++) {
    const name = NAMES[n % NAMES.length] ?? 'kitchen';
    await untilInTree(editor, name, 'reachable');
    // Not always at the same moment between two looks.
    await sleep(2 * INTERVAL * 1000 + (n / CUTS) * INTERVAL * 1000);
    const began = Date.now();
    await labCut(name, { dir });
    await untilInTree(editor, name, 'failing');
    shown.push((Date.now() - began) / 1000);
    judged.push(((await untilJudged(editor, name, began)) - began) / 1000);
    await labPlug(name, { dir, timeout: 240 });
  }
  const limit = WINDOW + 1;
  const name = `power cut (${FAILURES} looks, one in ${INTERVAL} s, ${TIMEOUT} s for an answer)`;
  return [
    alone({
      name: `${name}: the tree says so, the latest`,
      value: Math.max(...shown),
      unit: 's',
      limit,
    }),
    alone({
      name: `${name}: judged failed, the latest`,
      value: Math.max(...judged),
      unit: 's',
      limit,
    }),
  ];
}

function labFile(): string {
  const machines = NAMES.map(
    (name, n) =>
      `  - {name: ${name}, macs: ['dc:a6:32:00:00:${String(n + 10)}'], model: Raspberry Pi 4 Model B Rev 1.4, login: key}`,
  );
  return `version: 1\nmachines:\n${machines.join('\n')}\n`;
}

function projectFiles({ identity, machines }: RunningLab): Readonly<Record<string, string>> {
  const hosts = machines.map(
    ({ name, address }) => `    ${name}: {ansible_host: ${address ?? ''}, ansible_user: pi}`,
  );
  return {
    'rpi.yml': [
      'version: 1',
      'id: bench-power-cut',
      `access: {identity: ${identity}}`,
      'monitor:',
      `  interval: ${INTERVAL}`,
      `  timeout: ${TIMEOUT}`,
      `  detection: {failures: ${FAILURES}, window: ${FAILURES + 1}, recover: 2}`,
      '',
    ].join('\n'),
    'inventory/hosts.yml': `all:\n  hosts:\n${hosts.join('\n')}\n`,
  };
}

type Setting = { readonly lab: RunningLab; readonly editor: Editor; readonly staged: StagedRpi };

/** In the editor's project, with the editor's data folder. */
async function rpi({ lab, editor, staged }: Setting, args: readonly string[]): Promise<void> {
  const [command, ...first] = staged.words;
  const entered = await enterCommand(command, [...first, '--project', editor.folder, ...args], {
    dir: lab.dir,
  });
  const child = spawn(entered.command, entered.args, {
    env: { ...staged.env, PATH: process.env['PATH'], XDG_DATA_HOME: join(editor.home, 'd') },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await once(child, 'close');
  if (child.exitCode !== 0) throw new Error(`rpi ${args.join(' ')}: ${said}`);
}

async function untilInTree({ workbench }: Editor, name: string, word: string): Promise<void> {
  const row = workbench.page.locator(`.monaco-list-row[aria-label^="${name}, ${word}"]`);
  await row.first().waitFor({ timeout: 60_000 });
}

async function monitorRun({ folder }: Editor): Promise<RunRecord> {
  const runs = await listRuns(projectState(folder).runs);
  const found = runs.find(({ started }) => started.command === 'monitor');
  if (found === undefined) throw new Error('No monitor was started.');
  return found;
}

/** When it was told so, after `since`; milliseconds since the epoch, both. */
async function untilJudged(editor: Editor, name: string, since: number): Promise<number> {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    const told = (await monitorRun(editor)).events.find(
      (event) =>
        event.kind === 'log' &&
        event.host === name &&
        event.text.startsWith('judged failed') &&
        Date.parse(event.at) > since,
    );
    if (told !== undefined) return Date.parse(told.at);
    await sleep(100);
  }
  throw new Error(`${name} was not judged failed.`);
}

/** It would go on when the window is closed. */
async function endMonitor(editor: Editor): Promise<void> {
  const { state, started } = await monitorRun(editor);
  if (state !== 'live') return;
  process.kill(started.pid, 'SIGINT');
  for (let tries = 0; tries < 100; tries++) {
    if ((await monitorRun(editor)).state !== 'live') return;
    await sleep(100);
  }
  throw new Error('The monitor did not end.');
}
