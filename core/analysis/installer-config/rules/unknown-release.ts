import { nearest } from '../../../inventory/nearest.ts';
import { valueFix } from '../edits.ts';
import type { FileRule } from '../items.ts';

/** What this installer finishes. */
const INSTALLED = 'bullseye';

/** Suites that mirrors list, but whose installation this installer does not finish. */
const NEWER = new Set([
  'bookworm',
  'trixie',
  'forky',
  'sid',
  'stable',
  'oldstable',
  'testing',
  'unstable',
]);

/** Suites that have moved from the mirrors to archives. */
const OLDER = new Set(['wheezy', 'jessie', 'stretch', 'buster', 'oldoldstable']);

/** A release that the mirror does not list becomes bullseye without a word. */
export const unknownRelease: FileRule = {
  code: 'unknown-release',
  *check({ dialect, assignment, value }) {
    const written = assignment('release');
    const release = value('release');
    if (written?.value === undefined || written.value === '' || release === undefined) return;
    if (dialect.name !== 'raspberrypi-ua-netinst' || release === INSTALLED) return;
    if (OLDER.has(release) && /legacy|archive|snapshot/.test(value('mirror') ?? '')) return;
    const near = nearest(release, [INSTALLED, ...NEWER]);
    yield {
      ...written.valueRange,
      message: NEWER.has(release)
        ? `raspberrypi-ua-netinst 2.5.0 does not finish the installation of ${release}; a fork for it may.`
        : OLDER.has(release)
          ? `Mirrors no longer list ${release}: the installer takes ${INSTALLED} without a word.`
          : `No mirror has a release “${release}”: the installer takes ${INSTALLED} without a word.`,
      fixes: [valueFix(written, near[0] ?? INSTALLED, near[0] === INSTALLED)].filter(
        () => !NEWER.has(release),
      ),
    };
  },
};
