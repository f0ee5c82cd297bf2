/** How to prove who we are: the logins, and their order on one connection. */
import type { AnyAuthMethod, Prompt } from 'ssh2';

export type SshLogin =
  | { readonly type: 'password'; readonly password: string }
  | { readonly type: 'key'; readonly privateKey: string; readonly passphrase?: string }
  /** `socket` is the agent's, as in SSH_AUTH_SOCK. */
  | { readonly type: 'agent'; readonly socket: string };

export type LoginSteps = {
  /** The next thing to try, given the methods the server still offers (null: not said yet). */
  readonly next: (methods: readonly string[] | null) => AnyAuthMethod | undefined;
  /** The login that was tried last. */
  readonly current: () => SshLogin;
  /** The methods the server named last. */
  readonly methods: () => readonly string[];
};

/**
 * Walks through `logins`, leaving out what the server does not offer: a password is not sent to a
 * server that takes none. With `probe` the first step only asks for the methods.
 */
export function loginSteps(
  username: string,
  logins: readonly SshLogin[],
  probe: boolean,
): LoginSteps {
  const waiting = [...logins];
  let probing = probe;
  let last = logins[0];
  let offered: readonly string[] = [];

  const next = (methods: readonly string[] | null): AnyAuthMethod | undefined => {
    if (methods !== null) offered = methods;
    if (probing) {
      probing = false;
      return { type: 'none', username };
    }
    for (;;) {
      const login = waiting.shift();
      if (login === undefined) return undefined;
      const step = stepOf(username, login, methods);
      if (step === undefined) continue;
      last = login;
      return step;
    }
  };
  const current = (): SshLogin => {
    if (last === undefined) throw new Error('a connection needs a login');
    return last;
  };
  return { next, current, methods: () => offered };
}

function stepOf(
  username: string,
  login: SshLogin,
  methods: readonly string[] | null,
): AnyAuthMethod | undefined {
  const offers = (method: string): boolean => methods === null || methods.includes(method);
  switch (login.type) {
    case 'key':
      return offers('publickey')
        ? {
            type: 'publickey',
            username,
            key: login.privateKey,
            ...(login.passphrase === undefined ? {} : { passphrase: login.passphrase }),
          }
        : undefined;
    case 'agent':
      return offers('publickey') ? { type: 'agent', username, agent: login.socket } : undefined;
    case 'password':
      if (offers('password')) return { type: 'password', username, password: login.password };
      return offers('keyboard-interactive')
        ? { type: 'keyboard-interactive', username, prompt: answerOnce(login.password) }
        : undefined;
  }
}

/** Answers the first hidden question with the password, and nothing else with anything. */
function answerOnce(password: string) {
  let answered = false;
  return (
    _name: string,
    _instructions: string,
    _language: string,
    prompts: Prompt[],
    finish: (answers: string[]) => void,
  ): void => {
    finish(
      prompts.map((prompt) => {
        if (answered || prompt.echo === true) return '';
        answered = true;
        return password;
      }),
    );
  };
}
