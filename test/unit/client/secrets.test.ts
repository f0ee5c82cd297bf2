import { describe, expect, test } from 'vitest';
import { createSecrets, secretKey, type AskPerson } from '../../../client/askpass/secrets.ts';
import { refusesSecret, type SecretOutcome } from '../../../core/askpass/outcome.ts';
import type { EventBody } from '../../../core/runs/event.ts';

const project = { id: 'pis', root: '/home/me/pis', label: 'my pis' };
const prompt = 'Password for sudo on the Pis';
const key = secretKey(project, prompt);

function desk(options: {
  readonly kept?: string;
  readonly answers?: readonly ({ secret: string; keep: boolean } | undefined)[];
  readonly outcome: SecretOutcome;
}) {
  const kept = new Map(options.kept === undefined ? [] : [[key, options.kept]]);
  const answers = [...(options.answers ?? [])];
  const again: boolean[] = [];
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const ask: AskPerson = (question) => {
    again.push(question.again);
    return Promise.resolve(answers.shift());
  };
  const secrets = createSecrets({
    store: {
      get: (name) => Promise.resolve(kept.get(name)),
      store: (name, secret) => Promise.resolve(void kept.set(name, secret)),
      delete: (name) => Promise.resolve(void kept.delete(name)),
    },
    ask,
    outcomeOf: async () => {
      await ended;
      return options.outcome;
    },
  });
  const { signal } = new AbortController();
  return {
    kept,
    again,
    answer: (pid = 7) => secrets.answer({ project, prompt, pid, signal }),
    end: async () => {
      end();
      await secrets.settled();
    },
  };
}

describe('a secret', () => {
  test('that is kept is given without a question', async () => {
    const { answer, again, kept, end } = desk({ kept: 'old', outcome: 'unproven' });
    expect(await answer()).toBe('old');
    await end();
    expect(again).toEqual([]);
    expect(kept.get(key)).toBe('old'); // what failed was something else
  });

  test('that is asked for twice by one run was wrong: it is forgotten, and a person is asked', async () => {
    const answers = [{ secret: 'new', keep: true }];
    const { answer, again, kept, end } = desk({ kept: 'old', answers, outcome: 'accepted' });
    expect(await answer()).toBe('old');
    expect(await answer()).toBe('new');
    expect(again).toEqual([true]);
    expect(kept.size).toBe(0);
    await end();
    expect(kept.get(key)).toBe('new');
  });

  test.each(['refused', 'unproven'] as const)(
    'of a run that was %s is not kept',
    async (outcome) => {
      const { answer, kept, end } = desk({ answers: [{ secret: 'x', keep: true }], outcome });
      await answer();
      await end();
      expect(kept.size).toBe(0);
    },
  );

  test('that nobody gives is none', async () => {
    const { answer, kept } = desk({ answers: [undefined], outcome: 'accepted' });
    expect(await answer()).toBeUndefined();
    expect(kept.size).toBe(0);
  });

  test('is asked for by one box at a time', async () => {
    let open = 0;
    let most = 0;
    const secrets = createSecrets({
      store: {
        get: () => Promise.resolve(undefined),
        store: () => Promise.resolve(),
        delete: () => Promise.resolve(),
      },
      ask: async () => {
        most = Math.max(most, ++open);
        await Promise.resolve();
        open--;
        return { secret: 'x', keep: false };
      },
      outcomeOf: () => Promise.resolve('accepted'),
    });
    const { signal } = new AbortController();
    await Promise.all(
      [1, 2, 3].map((pid) => secrets.answer({ project, prompt: `${prompt} ${pid}`, pid, signal })),
    );
    expect(most).toBe(1);
  });
});

describe('a refused secret is told', () => {
  const result = (message: string): EventBody => ({
    kind: 'ansible.result',
    host: 'kitchen',
    task: 'x',
    status: 'failed',
    ignored: false,
    rescued: false,
    message,
  });

  test.each<[string, EventBody]>([
    ['by Ansible of sudo', result('Incorrect sudo password')],
    ['by Ansible where there was none', result('Missing sudo password')],
    [
      'by Ansible of the vault',
      {
        kind: 'output',
        stream: 'stderr',
        text: 'ERROR! Decryption failed (no vault secrets were found that could decrypt)',
      },
    ],
    [
      'by ssh',
      {
        kind: 'host.finished',
        host: 'kitchen',
        status: 'failed',
        summary: 'locked',
        error: { code: 'access.locked', message: 'locked' },
      },
    ],
  ])('%s', (_how, event) => {
    expect(refusesSecret(event)).toBe(true);
  });

  test('and not by a task that failed for another reason', () => {
    expect(refusesSecret(result('non-zero return code'))).toBe(false);
    expect(
      refusesSecret({ kind: 'output', stream: 'stdout', text: 'Incorrect sudo password' }),
    ).toBe(false);
  });
});
