import { expect, test } from 'vitest';
import { createStore, NAMES } from '../../../client/askpass/store.ts';

/** As the editor's: shared by all windows, and every call takes a while. */
function storage() {
  const kept = new Map<string, string>();
  const soon = async <Result>(work: () => Result): Promise<Result> => {
    await new Promise((resolve) => setImmediate(resolve));
    return work();
  };
  return {
    kept,
    get: (name: string) => soon(() => kept.get(name)),
    store: (name: string, value: string) => soon(() => void kept.set(name, value)),
    delete: (name: string) => soon(() => void kept.delete(name)),
  };
}

test('two runs that end together lose nothing', async () => {
  const store = createStore(storage());
  await Promise.all(['a', 'b', 'c'].map((key) => store.store(key, `secret ${key}`)));
  expect(await Promise.all(['a', 'b', 'c'].map((key) => store.get(key)))).toEqual([
    'secret a',
    'secret b',
    'secret c',
  ]);
});

test('what one window forgets is not brought back by another, and the other way round', async () => {
  const shared = storage();
  const [one, two] = [createStore(shared), createStore(shared)];
  await one.store('wrong', 'old');
  await Promise.all([one.delete('wrong', 'old'), two.store('right', 'new')]);
  expect(await one.get('wrong')).toBeUndefined();
  expect(await one.get('right')).toBe('new');
});

test('a secret that was refused does not take the one with it that was typed meanwhile', async () => {
  const store = createStore(storage());
  await store.store('a', 'old');
  await store.store('a', 'new');
  await store.delete('a', 'old');
  expect(await store.get('a')).toBe('new');
});

test('forgetting leaves nothing behind, also where two windows wrote the list at once', async () => {
  const shared = storage();
  const [one, two] = [createStore(shared), createStore(shared)];
  await Promise.all([one.store('a', '1'), two.store('b', '2')]);
  await Promise.all([one.get('a'), one.get('b')]);
  await one.forget();
  expect([...shared.kept]).toEqual([]);
});

test('what is no list of names is none', async () => {
  const shared = storage();
  shared.kept.set(NAMES, '{"of": "another version"}');
  const store = createStore(shared);
  await store.store('a', '1');
  await store.forget();
  expect([...shared.kept]).toEqual([]);
});
