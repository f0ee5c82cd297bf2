/**
 * `npm run ide`: the editor with the extension, a lab to work on, and a scaffolded project that stays
 * between runs; until Ctrl-C. On a desktop with `code` that is the editor; elsewhere, or with
 * --browser, code-server at a local address.
 */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { LabError } from '../lab/errors.ts';
import { canHostLab } from '../lab/host.ts';
import { enterCommand, labDown, labUp } from '../lab/lab.ts';
import { loopbackUp } from '../lab/loopback.ts';
import { build } from './build.ts';
import { ROOT } from './bundles.ts';
import { prepareLoopback } from './demo/loopback-walk.ts';
import { environment, init, type Place } from './demo/walk.ts';
import { hasCodeServer, startCodeServer } from './ide/code-server.ts';
import { findCode, openCode } from './ide/desktop.ts';
import { VSIX } from './ide/vsix.ts';
import { step, steps } from './step.ts';

const PORT = 8080;
const IDE = join(ROOT, '.cache', 'ide');

const interrupt = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => interrupt.abort(signal));
}
const stopped = new Promise<void>((resolve) =>
  interrupt.signal.addEventListener('abort', () => resolve()),
);
const say = (text: string): void => void process.stdout.write(`${text}\n`);

const code = process.argv.includes('--browser') ? undefined : findCode();
await steps(async () => {
  if (code === undefined && !hasCodeServer) {
    say('There is neither `code` on the PATH nor code-server; what is missing is said above.');
    process.exitCode = 1;
    return;
  }
  try {
    await run();
  } catch (error) {
    // Ctrl-C while something was brought up.
    if (interrupt.signal.aborted) return;
    if (!(error instanceof LabError)) throw error;
    process.exitCode = 1;
    say(`\n✗ The lab: ${error.message}\n  → ${error.remedy}`);
  }
});

async function run(): Promise<void> {
  // A window of the desktop’s editor stands in this machine’s network, where the lab’s Pis are not.
  const host =
    code !== undefined || process.argv.includes('--loopback')
      ? { ok: false as const, reasons: [] }
      : await canHostLab();
  for (const reason of host.ok ? [] : host.reasons) say(`  - ${reason.message} ${reason.remedy}`);
  await (host.ok ? onLab() : onLoopback());
}

async function onLab(): Promise<void> {
  const dir = join(ROOT, '.cache', 'ide-lab');
  say('Bringing up the lab …');
  const lab = await labUp({ dir, onProgress: say, signal: interrupt.signal });
  try {
    const place = await placeOf('lab', (command, args) => enterCommand(command, args, { dir }));
    if (!hasProject(place)) await init(place, ['--network', lab.network]);
    say(`\nThe lab, in ${lab.network}:`);
    for (const { name, address, model, kind, login } of lab.machines) {
      const what = kind === 'decoy' ? 'a decoy, no Pi' : `${model ?? ''} (${login})`;
      say(`  ${name.padEnd(6)}${(address ?? '').padEnd(14)}${what}`);
    }
    say(`  The private key of those that want one: ${lab.identity}`);
    await edit(place);
  } finally {
    await labDown({ dir });
    say('The lab is down; its machines and the project are kept.');
  }
}

async function onLoopback(): Promise<void> {
  say('Bringing up a loopback lab: three sshd of this user on 127.0.0.0/8 …');
  const loopback = await loopbackUp({ count: 3 });
  try {
    const place = await placeOf('loopback', (command, args) =>
      Promise.resolve({ command, args: [...args] }),
    );
    if (!hasProject(place)) await init(place, []);
    // Their ports and keys are new each time, so the inventory is written anew.
    await prepareLoopback(place, loopback);
    await edit(place);
  } finally {
    await loopback.down();
    say('The loopback lab is down; the project is kept.');
  }
}

/** Where the project and all its state are; made the first time. */
async function placeOf(name: string, enter: Place['enter']): Promise<Place> {
  await build();
  const place = {
    project: join(IDE, name, 'my-pis'),
    home: join(IDE, name, 'home'),
    stop: interrupt.signal,
    enter,
  };
  await mkdir(place.project, { recursive: true });
  await mkdir(place.home, { recursive: true });
  return place;
}

function hasProject(place: Place): boolean {
  return existsSync(join(place.project, 'rpi.yml'));
}

/** Until the editor is closed or this is stopped. */
async function edit(place: Place): Promise<void> {
  if (interrupt.signal.aborted) return;
  if (code !== undefined) {
    say(`\nOpening ${place.project} in ${code}. Ctrl-C, or closing its window, ends this.`);
    const window = openCode(code, place.project, environment(place));
    await Promise.race([once(window, 'close'), stopped]);
    return;
  }
  await step('Package', process.execPath, [join(import.meta.dirname, 'package.ts')]);
  const own = Object.entries(environment(place)).flatMap(([name, value]) =>
    value === undefined || value === process.env[name] ? [] : [[name, value] as const],
  );
  await using server = await startCodeServer({
    home: join(place.home, 'editor'),
    vsix: VSIX,
    enter: place.enter,
    env: Object.fromEntries(own),
    // By the next time they are the person's own.
    keepSettings: true,
    // The same address each time, where it is free: the browser remembers the window by it.
    ports: [PORT, 0],
  });
  say(`\nThe editor is at ${server.open(place.project)}\nCtrl-C ends it.`);
  const ended = await Promise.race([stopped.then(() => false), server.ended.then(() => true)]);
  if (!ended) return;
  say(`\n✗ code-server ended by itself:\n${server.log()}`);
  process.exitCode = 1;
}
