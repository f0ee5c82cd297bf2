import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeRevision, decodeRevisionBytes } from '../../../core/formats/revision-code.ts';

describe('a revision code', () => {
  it.each([
    ['a02082', 'Raspberry Pi 3 Model B Rev 1.2', 1024, 'BCM2837'],
    ['c03115', 'Raspberry Pi 4 Model B Rev 1.5', 4096, 'BCM2711'],
    ['902120', 'Raspberry Pi Zero 2 W Rev 1.0', 512, 'BCM2837'],
    ['d04170', 'Raspberry Pi 5 Model B Rev 1.0', 8192, 'BCM2712'],
    ['c03130', 'Raspberry Pi 400 Rev 1.0', 4096, 'BCM2711'],
    ['9000c1', 'Raspberry Pi Zero W Rev 1.1', 512, 'BCM2835'],
    ['a020d3', 'Raspberry Pi 3 Model B Plus Rev 1.3', 1024, 'BCM2837'],
    ['e04171', 'Raspberry Pi 5 Model B Rev 1.1', 16384, 'BCM2712'],
    ['0xa02082', 'Raspberry Pi 3 Model B Rev 1.2', 1024, 'BCM2837'],
    ['2a02082', 'Raspberry Pi 3 Model B Rev 1.2', 1024, 'BCM2837'],
    ['000e', 'Raspberry Pi Model B Rev 2.0', 512, 'BCM2835'],
    ['1000010', 'Raspberry Pi Model B Plus Rev 1.2', 512, 'BCM2835'],
  ])('%s is a %s', (code, model, memory, processor) => {
    expect(decodeRevision(code)).toMatchObject({ model, memory, processor });
  });

  it('is read from the devicetree’s four bytes, big-endian', () => {
    expect(decodeRevisionBytes(Uint8Array.of(0x00, 0xc0, 0x31, 0x15))?.type).toBe('4B');
    expect(decodeRevisionBytes(Uint8Array.of(0xc0, 0x31, 0x15))).toBeUndefined();
  });

  it.each(['', '0', 'nonsense', '123456789', 'c03ff5', '0001'])('is not “%s”', (code) => {
    expect(decodeRevision(code)).toBeUndefined();
  });

  it('never fails, whatever the number', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffffff }), (value) => {
        const decoded = decodeRevision(value);
        if (decoded !== undefined) expect(decoded.model).toMatch(/^Raspberry Pi .+ Rev \d\.\d+$/);
      }),
    );
  });
});
