/**
 * What inventories that are programs say, for who must not wait: a program is asked beside the
 * reading, and what it said last is read meanwhile.
 */
import { RpiError, reportOf } from '../errors.ts';

/** What a program said, or why it said nothing. */
export type ProgramAnswer = { readonly listing: string } | { readonly error: RpiError };

export type ProgramAnswers = {
  /** Another number whenever `of` may answer otherwise. Asks again what is older than 5 minutes. */
  readonly version: () => number;
  /**
   * The last answer of the program at `path`, whose file says `text`; undefined while it is awaited
   * for the first time. It is asked where it was not yet, or where its file has changed.
   */
  readonly of: (path: string, text: string) => ProgramAnswer | undefined;
  /** All are asked again when they are needed next. */
  readonly renew: () => void;
};

type Asked = {
  text: string;
  at: number;
  isAsking: boolean;
  answer: ProgramAnswer | undefined;
};

/** Milliseconds. */
const OLD = 5 * 60_000;

/**
 * `list` runs a program, as listProgram does; `onAnswer` is told when one says something else than
 * before. `now`: milliseconds since the epoch.
 */
export function openProgramAnswers(options: {
  readonly list: (path: string) => Promise<string>;
  readonly onAnswer: () => void;
  readonly now: () => number;
}): ProgramAnswers {
  const { list, onAnswer, now } = options;
  const all = new Map<string, Asked>();
  let version = 0;

  const ask = async (path: string, asked: Asked): Promise<void> => {
    asked.isAsking = true;
    asked.at = now();
    const answer = await list(path).then(
      (listing): ProgramAnswer => ({ listing }),
      (error: unknown): ProgramAnswer => ({ error: noAnswer(path, error) }),
    );
    asked.isAsking = false;
    const isSame = wordsOf(asked.answer) === wordsOf(answer);
    asked.answer = answer;
    if (isSame) return;
    version++;
    onAnswer();
  };
  const askIfOld = (path: string, asked: Asked): void => {
    if (!asked.isAsking && now() - asked.at >= OLD) void ask(path, asked);
  };

  return {
    version: () => {
      for (const [path, asked] of all) askIfOld(path, asked);
      return version;
    },
    of: (path, text) => {
      const asked = all.get(path) ?? { text, at: -Infinity, isAsking: false, answer: undefined };
      all.set(path, asked);
      if (asked.text !== text) asked.at = -Infinity;
      asked.text = text;
      askIfOld(path, asked);
      return asked.answer;
    },
    renew: () => {
      for (const asked of all.values()) asked.at = -Infinity;
    },
  };
}

function wordsOf(answer: ProgramAnswer | undefined): string | undefined {
  return answer === undefined || 'listing' in answer ? answer?.listing : answer.error.message;
}

function noAnswer(path: string, error: unknown): RpiError {
  const { code, message, remedy } = reportOf(error);
  return new RpiError(code, message, {
    ...(remedy === undefined ? {} : { remedy }),
    places: [{ path, message }],
  });
}
