import { addLine, writeValue } from '../edits.ts';
import type { InstallerFacts } from '../facts.ts';
import type { FileRule } from '../items.ts';

/** Ansible runs Python on the machines that it sets up. */
export const noPython: FileRule = {
  code: 'no-python',
  *check(facts) {
    const { text, statements, assignment, value } = facts;
    const preset = value('preset');
    // With the set “server” it comes as a recommendation of other packages.
    if (preset !== 'base' && preset !== 'minimal') return;
    const packages = packagesOf(facts);
    const written = assignment('packages');
    const place = written ?? assignment('preset');
    if (packages === undefined || place === undefined) return;
    if ([...packages].some((name) => /^python3(?:\.\d+)?(?:-minimal)?$/.test(name))) return;
    const added =
      written === undefined
        ? addLine(text, statements, place.range, 'packages', 'python3')
        : writeValue(
            written,
            [written.value ?? '', 'python3'].filter((each) => each !== '').join(','),
          );
    yield {
      ...place.range,
      message: `preset=${preset} comes without Python, which Ansible needs: add python3 to packages.`,
      fixes:
        added === undefined
          ? []
          : [{ title: 'Add python3 to packages', edits: [added], preferred: true }],
    };
  },
};

/** The names in `packages`, without versions and suites; undefined where the shell decides. */
export function packagesOf({ value }: InstallerFacts): ReadonlySet<string> | undefined {
  const packages = value('packages');
  return packages === undefined
    ? undefined
    : new Set(
        packages
          .split(/[\s,]+/)
          .map((each) => each.replace(/[:=/].*$/, ''))
          .filter(Boolean),
      );
}
