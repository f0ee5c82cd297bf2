/** The scaffold's role node_exporter on a Pi of the lab, with Debian's own exporter. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../lab/command.ts';
import { enterCommand } from '../../lab/lab.ts';
import {
  adoptAll,
  eventsOf,
  expectCode,
  hostsLab,
  settings,
  startTestLab,
  whyNoLab,
  type LabProject,
  type TestLab,
} from './lab-fixture.ts';

const BOARD = 'Raspberry Pi 4 Model B Rev 1.4';

const play = (settingsOfRole: readonly string[] = []): string =>
  [
    '- hosts: all',
    '  become: true',
    '  roles:',
    '    - role: node_exporter',
    ...settingsOfRole.map((line) => `      ${line}`),
    '',
  ].join('\n');

let lab: TestLab;
let project: LabProject;

/** What the play changed on the Pi. */
async function provision(): Promise<string[]> {
  expectCode(await project.rpi(['provision']), 0);
  const results = eventsOf(await project.last(), 'ansible.result');
  return results.flatMap(({ status, task }) => (status === 'changed' ? [task] : []));
}

/** What the exporter answers to a machine of the network; the error's code where it does not. */
async function scraped(): Promise<string> {
  const script = `fetch(process.argv[1]).then((r) => r.text(), (e) => e.cause.code).then(console.log)`;
  const url = `http://${lab.address('alpha')}:9100/metrics`;
  const words = ['--eval', script, url];
  return (await run(await enterCommand(process.execPath, words, { dir: lab.lab.dir }))).stdout;
}

const boot = async (): Promise<string | undefined> =>
  /^rpi_node_info\{.*boot_id="([-0-9a-f]+)"/m.exec(await scraped())?.[1];

beforeAll(async () => {
  if (!hostsLab) return;
  lab = await startTestLab([
    { name: 'alpha', login: 'key', model: BOARD, faults: ['under-voltage'] },
  ]);
  project = await lab.project({
    'rpi.yml': settings(),
    'inventory/hosts.yml': 'ungrouped:\n  hosts:\n',
    'ansible.cfg': '[defaults]\nroles_path = roles\n',
    'playbooks/upgrade.yml': '- hosts: all\n  gather_facts: false\n  tasks: []\n',
    'playbooks/provision.yml': play(),
  });
  expectCode(await project.rpi(['init', '--missing', '--only', 'roles/node_exporter/']), 0);
  await adoptAll(lab, project);
});

afterAll(async () => {
  if (hostsLab) await lab[Symbol.asyncDispose]();
});

describe.runIf(hostsLab)(`the role node_exporter on a Pi${whyNoLab}`, () => {
  it('has it tell the network what only a Pi knows, beside what every machine does', async () => {
    expect(await provision()).toContain('node_exporter : Install node_exporter');
    await expect.poll(scraped, { timeout: 30_000 }).toContain('rpi_node_info');
    const told = (await scraped()).split('\n');
    const has = (pattern: RegExp): void => {
      expect(
        told.filter((line) => pattern.test(line)),
        String(pattern),
      ).toHaveLength(1);
    };
    has(
      /^rpi_node_info\{board="Raspberry Pi 4 Model B Rev 1\.4",boot_id="[-0-9a-f]{36}",os="Debian/,
    );
    has(/^rpi_node_temperature_celsius \d+/);
    has(/^rpi_node_throttled_flags [1-9]/);
    has(/^rpi_node_throttled\{reason="under-voltage",when="now"\} 1$/);
    has(/^rpi_node_failed_units \d+$/);
    has(/^node_textfile_scrape_error 0$/);
    has(
      /^node_textfile_mtime_seconds\{file="\/var\/lib\/prometheus\/node-exporter\/rpi_node\.prom"\} /,
    );
    has(/^node_load1 /);
  });

  it('changes nothing a second time', async () => {
    expect(await provision()).toEqual([]);
  });

  it('tells of the new boot after a power cut, without anybody’s help', async () => {
    const before = await boot();
    await lab.cut('alpha');
    await lab.plug('alpha');
    const isNew = async (): Promise<boolean> => ![before, undefined].includes(await boot());
    expect(before).toBeDefined();
    await expect.poll(isNew, { timeout: 30_000 }).toBe(true);
  });

  it('starts it anew with other arguments', async () => {
    const argument = 'node_exporter_arguments: --web.listen-address=127.0.0.1:9100';
    await project.write({ 'playbooks/provision.yml': play([argument]) });
    expect(await provision()).toContain('node_exporter : Restart node_exporter');
    await expect.poll(scraped, { timeout: 30_000 }).toBe('ECONNREFUSED\n');
  });
});
