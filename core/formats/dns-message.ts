/**
 * The little of DNS (RFC 1035) that reverse questions need: PTR questions out, PTR answers in.
 * Responses come from anybody on the network: whatever is malformed decodes to undefined.
 */

/** A PTR record: what `question` (such as `7.0.77.10.in-addr.arpa`) is called. */
export type PtrRecord = { readonly question: string; readonly name: string };

export type PtrAnswers = { readonly id: number; readonly records: readonly PtrRecord[] };

const TYPE_PTR = 12;
const CLASS_IN = 1;
const HEADER_BYTES = 12;
const RESPONSE = 0x8000;

/** The name that a reverse question for a dotted IPv4 address asks about. */
export function reverseName(address: string): string {
  return `${address.split('.').reverse().join('.')}.in-addr.arpa`;
}

/** The dotted address of a reverse name; undefined for any other name. */
export function addressOfReverseName(name: string): string | undefined {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\.in-addr\.arpa\.?$/i.exec(name);
  return match?.slice(1, 5).reverse().join('.');
}

/** One query that asks for the PTR records of all the names. Labels have at most 63 bytes. */
export function encodePtrQuery(id: number, names: readonly string[]): Uint8Array {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt16BE(id, 0);
  header.writeUInt16BE(names.length, 4);
  const tail = Buffer.from([0, TYPE_PTR, 0, CLASS_IN]);
  return Buffer.concat([header, ...names.flatMap((name) => [encodeName(name), tail])]);
}

function encodeName(name: string): Buffer {
  const labels = name.split('.').filter((label) => label !== '');
  const parts = labels.flatMap((label) => {
    const bytes = Buffer.from(label, 'utf8');
    return [Buffer.from([bytes.length]), bytes];
  });
  return Buffer.concat([...parts, Buffer.from([0])]);
}

/** The PTR records of a response; undefined for queries and for what is not DNS. */
export function decodePtrAnswers(message: Uint8Array): PtrAnswers | undefined {
  const data = Buffer.from(message.buffer, message.byteOffset, message.byteLength);
  if (data.length < HEADER_BYTES || (data.readUInt16BE(2) & RESPONSE) === 0) return undefined;
  try {
    let offset = HEADER_BYTES;
    for (let i = data.readUInt16BE(4); i > 0; i--) offset = readName(data, offset).next + 4;
    const records: PtrRecord[] = [];
    const count = data.readUInt16BE(6) + data.readUInt16BE(8) + data.readUInt16BE(10);
    for (let i = 0; i < count; i++) {
      const owner = readName(data, offset);
      const type = data.readUInt16BE(owner.next);
      const start = owner.next + 10;
      const end = start + data.readUInt16BE(owner.next + 8);
      if (end > data.length) return undefined;
      if (type === TYPE_PTR) {
        records.push({ question: owner.name, name: readName(data, start).name });
      }
      offset = end;
    }
    return { id: data.readUInt16BE(0), records };
  } catch (error) {
    if (error instanceof RangeError) return undefined; // a truncated or looping message
    throw error;
  }
}

/** Reads a name at `offset`, following compression pointers, which must point backwards. */
function readName(data: Buffer, offset: number): { name: string; next: number } {
  const labels: string[] = [];
  let next: number | undefined;
  let limit = offset;
  for (;;) {
    const length = data.readUInt8(offset);
    if (length === 0) return { name: labels.join('.'), next: next ?? offset + 1 };
    if (length >= 0xc0) {
      next ??= offset + 2;
      offset = data.readUInt16BE(offset) & 0x3fff;
      if (offset >= limit) throw new RangeError('a pointer forwards');
      limit = offset;
    } else if (length > 63 || offset + 1 + length > data.length || labels.length > 127) {
      throw new RangeError('a label that does not fit');
    } else {
      labels.push(data.toString('utf8', offset + 1, offset + 1 + length));
      offset += 1 + length;
    }
  }
}
