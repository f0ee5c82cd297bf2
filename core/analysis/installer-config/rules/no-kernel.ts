import { removeFix } from '../edits.ts';
import type { FileRule } from '../items.ts';

/** A bootstrap line of one’s own has neither kernel nor boot loader. */
export const noKernel: FileRule = {
  code: 'no-kernel',
  *check({ text, assignment, isSet }) {
    const written = assignment('cdebootstrap_cmdline');
    if (written === undefined || !isSet('cdebootstrap_cmdline')) return;
    yield {
      ...written.range,
      message:
        'With cdebootstrap_cmdline neither a kernel nor a boot loader is installed: the system does not boot.',
      fixes: removeFix(text, written, false),
    };
  },
};
