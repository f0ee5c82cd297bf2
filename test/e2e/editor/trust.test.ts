/** A folder that nobody trusts, and one that somebody comes to trust; without a lab. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { hasEditor, startEditor, whyNoEditor, type Editor } from './fixture.ts';

const FILES = {
  'rpi.yml': 'version: 1\nid: trust-test\nnetworks: [10.77.0.0/24]\n',
  'inventory/hosts.yml': 'ungrouped:\n  hosts:\n    kitchen:\n      ansible_host: 10.77.0.9\n',
};

async function start(files: Readonly<Record<string, string>>): Promise<Editor> {
  const editor = await startEditor({ files, trust: 'ask' });
  onTestFinished(async ({ task }) => {
    if (task.result?.state === 'fail') {
      await editor.workbench.screenshot(`failed-${task.id}`);
      process.stderr.write(`${await editor.logs()}\n`);
    }
    await editor[Symbol.asyncDispose]();
  });
  return editor;
}

describe.runIf(hasEditor)(`a folder that is not trusted${whyNoEditor}`, () => {
  it('shows the inventory and starts nothing, until it is trusted', async () => {
    const { workbench } = await start(FILES);
    await workbench.statusBarItem('Restricted Mode').waitFor();
    await workbench.show('Raspberry Pi');
    const fleet = workbench.tree('Fleet');
    await fleet.row('kitchen');
    const menu = await fleet.contextMenu('kitchen');
    expect(await menu.enabled()).not.toContain('Provision…');
    expect(await menu.enabled()).toContain('Copy Address');
    await menu.dismiss();
    expect(await workbench.offered('Raspberry Pi: Detect')).not.toContain(
      'Raspberry Pi: Detect Pis',
    );
    await workbench.screenshot('editor-untrusted');
    await workbench.trustFolder();
    await workbench.show('Raspberry Pi');
    const trusted = await fleet.contextMenu('kitchen');
    expect(await trusted.enabled()).toContain('Provision…');
    await trusted.dismiss();
  });

  it('says in empty views why they are empty', async () => {
    const { workbench } = await start({ 'notes.txt': 'nothing yet\n' });
    await workbench.show('Raspberry Pi');
    await workbench.tree('Fleet').waitForWords('not trusted');
    await workbench.tree('Runs').waitForWords('not trusted');
  });
});
