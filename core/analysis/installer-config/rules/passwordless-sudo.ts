import type { FileRule } from '../items.ts';

export const passwordlessSudo: FileRule = {
  code: 'passwordless-sudo',
  *check({ assignment, isSet, value }) {
    const written = assignment('userperms_admin') ?? assignment('user_is_admin');
    if (written?.value !== '1' || value('username') === '') return;
    if (isSet('userpw') || !isSet('user_ssh_pubkey')) return;
    yield {
      ...written.range,
      message: `${value('username') ?? 'The user'} becomes root without a password, as userpw is empty: the key is all that protects it.`,
    };
  },
};
