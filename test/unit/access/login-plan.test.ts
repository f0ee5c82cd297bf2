import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  planLogins,
  type LoginPlanInput,
  type LoginRound,
} from '../../../core/access/login-plan.ts';
import type { SshLogin } from '../../../core/ssh/session.ts';

const key: SshLogin = { type: 'key', privateKey: 'k' };
const own: SshLogin = { type: 'key', privateKey: 'own' };
const base: LoginPlanInput = {
  user: undefined,
  keys: [key],
  ownKeys: [],
  tryDefaults: false,
  passwords: [],
};

/** As in `pi: key raspberry`, a connection each; rounds apart. */
function told(rounds: readonly LoginRound[]): string[][] {
  return rounds.map((round) =>
    round.map(({ user, logins }) => {
      const words = logins.map(({ login }) =>
        login.type === 'password' ? login.password : login.type,
      );
      return `${user}: ${words.join(' ')}`;
    }),
  );
}

describe('the plan of logins', () => {
  it('tries the key for pi and root where the inventory names nobody', () => {
    expect(told(planLogins(base))).toEqual([['pi: key', 'root: key']]);
  });

  it('tries key and default password of an account on one connection', () => {
    expect(told(planLogins({ ...base, tryDefaults: true }))).toEqual([
      ['pi: key raspberry', 'root: key raspbian'],
    ]);
  });

  it('tries a person’s key after the project’s, on the same connection', () => {
    const plan = planLogins({ ...base, user: 'pi', ownKeys: [own] });
    expect(plan.flat().flatMap(({ logins }) => logins.map(({ kind }) => kind))).toEqual([
      'key',
      'own-key',
    ]);
  });

  it('begins with the user of the inventory', () => {
    expect(told(planLogins({ ...base, user: 'root', tryDefaults: true }))).toEqual([
      ['root: key raspbian', 'pi: key raspberry'],
    ]);
  });

  it('tries only the key and a person’s password where defaults are not wanted', () => {
    expect(told(planLogins({ ...base, user: 'ann', passwords: ['mine'] }))).toEqual([
      ['ann: key mine'],
    ]);
  });

  it('tries a person’s password after the defaults, in a round of its own', () => {
    expect(told(planLogins({ ...base, tryDefaults: true, passwords: ['mine'] }))).toEqual([
      ['pi: key raspberry', 'root: key raspbian'],
      ['pi: mine', 'root: mine'],
    ]);
  });

  it('never sends more than two passwords in a round, nor twice the same login', () => {
    const anyInput = fc.record({
      user: fc.constantFrom(undefined, 'pi', 'root', 'ann'),
      keys: fc.constantFrom<SshLogin[][]>([], [key]),
      ownKeys: fc.constantFrom<SshLogin[][]>([], [own]),
      tryDefaults: fc.boolean(),
      passwords: fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 2 }),
    });
    fc.assert(
      fc.property(anyInput, (input) => {
        const plan = planLogins(input);
        for (const round of plan) {
          const passwords = round.flatMap(({ logins }) =>
            logins.filter(({ login }) => login.type === 'password'),
          );
          expect(passwords.length).toBeLessThanOrEqual(2);
        }
        const all = plan
          .flat()
          .flatMap(({ user, logins }) =>
            logins.map(({ login, kind }) => JSON.stringify([user, kind, login])),
          );
        expect(new Set(all).size).toBe(all.length);
        const defaults = plan
          .flat()
          .flatMap(({ logins }) => logins.filter(({ kind }) => kind === 'default'));
        expect(defaults.length).toBe(input.tryDefaults ? 2 : 0);
      }),
    );
  });
});
