/**
 * Which secret is given to whom, without the editor's own parts: what is kept is given once a run;
 * asked for again by the same run it was wrong, so it is forgotten and a person is asked.
 */
import type { SecretOutcome } from '../../core/askpass/outcome.ts';

/** Where secrets are kept between runs: the editor's SecretStorage. */
export type SecretStore = {
  readonly get: (key: string) => Promise<string | undefined>;
  readonly store: (key: string, secret: string) => Promise<void>;
  /** Nothing where another secret is kept under the key by now. */
  readonly delete: (key: string, secret: string) => Promise<void>;
};

export type SecretProject = {
  /** `id` of rpi.yml. */
  readonly id: string;
  /** Its folder: anybody can write the id of another project into an rpi.yml. */
  readonly root: string;
  /** What a person calls the project. */
  readonly label: string;
};

export type AskPerson = (question: {
  readonly project: SecretProject;
  readonly prompt: string;
  /** What was given before was refused. */
  readonly again: boolean;
  readonly signal: AbortSignal;
}) => Promise<{ readonly secret: string; readonly keep: boolean } | undefined>;

export type SecretRequest = {
  readonly project: SecretProject;
  readonly prompt: string;
  /** The process of the run that asks. */
  readonly pid: number;
  /** Aborts when the run no longer waits. */
  readonly signal: AbortSignal;
};

export type Secrets = {
  /** Undefined when the person gave none. */
  readonly answer: (request: SecretRequest) => Promise<string | undefined>;
  /** Resolves when what is known of ended runs has been written down. */
  readonly settled: () => Promise<void>;
};

type Given = { readonly secret: string; readonly isKept: boolean; readonly keep: boolean };

export function secretKey(project: SecretProject, prompt: string): string {
  return `${project.id}\n${project.root}\n${prompt}`;
}

/** `outcomeOf` follows a run to its end and tells whether its secrets were right. */
export function createSecrets(parts: {
  readonly store: SecretStore;
  readonly ask: AskPerson;
  readonly outcomeOf: (project: SecretProject, pid: number) => Promise<SecretOutcome>;
}): Secrets {
  const { store, ask, outcomeOf } = parts;
  const runs = new Map<number, Map<string, Given>>();
  const ends = new Set<Promise<void>>();
  let asking: Promise<unknown> = Promise.resolve();

  /** One question at a time: a second box would push the first one away. */
  const askNext: AskPerson = (question) => {
    const answered = asking.then(() => ask(question));
    asking = answered.catch(() => undefined);
    return answered;
  };

  const remember = (request: SecretRequest, given: Given): void => {
    const { project, prompt, pid } = request;
    const known = runs.get(pid);
    if (known !== undefined) {
      known.set(secretKey(project, prompt), given);
      return;
    }
    const begun = new Map([[secretKey(project, prompt), given]]);
    runs.set(pid, begun);
    const end = outcomeOf(project, pid)
      .catch((): SecretOutcome => 'unproven')
      .then(async (outcome) => {
        runs.delete(pid);
        for (const [key, { secret, isKept, keep }] of begun) {
          if (outcome === 'accepted' && keep) await store.store(key, secret);
          if (outcome === 'refused' && isKept) await store.delete(key, secret);
        }
      })
      .finally(() => ends.delete(end));
    ends.add(end);
  };

  return {
    answer: async (request) => {
      const { project, prompt, pid, signal } = request;
      const key = secretKey(project, prompt);
      const before = runs.get(pid)?.get(key);
      if (before === undefined) {
        const kept = await store.get(key);
        if (kept !== undefined) {
          remember(request, { secret: kept, isKept: true, keep: false });
          return kept;
        }
      } else if (before.isKept) {
        await store.delete(key, before.secret);
      }
      const typed = await askNext({ project, prompt, again: before !== undefined, signal });
      if (typed === undefined) return undefined;
      remember(request, { ...typed, isKept: false });
      return typed.secret;
    },
    settled: async () => {
      await Promise.all(ends);
    },
  };
}
