/** A window with two projects; without a lab. */
import { expect, it, onTestFinished } from 'vitest';
import { hasEditor, startEditor, whyNoEditor } from './fixture.ts';

/** Nothing listens there: a login is refused at once, and no network is touched. */
const inventory = (host: string): string =>
  `ungrouped:\n  hosts:\n    ${host}: {ansible_host: 127.0.0.1, ansible_port: 9}\n`;

const FOLDERS = { north: 'kitchen', south: 'cellar' };

const FILES = {
  'both.code-workspace': JSON.stringify({
    folders: Object.keys(FOLDERS).map((path) => ({ path })),
  }),
  ...Object.fromEntries(
    Object.entries(FOLDERS).flatMap(([folder, host]) => [
      [`${folder}/rpi.yml`, `version: 1\nid: ${folder}-test\n`],
      [`${folder}/inventory/hosts.yml`, inventory(host)],
    ]),
  ),
};

it.runIf(hasEditor)(
  `two projects of a window stand side by side, and runs say whose they are${whyNoEditor}`,
  async () => {
    const editor = await startEditor({ files: FILES, open: 'both.code-workspace' });
    onTestFinished(async ({ task }) => {
      if (task.result?.state === 'fail') {
        await editor.workbench.screenshot('failed-two-projects');
        process.stderr.write(`${await editor.logs()}\n`);
      }
      await editor[Symbol.asyncDispose]();
    });
    const { workbench } = editor;
    await workbench.show('Raspberry Pi');
    const fleet = workbench.tree('Fleet');
    expect(await fleet.childrenOf('north')).toEqual(['ungrouped']);
    expect(await fleet.childrenOf('south')).toEqual(['ungrouped']);
    await fleet.row('kitchen');
    await (await fleet.contextMenu('cellar')).choose('Check Access');
    const runs = workbench.tree('Runs');
    await expect
      .poll(async () => (await runs.read(/^access check/)).description)
      .toMatch(/failed.* · south$/);
    await workbench.screenshot('editor-two-projects');
  },
);
