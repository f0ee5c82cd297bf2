import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { openProject } from '../../core/project/project.ts';
import { systemClock } from '../../core/runs/clock.ts';
import type { EventBody } from '../../core/runs/event.ts';
import type { ProjectContext } from '../../core/runs/operation.ts';
import { writeTargets } from '../../core/monitor/targets/targets.ts';
import { PROMTOOL } from '../prometheus-programs.ts';
import { temporaryFolder } from '../temporary.ts';

let folder: string;
let out: string;

beforeEach(async () => {
  folder = await temporaryFolder();
  out = join(folder, 'prometheus');
  const settings = 'version: 1\nid: targetstest\nmonitor: {disk: 80, metrics: "0.0.0.0:9117"}\n';
  await writeFile(join(folder, 'rpi.yml'), settings);
  await mkdir(join(folder, 'inventory'));
  await writeFile(
    join(folder, 'inventory', 'hosts.yml'),
    `sensors:
  hosts:
    kitchen: {ansible_host: 192.0.2.7, rpi_serial: 10000000abcdef12, rpi_model: 'Pi 4 "B"'}
    attic: {ansible_host: '2001:db8::7'}
ground: {hosts: {kitchen: }}
`,
  );
});

async function write(dryRun = false): Promise<string[]> {
  const context: ProjectContext = {
    project: await openProject(folder, { HOME: folder }),
    env: { HOME: folder },
    signal: new AbortController().signal,
    clock: systemClock,
    dryRun,
    ask: () => Promise.reject(new Error('nothing is asked')),
  };
  const events: EventBody[] = [];
  for await (const event of writeTargets({ folder: out, limit: undefined }, context)) {
    events.push(event);
  }
  return events.map((event) => (event.kind === 'file.changed' ? event.action : event.kind));
}

describe('targets for Prometheus', () => {
  test('are each Pi with what the inventory knows of it, and the monitor', async () => {
    expect(await write()).toEqual(['created', 'created']);
    const targets: unknown = JSON.parse(
      await readFile(join(out, 'rpi-targetstest.targets.json'), 'utf8'),
    );
    const project = 'targetstest';
    expect(targets).toEqual([
      {
        targets: ['192.0.2.7:9100'],
        labels: {
          project,
          exporter: 'node',
          name: 'kitchen',
          groups: ',sensors,ground,',
          model: 'Pi 4 "B"',
          serial: '10000000abcdef12',
        },
      },
      {
        targets: ['[2001:db8::7]:9100'],
        labels: { project, exporter: 'node', name: 'attic', groups: ',sensors,' },
      },
      { targets: ['127.0.0.1:9117'], labels: { project, exporter: 'rpi-monitor' } },
    ]);
  });

  test('are not touched where nothing has changed, nor where the inventory is broken', async () => {
    expect(await write(true)).toEqual(['created', 'created']);
    expect(existsSync(out)).toBe(false);
    await write();
    const [rules, targets] = (await readdir(out)).sort().map((name) => join(out, name));
    if (rules === undefined || targets === undefined) throw new Error('two files');
    const before = await Promise.all([stat(rules), stat(targets)]);
    expect(await write()).toEqual(['left', 'left']);
    const after = await Promise.all([stat(rules), stat(targets)]);
    expect(after.map(({ ino, mtimeMs }) => [ino, mtimeMs])).toEqual(
      before.map(({ ino, mtimeMs }) => [ino, mtimeMs]),
    );
    await writeFile(join(folder, 'inventory', 'hosts.yml'), 'sensors: [\n');
    await expect(write()).rejects.toMatchObject({ code: 'inventory.invalid' });
    expect((await stat(targets)).mtimeMs).toBe(before[1].mtimeMs);
  });

  test.skipIf(PROMTOOL === undefined)('promtool takes all of it, and the alerts fire', async () => {
    await write();
    const config = join(folder, 'prometheus.yml');
    await writeFile(
      config,
      `rule_files: ['${out}/*.rules.yml']
scrape_configs: [{job_name: rpi, file_sd_configs: [{files: ['${out}/*.targets.json']}]}]
`,
    );
    const checked = spawnSync(PROMTOOL ?? '', ['check', 'config', config], { encoding: 'utf8' });
    expect({ code: checked.status, said: checked.stderr }).toEqual({ code: 0, said: '' });
    expect(checked.stdout).toContain('9 rules found');

    const node = 'project="targetstest",exporter="node",name="kitchen"';
    const monitor = 'project="targetstest",exporter="rpi-monitor"';
    const root = `${node},mountpoint="/"`;
    const series = [
      [`up{${node}}`, 0],
      [`up{project="another",exporter="node"}`, 0],
      [`up{${monitor}}`, 1],
      [`node_filesystem_avail_bytes{${root}}`, 20],
      [`node_filesystem_size_bytes{${root}}`, 100],
      [`node_filesystem_readonly{${root}}`, 1],
      [`node_thermal_zone_temp{${node},zone="0",type="cpu"}`, 74],
      [`rpi_host_throttled{${monitor},host="kitchen",reason="throttled",when="now"}`, 1],
      // The same of the Pi's own exporter: it is told once.
      [`rpi_node_throttled{${node},reason="throttled",when="now"}`, 1],
      [`rpi_node_card_errors{${node}}`, 0],
      [`node_textfile_mtime_seconds{${node},file="/var/lib/x/rpi_node.prom"}`, -601],
      [`node_time_seconds{${node}}`, 0],
    ] as const;
    const cases = [
      ['RpiDown', 1],
      ['RpiMonitorDown', 0],
      ['RpiDisk', 1],
      ['RpiTemperature', 0],
      ['RpiThrottled', 1],
      ['RpiCard', 0],
      ['RpiTextfile', 1],
      ['RpiRootReadOnly', 1],
      ['RpiClock', 1],
    ] as const;
    await writeFile(
      join(folder, 'tests.yml'),
      JSON.stringify({
        rule_files: [join(out, 'rpi-targetstest.rules.yml')],
        tests: [
          {
            interval: '1m',
            input_series: series.map(([name, value]) => ({
              series: name,
              values: `${value}+0x60`,
            })),
            promql_expr_test: cases.map(([alert, count]) => ({
              expr: `count(ALERTS{alertname="${alert}",alertstate="firing"}) or vector(0)`,
              eval_time: '40m',
              exp_samples: [{ labels: '{}', value: count }],
            })),
          },
        ],
      }),
    );
    const args = ['test', 'rules', join(folder, 'tests.yml')];
    const tested = spawnSync(PROMTOOL ?? '', args, { encoding: 'utf8' });
    expect({ code: tested.status, said: tested.stderr }).toEqual({ code: 0, said: '' });
  });
});
