/**
 * Secrets between runs: each under a name of its own, so that two windows that keep or forget at
 * the same time don't undo each other. Their names stand in a list, because the editor can't list
 * the secrets of an extension.
 */
import type { SecretStore } from './secrets.ts';

/** What we need of the editor's SecretStorage. */
export type SecretStorage = {
  readonly get: (name: string) => PromiseLike<string | undefined>;
  readonly store: (name: string, value: string) => PromiseLike<void>;
  readonly delete: (name: string) => PromiseLike<void>;
};

/** The list of names, itself kept as a secret: prompts tell of people's Pis. */
export const NAMES = 'rpi.passwords';

export type EveryPassword = SecretStore & {
  /** Removes every secret that was kept. */
  readonly forget: () => Promise<void>;
};

/** One thing at a time in this window; what another window did meanwhile is looked at anew. */
export function createStore(storage: SecretStorage): EveryPassword {
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };
  const names = async (): Promise<readonly string[]> => {
    try {
      const listed: unknown = JSON.parse((await storage.get(NAMES)) ?? '[]');
      return Array.isArray(listed) ? listed.filter((name) => typeof name === 'string') : [];
    } catch {
      return [];
    }
  };
  /** Before it is stored, and whenever it is used: another window may have written the list over. */
  const list = async (name: string): Promise<void> => {
    const listed = await names();
    if (!listed.includes(name)) await storage.store(NAMES, JSON.stringify([...listed, name]));
  };
  return {
    get: (key) =>
      inTurn(async () => {
        const secret = await storage.get(nameOf(key));
        if (secret !== undefined) await list(nameOf(key));
        return secret;
      }),
    store: (key, secret) =>
      inTurn(async () => {
        await list(nameOf(key));
        await storage.store(nameOf(key), secret);
      }),
    delete: (key, secret) =>
      inTurn(async () => {
        if ((await storage.get(nameOf(key))) === secret) await storage.delete(nameOf(key));
      }),
    forget: () =>
      inTurn(async () => {
        for (const name of await names()) await storage.delete(name);
        await storage.delete(NAMES);
      }),
  };
}

function nameOf(key: string): string {
  return `rpi.password\n${key}`;
}
