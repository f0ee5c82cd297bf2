/**
 * The whole way in the editor, as a person goes it: the packed extension in code-server, inside the
 * lab's network, without the checkout, driven in a browser. The steps build on each other.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { labDown, labUp, type RunningLab } from '../../../lab/lab.ts';
import { hostsLab, whyNoLab } from '../../integration/lab-fixture.ts';
import { hasEditor, startEditor, whyNoEditor, writeFiles, type Editor } from './fixture.ts';
import { INSTALLER_FILES, MIRROR, serveMirror } from './mirror.ts';
import type { Tree } from './tree.ts';
import { BROKEN, BROKEN_LINE, LASTING, MENDED, TASKS } from './walk-files.ts';
import { Walkthrough } from './walkthrough.ts';
import { SCREENSHOTS, type Workbench } from './workbench.ts';

const PIS = ['pi1', 'pi2', 'pi3', 'pi4', 'pi5', 'pi6'];
const WALKTHROUGH = /Raspberry Pis, from the Network/;
const LATER_STEPS = [{ done: false }, { done: false }, { done: false }, { done: false }];
const DECOYS = ['nas1', 'tv1'];

let lab: RunningLab;
let dir: string;
let editor: Editor;
const stack = new AsyncDisposableStack();
let workbench: Workbench;
let fleet: Tree;
let runs: Tree;

beforeAll(async () => {
  if (!hostsLab || !hasEditor) return;
  dir = await mkdtemp(join(tmpdir(), 'rpi-el-'));
  stack.defer(() => rm(dir, { recursive: true, force: true }));
  stack.defer(async () => {
    await labDown({ dir });
  });
  lab = await labUp({ dir, snapshot: 'fresh', timeout: 240 });
  editor = stack.use(
    await startEditor({ lab: dir, files: { '.vscode/tasks.json': JSON.stringify(TASKS) } }),
  );
  ({ workbench } = editor);
  fleet = workbench.tree('Fleet');
  runs = workbench.tree('Runs');
});

afterAll(() => stack.disposeAsync());

let lost = false;

/**
 * A step of the walk; what was on the screen when it failed is kept. Nothing can be said of the steps
 * after one that failed.
 */
function step(title: string, run: () => Promise<void>): void {
  it(title, { timeout: 240_000 }, async ({ skip }) => {
    skip(lost, 'a step before this one failed');
    onTestFailed(async () => {
      lost = true;
      await workbench.screenshot(`failed-${title.replaceAll(/[^a-z]+/gi, '-')}`);
      process.stderr.write(`${await editor.logs()}\n`);
    });
    await run();
  });
}

async function edit(path: string, change: (text: string) => string): Promise<void> {
  const file = join(editor.folder, path);
  await writeFile(file, change(await readFile(file, 'utf8')));
}

