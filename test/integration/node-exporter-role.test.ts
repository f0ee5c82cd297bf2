/** What the scaffold's role node_exporter puts on a Pi, run on recorded contents of /sys and /proc. */
import { execFile, spawnSync } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { MEASURES } from '../../core/monitor/prometheus/measures.ts';
import { PROMTOOL } from '../prometheus-programs.ts';
import { temporaryFolder } from '../temporary.ts';

const run = promisify(execFile);
const role = join(import.meta.dirname, '../../templates/project/roles/node_exporter');
const program = join(role, 'files/rpi_node_metrics.py');

const PI = {
  'sys/firmware/devicetree/base/model': 'Raspberry Pi 4 Model B Rev 1.4\0',
  'sys/class/thermal/thermal_zone0/temp': '51540\n',
  'sys/devices/platform/soc/soc:firmware/get_throttled': '50005\n',
  'sys/fs/ext4/mmcblk0p2/errors_count': '3\n',
  'proc/sys/kernel/random/boot_id': '0b5f1c5e-7d3c-4f6e-9a51-3c8f6f2f7d10\n',
  'etc/os-release': 'NAME="Debian"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n',
};

async function told(files: Readonly<Record<string, string>>): Promise<string> {
  const root = await temporaryFolder();
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  const folder = join(root, 'textfile');
  await run('python3', [program, '--root', root, '--folder', folder]);
  expect(await readdir(folder)).toEqual(['rpi_node.prom']);
  return readFile(join(folder, 'rpi_node.prom'), 'utf8');
}

describe('the role node_exporter', () => {
  it('tells what only a Pi knows', async () => {
    const text = await told(PI);
    expect(text.split('\n')).toEqual(
      expect.arrayContaining([
        'rpi_node_info{board="Raspberry Pi 4 Model B Rev 1.4",os="Debian GNU/Linux 12 (bookworm)",boot_id="0b5f1c5e-7d3c-4f6e-9a51-3c8f6f2f7d10"} 1',
        'rpi_node_temperature_celsius 51.54',
        'rpi_node_throttled_flags 327685',
        'rpi_node_throttled{reason="under-voltage",when="now"} 1',
        'rpi_node_throttled{reason="capped",when="now"} 0',
        'rpi_node_throttled{reason="throttled",when="boot"} 1',
        'rpi_node_card_errors 3',
      ]),
    );
  });

  it('leaves out what can’t be read, and what is no number', async () => {
    const text = await told({ ...PI, 'sys/class/thermal/thermal_zone0/temp': 'hot\n' });
    expect(text).not.toContain('temperature');
    expect(await told({})).toContain('rpi_node_info{board="",os="",boot_id=""} 1');
  });

  it('tells each thing that the monitor asks a Prometheus for by its name', async () => {
    const source = await readFile(program, 'utf8');
    const asked = Object.values(MEASURES).flatMap((measure) =>
      [...measure('').matchAll(/\b(rpi_node_\w+)\{/g)].map(([, name = '']) => name),
    );
    expect(asked.length).toBeGreaterThan(3);
    expect(asked.filter((name) => !source.includes(`"${name}"`))).toEqual([]);
  });

  it.skipIf(PROMTOOL === undefined)('writes what Prometheus’ own checker accepts', async () => {
    const input = await told(PI);
    const { status, stdout, stderr } = spawnSync(PROMTOOL ?? '', ['check', 'metrics'], {
      input,
      encoding: 'utf8',
    });
    expect({ status, said: stdout + stderr }).toEqual({ status: 0, said: '' });
  });
});
