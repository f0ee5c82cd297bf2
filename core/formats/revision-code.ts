/**
 * The revision code of a Raspberry Pi board (`/proc/cpuinfo`, or devicetree
 * `system/linux,revision`), as documented under
 * https://www.raspberrypi.com/documentation/computers/raspberry-pi.html#raspberry-pi-revision-codes
 */

export type Revision = {
  /** As the firmware names it, such as `Raspberry Pi 4 Model B Rev 1.5`. */
  readonly model: string;
  /** Such as `4B`, `Zero 2 W`, `CM5`. */
  readonly type: string;
  /** Of the board, such as 1.5. */
  readonly revision: string;
  /** MiB; undefined for a code newer than this table. */
  readonly memory: number | undefined;
  readonly processor: string | undefined;
  readonly manufacturer: string | undefined;
};

/** Bits 4–11: the type's short name and the model's full one. */
const TYPES: Readonly<Record<number, readonly [type: string, model: string]>> = {
  0x00: ['A', 'Model A'],
  0x01: ['B', 'Model B'],
  0x02: ['A+', 'Model A Plus'],
  0x03: ['B+', 'Model B Plus'],
  0x04: ['2B', '2 Model B'],
  0x06: ['CM1', 'Compute Module'],
  0x08: ['3B', '3 Model B'],
  0x09: ['Zero', 'Zero'],
  0x0a: ['CM3', 'Compute Module 3'],
  0x0c: ['Zero W', 'Zero W'],
  0x0d: ['3B+', '3 Model B Plus'],
  0x0e: ['3A+', '3 Model A Plus'],
  0x10: ['CM3+', 'Compute Module 3 Plus'],
  0x11: ['4B', '4 Model B'],
  0x12: ['Zero 2 W', 'Zero 2 W'],
  0x13: ['400', '400'],
  0x14: ['CM4', 'Compute Module 4'],
  0x15: ['CM4S', 'Compute Module 4S'],
  0x17: ['5', '5 Model B'],
  0x18: ['CM5', 'Compute Module 5'],
  0x19: ['500', '500'],
  0x1a: ['CM5 Lite', 'Compute Module 5 Lite'],
};

const PROCESSORS = ['BCM2835', 'BCM2836', 'BCM2837', 'BCM2711', 'BCM2712'] as const;
const MANUFACTURERS = ['Sony UK', 'Egoman', 'Embest', 'Sony Japan', 'Embest', 'Stadium'] as const;
const MEMORIES = [256, 512, 1024, 2048, 4096, 8192, 16384] as const;

/** Codes of boards made before 2014's new style: type, board revision, MiB, manufacturer. */
const OLD_STYLE: Readonly<Record<number, readonly [number, string, number, string]>> = {
  0x02: [0x01, '1.0', 256, 'Egoman'],
  0x03: [0x01, '1.0', 256, 'Egoman'],
  0x04: [0x01, '2.0', 256, 'Sony UK'],
  0x05: [0x01, '2.0', 256, 'Qisda'],
  0x06: [0x01, '2.0', 256, 'Egoman'],
  0x07: [0x00, '2.0', 256, 'Egoman'],
  0x08: [0x00, '2.0', 256, 'Sony UK'],
  0x09: [0x00, '2.0', 256, 'Qisda'],
  0x0d: [0x01, '2.0', 512, 'Egoman'],
  0x0e: [0x01, '2.0', 512, 'Sony UK'],
  0x0f: [0x01, '2.0', 512, 'Egoman'],
  0x10: [0x03, '1.2', 512, 'Sony UK'],
  0x11: [0x06, '1.0', 512, 'Sony UK'],
  0x12: [0x02, '1.1', 256, 'Sony UK'],
  0x13: [0x03, '1.2', 512, 'Embest'],
  0x14: [0x06, '1.0', 512, 'Embest'],
  0x15: [0x02, '1.1', 256, 'Embest'],
};

const NEW_STYLE = 1 << 23;

/**
 * Decodes a revision code; hexadecimal text (`c03115`, `0xc03115`) or a number. The bits of a
 * voided warranty or over-voltage are ignored. Undefined for what is no code, or of a type newer
 * than this table.
 */
export function decodeRevision(code: string | number): Revision | undefined {
  const value = typeof code === 'number' ? code : parseHex(code);
  if (value === undefined || !Number.isInteger(value) || value <= 0 || value > 0xffffffff) {
    return undefined;
  }
  return (value & NEW_STYLE) === 0 ? decodeOldStyle(value) : decodeNewStyle(value);
}

/** As decodeRevision, from the four big-endian bytes of devicetree's `system/linux,revision`. */
export function decodeRevisionBytes(bytes: Uint8Array): Revision | undefined {
  if (bytes.length !== 4) return undefined;
  return decodeRevision(new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0));
}

function parseHex(text: string): number | undefined {
  const digits = text.trim().replace(/^0x/i, '');
  return /^[0-9a-f]{1,8}$/i.test(digits) ? Number.parseInt(digits, 16) : undefined;
}

function decodeNewStyle(value: number): Revision | undefined {
  const type = TYPES[(value >>> 4) & 0xff];
  if (type === undefined) return undefined;
  return describe(type, `1.${value & 0xf}`, {
    memory: MEMORIES[(value >>> 20) & 0b111],
    processor: PROCESSORS[(value >>> 12) & 0xf],
    manufacturer: MANUFACTURERS[(value >>> 16) & 0xf],
  });
}

function decodeOldStyle(value: number): Revision | undefined {
  const board = OLD_STYLE[value & 0xffff];
  const type = board === undefined ? undefined : TYPES[board[0]];
  if (board === undefined || type === undefined) return undefined;
  return describe(type, board[1], {
    memory: board[2],
    processor: PROCESSORS[0],
    manufacturer: board[3],
  });
}

function describe(
  [type, model]: readonly [string, string],
  revision: string,
  rest: Pick<Revision, 'memory' | 'processor' | 'manufacturer'>,
): Revision {
  return { model: `Raspberry Pi ${model} Rev ${revision}`, type, revision, ...rest };
}
