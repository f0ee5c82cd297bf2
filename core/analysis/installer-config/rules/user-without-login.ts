import type { FileRule } from '../items.ts';

/** The account is made, and nobody can use it. */
export const userWithoutLogin: FileRule = {
  code: 'user-without-login',
  *check({ settings, assignment, isSet, value }, { managesAccounts }) {
    const written = assignment('username');
    if (written === undefined || managesAccounts === true || isSet('online_config')) return;
    if (!settings.certain || !isSet('username')) return;
    if (isSet('user_ssh_pubkey') || isSet('userpw')) return;
    yield {
      ...written.range,
      message: `${value('username') ?? 'The user'} has neither a key nor a password, and can’t log in: set user_ssh_pubkey.`,
    };
  },
};
