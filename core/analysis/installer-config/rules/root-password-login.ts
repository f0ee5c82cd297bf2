import { valueFix } from '../edits.ts';
import type { FileRule } from '../items.ts';

/** Root by password over ssh is what every scanner tries. */
export const rootPasswordLogin: FileRule = {
  code: 'root-password-login',
  *check({ assignment, value }) {
    const written = assignment('root_ssh_pwlogin');
    if (written?.value !== '1' || value('ssh_pwlogin') === '0') return;
    yield {
      ...written.range,
      message: 'Root may log in over ssh with a password: authorise a key and write 0.',
      fixes: [valueFix(written, '0', false)],
    };
  },
};
