import type { Finding } from '../../../../runs/finding.ts';
import type { InstallInput } from '../../../backend.ts';
import type { Suite } from '../../../../debian/release.ts';
import type { NetinstProbe, Rendered } from '../probe.ts';

/** Whose signature the installer accepts, by the `Origin` of what they sign. */
const ORIGINS: Readonly<Record<string, string>> = { armhf: 'Raspbian', arm64: 'Debian' };
/** What the installer takes, without a word, for a release that the mirror does not list. */
const FALLBACK = 'bullseye';
/** Processors without a 64-bit mode. */
const ONLY_32_BIT = new Set(['BCM2835', 'BCM2836']);

export const releaseProbe: NetinstProbe = {
  name: 'release',
  why: 'A release that the mirror does not list becomes bullseye without a word; a wrong architecture starts nothing.',
  find: (rendered, input) => {
    const { settings } = rendered;
    const [release, arch] = [settings.get('release'), settings.get('arch')];
    if (release === undefined || arch === undefined) {
      return {
        status: 'failed',
        detail: 'release or architecture is computed by the settings',
        remedy: 'Write plain values for release and arch.',
      };
    }
    const processor = input.facts.revision?.processor;
    if (arch === 'arm64' && processor !== undefined && ONLY_32_BIT.has(processor)) {
      return {
        status: 'failed',
        detail: `its processor (${processor}) has no 64-bit mode, and arch is arm64`,
        remedy: 'Set arch=armhf and a Raspbian mirror.',
      };
    }
    return ofMirror(input, rendered, release, arch);
  },
};

function ofMirror(
  { sources, now }: InstallInput,
  { settings }: Rendered,
  release: string,
  arch: string,
): Finding {
  const [source] = sources;
  switch (source?.fromHere.type) {
    case undefined:
      return { status: 'failed', detail: 'the mirror is computed by the settings' };
    case 'failed':
      return {
        status: 'skipped',
        detail: `${source.url} can’t be read from here: ${source.fromHere.why}`,
      };
    case 'not-a-release':
      return {
        status: 'failed',
        detail: `${source.url} is no Release file of an apt repository`,
        remedy: 'Check the setting mirror.',
      };
    case 'status':
      return {
        status: 'failed',
        detail: `the mirror has no release “${release}” (${source.url}: ${source.fromHere.status})${release === FALLBACK ? '' : `; the installer would take ${FALLBACK} instead`}`,
        remedy: 'Set release to one that the mirror has, or another mirror.',
      };
    case 'release': {
      const fault = faultOf(source.fromHere.release, arch, now, settings.get('mirror') ?? '');
      return (
        fault ?? { status: 'ok', detail: `${release} with main for ${arch}, valid at this time` }
      );
    }
  }
}

function faultOf(
  { origin, architectures, components, validUntil }: Suite,
  arch: string,
  now: number,
  mirror: string,
): Finding | undefined {
  if (validUntil !== undefined && validUntil < now) {
    return {
      status: 'failed',
      detail: `what ${mirror} signed expired on ${new Date(validUntil).toISOString().slice(0, 10)}`,
      remedy: 'The mirror is not kept up to date: take another one.',
    };
  }
  if (!architectures.includes(arch)) {
    return {
      status: 'failed',
      detail: `${mirror} has ${architectures.join(', ') || 'no architectures'}, not ${arch}`,
      remedy: 'armhf comes from a Raspbian mirror, arm64 from a Debian mirror.',
    };
  }
  const wanted = ORIGINS[arch];
  if (wanted !== undefined && origin !== wanted) {
    return {
      status: 'failed',
      detail: `${mirror} is signed by ${origin ?? 'nobody known'}; for ${arch} the installer accepts ${wanted} only`,
      remedy: 'armhf comes from a Raspbian mirror, arm64 from a Debian mirror.',
    };
  }
  // Suites of updates prefix their components: `updates/main`.
  if (!components.some((component) => component === 'main' || component.endsWith('/main'))) {
    return { status: 'failed', detail: `${mirror} has no component main` };
  }
  return undefined;
}
