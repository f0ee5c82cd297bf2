import fc from 'fast-check';
import { anyText } from '../../any-text.ts';
import { describe, expect, it } from 'vitest';
import { parseVitals } from '../../../core/monitor/parse-vitals.ts';

const PI4 = `Linux motd noise
rpi-vitals 1
uptime 93784.12
load 0.31
cpus 4
temperature 51602
memory-total 3884312
memory-available 3012004
disk 1024-blocks Available
disk 30358000 25100000
root rw,noatime
throttled=0x50005
throttled=0x0
model Raspberry Pi 4 Model B Rev 1.4
os "Debian GNU/Linux 12 (bookworm)"
rpi-vitals end
logout
`;

describe('the answer of a Pi', () => {
  it('is read whole, between what login scripts print', () => {
    expect(parseVitals(PI4)).toEqual({
      uptime: 93784.12,
      load: 0.31,
      cpus: 4,
      temperature: 51.6,
      memoryTotal: 3884312 * 1024,
      memoryAvailable: 3012004 * 1024,
      diskTotal: 30358000 * 1024,
      diskAvailable: 25100000 * 1024,
      rootReadOnly: false,
      throttled: 0x50005,
      underVoltage: true,
      model: 'Raspberry Pi 4 Model B Rev 1.4',
      os: 'Debian GNU/Linux 12 (bookworm)',
    });
  });

  it('with carriage returns reads the same', () => {
    expect(parseVitals(PI4.replaceAll('\n', '\r\n'))).toEqual(parseVitals(PI4));
  });

  it('leaves out what could not be read', () => {
    const answer = 'rpi-vitals 1\nuptime 12.5\ncpus 0\ntemperature \nroot \nrpi-vitals end\n';
    expect(parseVitals(answer)).toEqual({ uptime: 12.5 });
  });

  it('takes the sensor’s alarm where there is no vcgencmd', () => {
    const answer = 'rpi-vitals 1\nunder-voltage 1\nrpi-vitals end\n';
    expect(parseVitals(answer)).toEqual({ underVoltage: true });
  });

  it('is none when it was cut off, or never began', () => {
    expect(parseVitals('')).toBeUndefined();
    expect(parseVitals(PI4.replace('rpi-vitals end', ''))).toBeUndefined();
    expect(parseVitals('This account is currently not available.\n')).toBeUndefined();
  });

  it('carries no control characters into the terminal', () => {
    const answer = 'rpi-vitals 1\nmodel \u001b[2JRaspberry\u0007 Pi\u202e\nrpi-vitals end\n';
    expect(parseVitals(answer)?.model).toBe('[2JRaspberry Pi');
  });

  it('never throws, and gives finite numbers only, whatever the answer', () => {
    const key = fc.constantFrom(
      'uptime',
      'load',
      'cpus',
      'temperature',
      'disk',
      'root',
      'model',
      'os',
      '__proto__',
      'constructor',
      'memory-total',
    );
    const value = fc.oneof(
      fc.string(),
      fc.double().map(String),
      fc.integer().map(String),
      fc.constantFrom('ro', '0x1', '1e999', '-1', 'NaN'),
    );
    const line = fc.oneof(
      fc.tuple(key, value, value).map((parts) => parts.join(' ')),
      value.map((text) => `throttled=${text}`),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const vitals = parseVitals(`rpi-vitals 1\n${lines.join('\n')}\nrpi-vitals end\n`);
        for (const each of Object.values(vitals ?? {})) {
          if (typeof each === 'number') expect(Number.isFinite(each)).toBe(true);
        }
      }),
    );
    fc.assert(fc.property(anyText, (text) => void parseVitals(text)));
  });

  it('of ten million characters costs no more than its first few', () => {
    const garbage = 'x'.repeat(10_000_000);
    expect(parseVitals(garbage)).toBeUndefined();
    expect(
      parseVitals(`rpi-vitals 1\nuptime 1\nmodel ${garbage}\nrpi-vitals end\n`),
    ).toBeUndefined();
    expect(
      parseVitals(`rpi-vitals 1\nmodel ${'x'.repeat(1000)}\nuptime 1\nrpi-vitals end\n`),
    ).toEqual({ uptime: 1 });
  });
});
