import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LabError } from '../../../lab/errors.ts';
import { bannerOf, parseLabFile, serialOf } from '../../../lab/lab-file.ts';

const defaultFile = join(import.meta.dirname, '../../../lab/default.yml');

function mistakesIn(text: string): string {
  try {
    parseLabFile(text, 'lab.yml');
  } catch (error) {
    if (error instanceof LabError && error.code === 'lab-file') return error.message;
    throw error;
  }
  return '';
}

describe('the default lab', () => {
  const { machines } = parseLabFile(readFileSync(defaultFile, 'utf8'), defaultFile);

  it('has six Pis of different MAC prefixes, among them a Pi 5, a Zero 2 W and a 28-bit prefix', () => {
    const pis = machines.filter((each) => each.kind === 'pi');
    expect(pis).toHaveLength(6);
    expect(new Set(pis.map((each) => each.macs[0]?.slice(0, 8))).size).toBe(6);
    expect(pis.map((each) => each.model)).toContain('Raspberry Pi 5 Model B Rev 1.0');
    expect(pis.map((each) => each.model)).toContain('Raspberry Pi Zero 2 W Rev 1.0');
    expect(pis.some((each) => each.macs[0]?.startsWith('f0:40:af:9'))).toBe(true);
  });

  it('has every kind of login, and two decoys that a Pi default would open', () => {
    expect(machines.filter((each) => each.kind === 'pi').map((each) => each.login)).toEqual([
      'root/raspbian',
      'root/raspbian',
      'pi/raspberry',
      'pi/raspberry',
      'key',
      'locked',
    ]);
    const decoys = machines.filter((each) => each.kind === 'decoy');
    expect(decoys.map((each) => each.login)).toEqual(['root/raspbian', 'pi/raspberry']);
    expect(decoys.map(bannerOf)).toEqual(['debian', 'debian']);
  });
});

describe('a lab file with a mistake', () => {
  const machine = (fields: string) => `version: 1\nmachines:\n  - name: pi1\n${fields}`;

  it('is refused with the line and column of a YAML error', () => {
    expect(mistakesIn('version: 1\nmachines: [\n')).toMatch(/^lab\.yml:3:1: /);
  });

  it('is refused with the line and column of each wrong value', () => {
    const text = machine(
      "    macs: ['b8:27:eb:00:00:0g']\n    model: Raspberry Pi 9\n    login: guest\n",
    );
    expect(mistakesIn(text).split('\n')).toEqual([
      expect.stringMatching(/^lab\.yml:4:12: machines\.0\.macs\.0: a MAC address is/),
      expect.stringMatching(/^lab\.yml:5:12: machines\.0\.model: unknown model; the lab knows: /),
      expect.stringMatching(/^lab\.yml:6:12: machines\.0\.login: /),
    ]);
  });

  it('is refused for a word that it does not know, at the machine that has it', () => {
    const text = machine(
      "    macs: ['b8:27:eb:00:00:01']\n    model: Raspberry Pi 400 Rev 1.0\n    login: key\n    modle: x\n",
    );
    expect(mistakesIn(text)).toMatch(/^lab\.yml:3:5: machines\.0: .*modle/);
  });

  it('is refused for a MAC that two machines have', () => {
    const one = "macs: ['b8:27:eb:00:00:01'], model: Raspberry Pi 400 Rev 1.0, login: key";
    const text = `version: 1\nmachines:\n  - { name: a, ${one} }\n  - { name: b, ${one} }\n`;
    expect(mistakesIn(text)).toMatch(/^lab\.yml:4:\d+: .*b8:27:eb:00:00:01 is there twice$/);
  });

  it('is refused for a multicast address, which no interface can have', () => {
    const text = machine(
      "    macs: ['b9:27:eb:00:00:01']\n    model: Raspberry Pi 400 Rev 1.0\n    login: key\n",
    );
    expect(mistakesIn(text)).toContain('multicast');
  });

  it('is refused for a Pi without a model', () => {
    expect(mistakesIn(machine("    macs: ['b8:27:eb:00:00:01']\n    login: key\n"))).toContain(
      'a Pi needs a model',
    );
  });
});

it('gives a machine without a serial the same one each time, different from its neighbour', () => {
  const one = (name: string, mac: string) =>
    `  - { name: ${name}, macs: ['${mac}'], model: Raspberry Pi 400 Rev 1.0, login: key }\n`;
  const text = `version: 1\nmachines:\n${one('a', 'b8:27:eb:00:00:01')}${one('b', 'b8:27:eb:00:00:02')}`;
  const serials = parseLabFile(text, 'lab.yml').machines.map(serialOf);
  expect(parseLabFile(text, 'lab.yml').machines.map(serialOf)).toEqual(serials);
  expect(new Set(serials).size).toBe(2);
  for (const each of serials) expect(each).toMatch(/^[0-9a-f]{16}$/);
});