describe.runIf(hostsLab && hasEditor)(`a walk in the editor${whyNoLab}${whyNoEditor}`, () => {
  step('a folder without a project says what it lacks, and scaffolds a project', async () => {
    await workbench.show('Raspberry Pi');
    expect(await fleet.welcome()).toContain('no rpi.yml');
    await fleet.welcomeButton('Scaffold Project');
    await workbench.waitForTab('rpi.yml');
    await edit('rpi.yml', (text) => text.replace('networks: []', `networks: [${lab.network}]`));
    await workbench.tree('Project').expand();
    await workbench.tree('Project').row('main.yml');
    await workbench.screenshot('editor-scaffold');
  });

  step('detection shows the six Pis, and no other machine', async () => {
    await workbench.tree('Project').collapse();
    const walkthrough = await Walkthrough.open(workbench, WALKTHROUGH);
    await expect
      .poll(() => walkthrough.steps())
      .toMatchObject([{ title: 'Make a project', done: true }, ...LATER_STEPS]);
    await walkthrough.press('Find the Pis', 'Detect Pis');
    for (const name of PIS) await fleet.row(name);
    expect((await fleet.childrenOf('Discovered')).toSorted()).toEqual(PIS);
    const labels = (await fleet.rows()).map(({ label }) => label);
    for (const name of DECOYS) expect(labels).not.toContain(name);
    await workbench.screenshot('editor-detect');
    await workbench.run('View: Close Editor');
  });

  step('a Pi is adopted by its menu, then the others together', async () => {
    const menu = await fleet.contextMenu('pi1');
    await menu.choose('Adopt…');
    await workbench.quickInput.choose('ungrouped');
    await expect.poll(() => fleet.childrenOf('ungrouped')).toEqual(['pi1']);
    await fleet.select('pi2', 'pi3', 'pi4', 'pi5', 'pi6');
    await (await fleet.contextMenu('pi6')).choose('Adopt…');
    await workbench.quickInput.choose('ungrouped');
    await expect.poll(() => fleet.childrenOf('ungrouped')).toEqual(PIS);
    await fleet.waitUntilGone('Discovered');
    const inventory = await readFile(join(editor.folder, 'inventory', 'hosts.yml'), 'utf8');
    for (const name of PIS) expect(inventory).toContain(name);
    await workbench.screenshot('editor-adopt');
  });

  step('a Pi is moved to a new group by its menu, another one is dragged there', async () => {
    await (await fleet.contextMenu('pi5')).choose('Move to Group…');
    await workbench.quickInput.choose(/New group…/);
    await workbench.quickInput.fill('displays');
    await workbench.quickInput.accept();
    await expect.poll(() => fleet.childrenOf('displays')).toEqual(['pi5']);
    await fleet.drag('pi6', 'displays');
    await expect.poll(() => fleet.childrenOf('displays')).toEqual(['pi5', 'pi6']);
    await workbench.screenshot('editor-groups');
  });

  step('two Pis are enrolled from default passwords to keys', async () => {
    await fleet.select('pi1', 'pi3');
    await (await fleet.contextMenu('pi3')).choose('Enroll…');
    await workbench.terminal.waitFor(/\[yes\/no\/all\/none\]/);
    await workbench.terminal.type('all');
    await workbench.terminal.waitFor(/✓ 2 of 2 let the project’s key in/);
    await runs.expand();
    await runs.row(/^access enroll/);
    // The others still want one.
    await workbench.statusBarItem('6 Pis: 4 need a key').waitFor();
    expect(await workbench.badge('Raspberry Pi')).toBe('4');
    const known = await fleet.tooltip('pi1');
    for (const fact of [/Reachable/, /Model: .*Pi/, /Serial: /, /MAC: /, /Last seen: /]) {
      expect(known).toMatch(fact);
    }
    await workbench.screenshot('editor-enroll');
  });

  step('a task that fails is a Problem at its line, which goes when it is mended', async () => {
    await writeFiles(editor.folder, {
      'playbooks/upgrade.yml': MENDED,
      'playbooks/provision.yml': BROKEN,
    });
    await workbench.runTask('rpi', 'provision pi1');
    const said = await workbench.terminal.waitFor(/PLAY RECAP[\s\S]*failed=1/);
    expect(said).toContain('TASK [Ask for what is not there]');
    await workbench.waitForProblem(/Ask for what is not there/);
    await workbench.openProblem(/Ask for what is not there/);
    await workbench.waitForTab('provision.yml');
    expect(await workbench.cursor()).toMatchObject({ line: BROKEN_LINE });
    await workbench.waitForSquiggle('error');
    await workbench.screenshot('editor-problem');
    await writeFiles(editor.folder, { 'playbooks/provision.yml': MENDED });
    await workbench.runTask('rpi', 'provision pi1');
    await workbench.terminal.waitFor(/PLAY RECAP[\s\S]*failed=0[\s\S]*PLAY RECAP[\s\S]*failed=0/);
    await workbench.waitForNoProblem(/Ask for what is not there/);
  });

  step('the app is deployed from the menu of two Pis, and stands in Runs', async () => {
    await edit('vars/main.yml', (text) => text.replace('app_hosts: all', 'app_hosts: pi1:pi3'));
    // It wants what provisioning sets up, which this walk leaves out.
    await writeFiles(editor.folder, {
      'playbooks/verify-environment.yml': MENDED.replace('hosts: all', 'hosts: pi1:pi3'),
    });
    await (await fleet.contextMenu('pi1')).choose('Deploy…');
    await runs.row(/^deploy/);
    // Both were selected, so the menu of one is that of both.
    await workbench.terminal.waitFor(/✓ deploy: .* done on 2 hosts/, 200_000);
    await runs.open(/^deploy/);
    await runs.row('pi1');
    await runs.row('pi3');
    await workbench.screenshot('editor-deploy');
    await runs.act(/^deploy/, 'Open Log');
    await workbench.waitForTab(/^deploy .*\.log$/);
    await expect.poll(() => workbench.editorText()).toContain('TASK [Gathering Facts]');
  });

  step('the walkthrough counts each of its five steps as done', async () => {
    const walkthrough = await Walkthrough.open(workbench, WALKTHROUGH);
    await expect
      .poll(async () => (await walkthrough.steps()).map(({ done }) => done))
      .toEqual([true, true, true, true, true]);
    await workbench.screenshot('editor-walkthrough');
    await workbench.run('View: Close Editor');
  });

  step('the test task verifies what was deployed', async () => {
    await workbench.runTestTask('rpi: verify');
    const said = await workbench.terminal.waitFor(/✓ verify: .*/, 120_000);
    expect(said).toContain('Get the page from this computer');
    // Nothing but how long it took, and when: it ended well.
    await expect
      .poll(async () => (await runs.read(/^verify/)).description)
      .toMatch(/^\d[^·]* · just now$/);
    await workbench.screenshot('editor-verify');
  });

  step('the app’s page is opened through a forwarded port', async () => {
    await fleet.select('pi1');
    await (await fleet.contextMenu('pi1')).choose('Forward App Port and Open');
    await workbench.quickInput.waitFor('Forward App Port of pi1');
    const page = await workbench.opened(() => workbench.quickInput.accept());
    await page.locator('[data-page="temperature"]').waitFor();
    expect(new URL(page.url()).hostname).toBe('127.0.0.1');
    await page.screenshot({ path: join(SCREENSHOTS, 'editor-app.png') });
    await page.close();
    await workbench.answerNotification(/Port 80 of pi1 is/, 'Stop');
    await expect.poll(async () => (await runs.read(/^forward/)).description).not.toMatch(/running/);
  });

  step('the monitor page measures the Pis while it is visible', async () => {
    await workbench.run('Raspberry Pi: Open Monitor');
    const page = await workbench.webview('#table tbody tr');
    const states = page.locator('tr:has(button:text-is("pi1")) td[data-column="state"]');
    await expect.poll(() => states.innerText()).toMatch(/healthy|warning/);
    await expect.poll(() => page.locator('#age').innerText()).toMatch(/Measured \d+ s ago/);
    expect(await page.locator('tbody tr').count()).toBe(PIS.length);
    await workbench.screenshot('editor-monitor');
    await page.locator('#measure').click();
    await page.locator('tbody button:text-is("pi1")').click();
    await page.locator('#pi-title:text("pi1")').waitFor();
    await page.locator('#unwatched').waitFor();
    await expect.poll(() => page.locator('#pi').innerText()).toContain('deploy');
    await workbench.screenshot('editor-monitor-pi');
    await page.locator('#pi-back').click();
    await page.locator('#as-tiles').click();
    expect(await page.locator('#tiles > li').count()).toBe(PIS.length);
    await workbench.screenshot('editor-monitor-tiles');
    await page.locator('#as-table').click();
    await workbench.run('View: Close All Editors');
  });

  step('a window that is reloaded in the middle of a run loses nothing', async () => {
    await writeFiles(editor.folder, { 'playbooks/long.yml': LASTING });
    await workbench.run('Raspberry Pi: Run Playbook…');
    await workbench.quickInput.choose(/long\.yml$/);
    await workbench.quickInput.chooseOnly(['pi1']);
    await runs.row(/^playbook .*long\.yml/);
    await workbench.terminal.waitFor(/TASK \[Wait until it may go on\]/);
    await workbench.reload();
    await workbench.show('Raspberry Pi');
    await runs.expand();
    await runs.row(/^playbook .*long\.yml/);
    await editor.onPi('pi1', 'touch /tmp/go-on');
    await expect
      .poll(async () => (await runs.read(/^playbook .*long\.yml/)).description, {
        timeout: 30_000,
      })
      .not.toMatch(/running/);
    await (await runs.contextMenu(/^playbook .*long\.yml/)).choose('Open Log');
    await expect.poll(() => workbench.editorText()).toContain('PLAY RECAP');
    await workbench.screenshot('editor-reload');
  });

  step('a Pi that can’t be reinstalled now is not: every check is shown, and why', async () => {
    await (await fleet.contextMenu('pi1')).choose('Reinstall Pi…');
    await workbench.waitForTab(/Reinstall pi1/);
    const shown = await workbench.webview('h1:has-text("Reinstall pi1")');
    expect(await shown.locator('body').innerText()).toContain('can’t be reinstalled now');
    await workbench.screenshot('editor-reinstall-not-now');
  });

  step('reinstalling shows every check and the plan, and refuses a wrong name', async () => {
    await using _mirror = await serveMirror(join(editor.home, 'mirror'), dir);
    await editor.onPi('pi1', INSTALLER_FILES);
    const settings = `\nmirror=${MIRROR}\nrelease=bookworm\nroot_ssh_pwlogin=0\n`;
    await edit('create/installer-config.txt', (text) => text + settings);
    // There is no way out of the lab.
    await writeFiles(editor.folder, { 'create/apt/raspberrypi.org.list': '# none\n' });
    await (await fleet.contextMenu('pi1')).choose('Reinstall Pi…');
    await workbench.quickInput.waitFor(/Reinstall pi1/);
    await workbench.screenshot('editor-reinstall');
    await workbench.quickInput.fill('pi2');
    await expect.poll(() => workbench.quickInput.message()).toContain('is not pi1');
    await workbench.quickInput.accept();
    expect(await workbench.quickInput.message()).toContain('Nothing is done');
    await workbench.screenshot('editor-reinstall-refused');
    await workbench.quickInput.dismiss();
    expect((await runs.rows()).map(({ label }) => label)).not.toContain('install pi1');
  });
});
