import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addressOfReverseName,
  decodePtrAnswers,
  encodePtrQuery,
  reverseName,
} from '../../../core/formats/dns-message.ts';

const label = fc.stringMatching(/^[a-z0-9-]{1,20}$/);
const name = fc.array(label, { minLength: 1, maxLength: 5 }).map((labels) => labels.join('.'));

/** A response as a responder would write it: the questions repeated, owners compressed. */
function response(
  query: Uint8Array,
  records: readonly { question: string; name: string }[],
): Buffer {
  const questions = Buffer.from(query.subarray(12));
  const header = Buffer.from(query.subarray(0, 12));
  header.writeUInt16BE(0x8400, 2);
  header.writeUInt16BE(records.length, 6);
  let offset = 12;
  const answers = records.map((record) => {
    const target = Buffer.from(encodePtrQuery(0, [record.name]).subarray(12, -4));
    const head = Buffer.alloc(12);
    head.writeUInt16BE(0xc000 | offset, 0);
    head.writeUInt16BE(12, 2);
    head.writeUInt16BE(0x8001, 4); // cache flush
    head.writeUInt32BE(10, 6);
    head.writeUInt16BE(target.length, 10);
    offset += encodePtrQuery(0, [record.question]).length - 12;
    return Buffer.concat([head, target]);
  });
  return Buffer.concat([header, questions, ...answers]);
}

describe('reverse names', () => {
  it('turn addresses round and back', () => {
    expect(reverseName('10.77.0.5')).toBe('5.0.77.10.in-addr.arpa');
    expect(addressOfReverseName('5.0.77.10.in-addr.arpa')).toBe('10.77.0.5');
    expect(addressOfReverseName('5.0.77.10.IN-ADDR.ARPA.')).toBe('10.77.0.5');
    expect(addressOfReverseName('kitchen.local')).toBeUndefined();
  });
});

describe('DNS messages', () => {
  it('asks in the bytes that RFC 1035 says', () => {
    const query = Buffer.from(encodePtrQuery(0x1234, ['5.0.77.10.in-addr.arpa']));
    expect(query.toString('hex')).toBe(
      '1234000000010000000000000135013002373702313007696e2d61646472046172706100000c0001',
    );
  });

  it('reads back what a responder answers', () => {
    const records = fc.array(fc.record({ question: name, name }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffff }), records, (id, list) => {
        const query = encodePtrQuery(
          id,
          list.map((record) => record.question),
        );
        expect(decodePtrAnswers(response(query, list))).toEqual({ id, records: list });
      }),
    );
  });

  it('takes no query for an answer', () => {
    expect(decodePtrAnswers(encodePtrQuery(1, ['kitchen.local']))).toBeUndefined();
  });

  it('reads no more than was sent: truncated messages are nothing or a part, never an error', () => {
    const list = [{ question: '5.0.77.10.in-addr.arpa', name: 'kitchen.local' }];
    const whole = response(encodePtrQuery(7, ['5.0.77.10.in-addr.arpa']), list);
    for (let length = 0; length < whole.length; length++) {
      expect(decodePtrAnswers(whole.subarray(0, length))).toBeUndefined();
    }
  });

  it('survives any bytes, and names that point at themselves', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const message = Buffer.concat([Buffer.from([0, 1, 0x84, 0, 0, 1, 0, 2]), bytes]);
        decodePtrAnswers(message);
      }),
    );
    const loop = Buffer.from('0001840000000001000000000000', 'hex');
    expect(
      decodePtrAnswers(Buffer.concat([loop.subarray(0, 12), Buffer.from('c00c000c0001', 'hex')])),
    ).toBeUndefined();
  });

  it('passes over records of other types', () => {
    const query = encodePtrQuery(3, []);
    const header = Buffer.from(query);
    header.writeUInt16BE(0x8400, 2);
    header.writeUInt16BE(1, 6);
    const a = Buffer.from('0161056c6f63616c00000100010000000a00040a4d0005', 'hex');
    expect(decodePtrAnswers(Buffer.concat([header, a]))).toEqual({ id: 3, records: [] });
  });
});
