import type { FileRule } from '../items.ts';

/** Passwords stand in clear on the boot partition, which has no owners. */
export const clearPassword: FileRule = {
  code: 'clear-password',
  *check({ dialect, assignment, isSet, value }, { scrubsPasswords }) {
    if (value('cleanup') === '1' || scrubsPasswords === true) return;
    const scrub =
      dialect.option('cleanup') === undefined
        ? 'Remove it in post-install.txt.'
        : 'Remove it in post-install.txt, or with cleanup=1.';
    const rootpw = assignment('rootpw');
    if (rootpw !== undefined && isSet('rootpw') && rootpw.value !== 'raspbian') {
      yield {
        ...rootpw.valueRange,
        severity: 'information',
        message: `The password stays readable on the boot partition. ${scrub}`,
      };
    }
    const userpw = assignment('userpw');
    if (userpw === undefined || !isSet('userpw')) return;
    yield {
      ...userpw.valueRange,
      message: `The password stays readable on the boot partition; user_ssh_pubkey needs none. ${scrub}`,
    };
  },
};
