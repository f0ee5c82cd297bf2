/** What the Release of an archive says of it, and who signed that. */
import { isAbsent } from '../debian/http.ts';
import type { OpenedRelease } from '../debian/archive.ts';
import { suiteUrl } from '../debian/source.ts';
import type { NamedFinding } from '../runs/finding.ts';
import type { NamedSource, NetinstDownloads } from './netinst-packages.ts';

const FALLBACK = 'bullseye';

/** Whether an archive can be installed from. `now`: milliseconds since the epoch. */
export function judgeRelease(
  source: NamedSource,
  opened: OpenedRelease,
  { architecture, cache }: NetinstDownloads,
  now: number,
): NamedFinding[] {
  const { label, suite } = source;
  // The installer sends plain http through it, and nothing else.
  const by = cache === undefined || !source.url.startsWith('http:') ? undefined : cache;
  const byCache = by === undefined ? '' : ` (by the cache ${by})`;
  const reach = { name: label, why: 'What can’t be read is not installed.' };
  const failed = (detail: string, remedy?: string): NamedFinding[] => [
    { ...reach, status: 'failed', detail, ...(remedy === undefined ? {} : { remedy }) },
  ];
  switch (opened.type) {
    case 'failed':
      return failed(
        `${opened.url} can’t be read from here${byCache}: ${opened.why}`,
        by === undefined
          ? 'Check its name and the network, or take another mirror.'
          : 'Check that the cache runs there (setting mirror_cache), and that it reaches the mirror.',
      );
    case 'status':
      if (!isAbsent(opened.status)) {
        return failed(
          `${opened.url} answers ${opened.status}`,
          'It is busy or broken: try again later, or take another one.',
        );
      }
      return failed(
        `${opened.url} answers ${opened.status}: it has no release “${suite}”${suite === FALLBACK ? '' : `, and the installer may take ${FALLBACK} without a word`}`,
        'Set release to one that it has, or name another archive.',
      );
    case 'not-a-release':
      return failed(`${opened.url} is no Release file`, 'Check its address.');
    case 'release':
      break;
  }
  const { release, signature } = opened;
  if (release.validUntil !== undefined && release.validUntil < now) {
    const day = new Date(release.validUntil).toISOString().slice(0, 10);
    return failed(
      `what it signed expired on ${day} (${suiteUrl(source)})`,
      'It is not kept up to date: bring it up to date, or take another one.',
    );
  }
  if (!suite.endsWith('/') && !release.architectures.includes(architecture)) {
    return failed(
      `${source.url} has ${release.architectures.join(', ') || 'no architectures'}, not ${architecture}`,
      'armhf comes from a Raspbian mirror, arm64 from a Debian mirror.',
    );
  }
  const lacking = componentsOf(source).filter((name) => !hasComponent(release.components, name));
  if (lacking.length > 0) {
    return failed(
      `${suiteUrl(source)} has no component ${lacking.join(', ')}`,
      `It has ${release.components.join(', ') || 'none'}. An archive of your own is named by config/apt/sources.list (create/apt).`,
    );
  }
  const names = [release.origin, release.codename ?? release.suite, architecture];
  const shown = names.filter((name) => name !== undefined).join(' ');
  return [
    { ...reach, status: 'ok', detail: `${shown} at ${source.url}${byCache}` },
    judgeSignature(source, signature),
  ];
}

/** A flat archive has none. `contrib` and what follows may be missing from a mirror: apt only warns. */
function componentsOf({ suite, components, label }: NamedSource): readonly string[] {
  if (suite.endsWith('/')) return [];
  return label === 'mirror' ? ['main'] : components;
}

/** Suites of updates prefix their components: `updates/main`. */
export function hasComponent(components: readonly string[], name: string): boolean {
  return components.some((each) => each === name || each.endsWith(`/${name}`));
}

function judgeSignature(
  { label, trusted }: NamedSource,
  signature: Extract<OpenedRelease, { type: 'release' }>['signature'],
): NamedFinding {
  const check = {
    name: `${label}: signature`,
    why: 'The installer and apt refuse what nobody they know has signed.',
  };
  switch (signature.type) {
    case 'good':
      return { ...check, status: 'ok', detail: `by ${signature.by}` };
    case 'bad':
      return { ...check, status: 'failed', detail: signature.why, remedy: 'Take another mirror.' };
    case 'unknown':
      return {
        ...check,
        status: 'skipped',
        detail: signature.why,
        remedy: 'Name a file with the keys as create.repository.keyring in rpi.yml.',
      };
    case 'none':
      return trusted
        ? { ...check, status: 'ok', detail: 'none, and its list says trusted=yes' }
        : {
            ...check,
            status: 'failed',
            detail: 'it is not signed',
            remedy: 'Sign it, or list it with [trusted=yes] under create/apt.',
          };
  }
}
