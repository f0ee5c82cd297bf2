import { describe, expect, test } from 'vitest';
import { agreedAnswer, agreedToHosts, agreedToName } from '../../../client/commands/agreement.ts';
import type { Event, EventBody, Question } from '../../../core/runs/event.ts';

async function* events(...bodies: readonly EventBody[]): AsyncGenerator<Event> {
  for (const [seq, body] of bodies.entries()) {
    yield await Promise.resolve({ v: 1, run: 'r', seq, at: '2026-11-22T10:00:00.000Z', ...body });
  }
}

const asks = (id: string, question: Question): EventBody => ({ kind: 'question', id, question });
const yesNo = (hosts?: string[]): Question => ({
  type: 'yes-no',
  text: 'Reboot?',
  ...(hosts === undefined ? {} : { hosts }),
});

describe('what was agreed to in a dialog', () => {
  test('is a yes for the hosts that it named, and for none besides', () => {
    const agreed = agreedToHosts(['kitchen', 'attic']);
    expect(agreed(yesNo(['kitchen']))).toBe('yes');
    expect(agreed(yesNo(['kitchen', 'shed']))).toBeUndefined();
    expect(agreed(yesNo([]))).toBeUndefined();
    expect(agreed(yesNo())).toBeUndefined();
    expect(agreed({ type: 'secret', text: 'Password', hosts: ['kitchen'] })).toBeUndefined();
  });

  test('is a typed name where that name is asked for', () => {
    const typed = (expect_: string): Question => ({
      type: 'typed',
      text: 'Erase?',
      expect: expect_,
    });
    expect(agreedToName('kitchen')(typed('kitchen'))).toBe('kitchen');
    expect(agreedToName('kitchen')(typed('attic'))).toBeUndefined();
    expect(agreedToName('kitchen')(yesNo(['kitchen']))).toBeUndefined();
  });

  test('answers that question and leaves the others to the terminal', async () => {
    const run = events(
      asks('q1', { type: 'secret', text: 'Passphrase' }),
      asks('q2', yesNo(['kitchen'])),
      asks('q3', yesNo(['kitchen'])),
    );
    const answer = await agreedAnswer(run, agreedToHosts(['kitchen']));
    expect(answer).toEqual({ run: 'r', id: 'q2', value: 'yes' });
    expect(await agreedAnswer(events(), agreedToHosts(['kitchen']))).toBeUndefined();
  });
});
