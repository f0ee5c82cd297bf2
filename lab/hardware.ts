/** The files by which software knows a Pi's hardware, as bind mounts over /proc and /sys. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Boot } from './firmware.ts';
import { hasOverlay } from './firmware.ts';
import type { MachineDefinition, Sensor } from './lab-file.ts';
import { serialOf } from './lab-file.ts';
import { models } from './models.ts';

export type HardwareFiles = Map<string, string | Buffer>;

/** Writes a Pi's hardware for one boot: what config.txt switched on is there, the rest isn't. */
export async function writeHardware(
  folder: string,
  definition: MachineDefinition,
  boot: Boot,
): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  // The machine mounts these two even when config.txt put nothing into them.
  for (const each of ['bus', 'platform']) await mkdir(join(folder, each), { recursive: true });
  await writeAll(folder, hardwareFiles(definition, boot));
  await writeAll(folder, readings(definition, boot, Date.now()));
}

/** Rewrites, in place, what changes while a Pi runs. */
export async function refreshHardware(
  folder: string,
  definition: MachineDefinition,
  boot: Boot,
  now: number,
): Promise<void> {
  await writeAll(folder, readings(definition, boot, now));
}

async function writeAll(folder: string, files: HardwareFiles): Promise<void> {
  for (const [path, content] of files) {
    const target = join(folder, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, content);
  }
}

/** What stays the same while it runs. Paths are relative: cpuinfo, firmware/…, class/…, bus/…. */
export function hardwareFiles(definition: MachineDefinition, boot: Boot): HardwareFiles {
  const files: HardwareFiles = new Map();
  if (definition.model === undefined) return files;
  const model = models[definition.model];
  const serial = serialOf(definition);
  files.set('cpuinfo', cpuinfo(definition.model, model.revision, serial));
  const tree = 'firmware/devicetree/base';
  files.set(`${tree}/model`, `${definition.model}\0`);
  files.set(`${tree}/serial-number`, `${serial}\0`);
  files.set(`${tree}/compatible`, model.compatible.map((each) => `${each}\0`).join(''));
  files.set(`${tree}/system/linux,revision`, bigEndian(Number.parseInt(model.revision, 16)));
  files.set(`${tree}/chosen/bootloader/tryboot`, bigEndian(boot.tryboot ? 1 : 0));
  files.set('class/thermal/thermal_zone0/type', 'cpu-thermal\n');
  files.set('class/hwmon/hwmon0/name', 'cpu_thermal\n');
  files.set('class/hwmon/hwmon1/name', 'rpi_volt\n');
  if (hasOverlay(boot, 'w1-gpio')) {
    const master = 'bus/w1/devices/w1_bus_master1';
    files.set(`${master}/w1_master_slave_count`, `${definition.sensors.length}\n`);
    files.set(
      `${master}/w1_master_slaves`,
      definition.sensors.map((each) => `${each.id}\n`).join('') || 'not found.\n',
    );
    for (const each of definition.sensors) {
      files.set(`bus/w1/devices/${each.id}/name`, `${each.id}\n`);
      files.set(`bus/w1/devices/${each.id}/resolution`, '12\n');
    }
  }
  return files;
}

/** What changes while it runs: temperatures drift by a degree or so over twenty minutes. */
export function readings(definition: MachineDefinition, boot: Boot, now: number): HardwareFiles {
  const files: HardwareFiles = new Map();
  if (definition.model === undefined) return files;
  const drift = Math.sin((now / 1000 / 1200) * 2 * Math.PI);
  const cpu = String(Math.round((definition.celsius + drift) * 1000));
  files.set('class/thermal/thermal_zone0/temp', `${cpu}\n`);
  files.set('class/hwmon/hwmon0/temp1_input', `${cpu}\n`);
  const alarm = definition.faults.includes('under-voltage') ? '1\n' : '0\n';
  files.set('class/hwmon/hwmon1/in0_lcrit_alarm', alarm);
  const throttled = definition.faults.includes('under-voltage')
    ? '50005\n'
    : definition.faults.includes('under-voltage-past')
      ? '50000\n'
      : '0\n';
  files.set('platform/soc/soc:firmware/get_throttled', throttled);
  if (hasOverlay(boot, 'w1-gpio')) {
    for (const each of definition.sensors) {
      const reading = sensorReading(each, each.celsius + drift);
      for (const [name, content] of reading)
        files.set(`bus/w1/devices/${each.id}/${name}`, content);
    }
  }
  return files;
}

/** The two files of the kernel's w1_therm driver: `w1_slave` with its checksum line, and `temperature`. */
export function sensorReading(sensor: Sensor, celsius: number): HardwareFiles {
  // 12 bits: sixteenths of a degree. 0x0550 is what the chip holds at power-on.
  const raw = sensor.fault === 'unpowered' ? 0x0550 : Math.round(celsius * 16);
  const scratchpad = Buffer.from([
    raw & 0xff,
    (raw >> 8) & 0xff,
    0x4b,
    0x46,
    0x7f,
    0xff,
    0x0c,
    0x10,
  ]);
  const crc = dallasCrc(scratchpad);
  if (sensor.fault === 'crc') scratchpad[2] = 0xff;
  const bytes = [...scratchpad, crc].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  const milli = Math.trunc((raw * 1000) / 16);
  const verdict = sensor.fault === 'crc' ? 'NO' : 'YES';
  return new Map([
    [
      'w1_slave',
      `${bytes} : crc=${crc.toString(16).padStart(2, '0')} ${verdict}\n${bytes} t=${milli}\n`,
    ],
    ['temperature', sensor.fault === 'crc' ? '' : `${milli}\n`],
  ]);
}

/** The 1-wire checksum: CRC-8, polynomial x⁸+x⁵+x⁴+1, bits reflected. */
export function dallasCrc(bytes: Iterable<number>): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 1) === 1 ? (crc >> 1) ^ 0x8c : crc >> 1;
  }
  return crc;
}

function cpuinfo(model: string, revision: string, serial: string): string {
  const cores = [0, 1, 2, 3].map(
    (core) =>
      `processor\t: ${core}\nBogoMIPS\t: 108.00\nFeatures\t: fp asimd evtstrm crc32 cpuid\n` +
      'CPU implementer\t: 0x41\nCPU architecture: 8\n\n',
  );
  return `${cores.join('')}Revision\t: ${revision}\nSerial\t\t: ${serial}\nModel\t\t: ${model}\n`;
}

/** A device-tree cell: 32 bits, most significant byte first. */
function bigEndian(value: number): Buffer {
  const cell = Buffer.alloc(4);
  cell.writeUInt32BE(value);
  return cell;
}
