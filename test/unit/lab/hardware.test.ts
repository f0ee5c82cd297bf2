import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseBoot } from '../../../lab/firmware.ts';
import { dallasCrc, hardwareFiles, readings, sensorReading } from '../../../lab/hardware.ts';
import { parseLabFile } from '../../../lab/lab-file.ts';
import type { MachineDefinition } from '../../../lab/lab-file.ts';

function pi(fields = ''): MachineDefinition {
  const text = `version: 1\nmachines: [{ name: pi1, macs: ['b8:27:eb:00:00:01'], model: Raspberry Pi 4 Model B Rev 1.5, serial: '10000000e14a1003', login: key${fields} }]`;
  const [machine] = parseLabFile(text, 'lab.yml').machines;
  if (machine === undefined) throw new Error('no machine');
  return machine;
}

const plain = chooseBoot('', 'config.txt', 'pi4', false);
const oneWire = chooseBoot('dtoverlay=w1-gpio\n', 'config.txt', 'pi4', false);
const sensors = ', sensors: [{ id: 28-0316a2798ac1, celsius: 21.5 }]';

describe('the 1-wire checksum', () => {
  it('agrees with a reading of a real ds18b20', () => {
    // 72 01 4b 46 7f ff 0e 10 57 : crc=57 YES
    expect(dallasCrc([0x72, 0x01, 0x4b, 0x46, 0x7f, 0xff, 0x0e, 0x10])).toBe(0x57);
  });

  it('is zero over any bytes followed by their own checksum', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => dallasCrc([...bytes, dallasCrc(bytes)]) === 0),
    );
  });
});

describe('a ds18b20', () => {
  it('reads within a sixteenth of a degree of its temperature, below zero too', () => {
    fc.assert(
      fc.property(fc.double({ min: -55, max: 125, noNaN: true }), (celsius) => {
        const text = String(
          sensorReading({ id: '28-0316a2798ac1', celsius: 0 }, celsius).get('w1_slave'),
        );
        const milli = Number(/t=(-?\d+)\n$/.exec(text)?.[1]);
        return Math.abs(milli / 1000 - celsius) <= 1 / 16 && text.includes('YES');
      }),
    );
  });

  it('says NO when its checksum fails and 85 °C when it has no power', () => {
    const reading = (fault: 'crc' | 'unpowered') =>
      String(sensorReading({ id: '28-0316a2798ac1', celsius: 20, fault }, 20).get('w1_slave'));
    expect(reading('crc')).toMatch(/ NO\n/);
    expect(reading('unpowered')).toMatch(/ YES\n.*t=85000\n$/);
  });
});

describe('the hardware files', () => {
  it('name model, serial and revision as a Pi does', () => {
    const files = hardwareFiles(pi(), plain);
    expect(files.get('firmware/devicetree/base/model')).toBe('Raspberry Pi 4 Model B Rev 1.5\0');
    expect(files.get('firmware/devicetree/base/serial-number')).toBe('10000000e14a1003\0');
    expect(files.get('firmware/devicetree/base/compatible')).toBe(
      'raspberrypi,4-model-b\0brcm,bcm2711\0',
    );
    expect(files.get('firmware/devicetree/base/system/linux,revision')).toEqual(
      Buffer.from([0x00, 0xc0, 0x31, 0x15]),
    );
    expect(files.get('cpuinfo')).toMatch(/Revision\t: c03115\nSerial\t\t: 10000000e14a1003\n/);
  });

  it('have the sensors only once config.txt loads w1-gpio', () => {
    const paths = (boot: typeof plain) => [
      ...hardwareFiles(pi(sensors), boot).keys(),
      ...readings(pi(sensors), boot, 0).keys(),
    ];
    expect(paths(plain).filter((path) => path.startsWith('bus/w1'))).toEqual([]);
    expect(paths(oneWire)).toContain('bus/w1/devices/28-0316a2798ac1/w1_slave');
  });

  it('raise the under-voltage alarm and its throttling bits together', () => {
    const healthy = readings(pi(), plain, 0);
    const weak = readings(pi(', faults: [under-voltage]'), plain, 0);
    const alarm = 'class/hwmon/hwmon1/in0_lcrit_alarm';
    const throttled = 'platform/soc/soc:firmware/get_throttled';
    expect([healthy.get(alarm), healthy.get(throttled)]).toEqual(['0\n', '0\n']);
    expect([weak.get(alarm), weak.get(throttled)]).toEqual(['1\n', '50005\n']);
  });
});
