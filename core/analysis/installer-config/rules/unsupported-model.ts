import { isInstallable, runs64Bit } from '../../../data/installer-models.ts';
import type { Draft } from '../../rule.ts';
import type { FileRule } from '../items.ts';

/** A host of the inventory that can’t be installed with this file. */
export const unsupportedModel: FileRule = {
  code: 'unsupported-model',
  *check({ firstLine, assignment, value }, { hosts = [] }) {
    const known = hosts.filter(({ model }) => model !== undefined);
    const unfit = known.filter(({ model }) => isInstallable(model) === false);
    if (unfit.length > 0) {
      yield {
        ...firstLine,
        ...severityFor(unfit.length, hosts.length),
        message: `This installer can’t install ${listOf(unfit)}: it boots models 1 to 4B, Zero, Zero W, Zero 2 W and Compute Modules 1, 3 and 3+.`,
      };
    }
    const arch = assignment('arch');
    if (arch === undefined || value('arch') !== 'arm64') return;
    const narrow = known.filter(
      ({ model }) => isInstallable(model) === true && !runs64Bit(model ?? ''),
    );
    if (narrow.length === 0) return;
    yield {
      ...arch.valueRange,
      ...severityFor(narrow.length, hosts.length),
      message: `${listOf(narrow)} can’t run arm64.`,
    };
  },
};

/** Where other hosts can be installed, the file itself is right. */
function severityFor(unfit: number, all: number): Pick<Draft, 'severity'> {
  return { severity: unfit === all ? 'error' : 'warning' };
}

function listOf(
  hosts: readonly { readonly name: string; readonly model: string | undefined }[],
): string {
  const shown = hosts.slice(0, 3).map(({ name, model }) => `${name} (${model ?? ''})`);
  const more = hosts.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
