/**
 * Whether everything that an installation downloads is there: archives, signatures, packages.
 * Works on what was rendered for a host; asks servers, and no Pi.
 */
import { catalogueOf, type Catalogue, type Offer } from '../debian/catalogue.ts';
import {
  openRelease,
  readIndex,
  type ArchiveContext,
  type OpenedRelease,
} from '../debian/archive.ts';
import { parseWanted, resolve, type Missing, type Wanted } from '../debian/resolve.ts';
import { suiteUrl } from '../debian/source.ts';
import { reportOf, RpiError } from '../errors.ts';
import type { NamedFinding } from '../runs/finding.ts';
import { sizeText } from '../formats/size.ts';
import { hasComponent, judgeRelease } from './judge-release.ts';
import type { NamedSource, NetinstDownloads } from './netinst-packages.ts';

export type NeededPackage = {
  readonly name: string;
  readonly version: string;
  /** Bytes to download. */
  readonly size: number;
  /** The archive it comes from, as in the checks. */
  readonly from: string;
};

export type Examined = {
  readonly findings: readonly NamedFinding[];
  /** Everything that is downloaded; empty where it could not be told. */
  readonly packages: readonly NeededPackage[];
};

/** Servers, seen once a run: hosts that share an archive share what was read of it. */
export type Archives = {
  readonly release: (source: NamedSource) => Promise<OpenedRelease>;
  /** Throws `create.repository`. */
  readonly offers: (
    source: NamedSource,
    architecture: string,
    component: string,
  ) => Promise<readonly Offer[]>;
};

export function archivesSeen(context: ArchiveContext): Archives {
  const releases = new Map<string, Promise<OpenedRelease>>();
  const indexes = new Map<string, Promise<readonly Offer[]>>();
  const release = (source: NamedSource): Promise<OpenedRelease> =>
    remembered(releases, suiteUrl(source), () => openRelease(source, context));
  return {
    release,
    offers: (source, architecture, component) => {
      const key = [suiteUrl(source), component, architecture, source.priority].join(' ');
      return remembered(indexes, key, async () => {
        const opened = await release(source);
        if (opened.type !== 'release') return [];
        const place = { component, architecture };
        const offers: Offer[] = [];
        for await (const each of readIndex(source, opened.release, place, context)) {
          offers.push({ package: each, archive: source.label, priority: source.priority });
        }
        return offers;
      });
    },
  };
}

function remembered<Value>(
  map: Map<string, Promise<Value>>,
  key: string,
  make: () => Promise<Value>,
): Promise<Value> {
  const known = map.get(key) ?? make();
  map.set(key, known);
  return known;
}

/**
 * All that can be told from here. `now`: milliseconds since the epoch. `unreadable`: what an archive
 * is called that this machine can't read.
 */
export async function examineRepository(
  downloads: NetinstDownloads,
  archives: Archives,
  now: number,
  unreadable: 'failed' | 'skipped' = 'failed',
): Promise<Examined> {
  const findings: NamedFinding[] = [];
  let isWhole = true;
  for (const source of downloads.sources) {
    const opened = await archives.release(source);
    const judged = judgeRelease(source, opened, downloads, now);
    if (opened.type === 'failed' || judged.some(({ status }) => status === 'failed'))
      isWhole = false;
    findings.push(
      ...judged.map((each) => (opened.type === 'failed' ? { ...each, status: unreadable } : each)),
    );
  }
  if (!isWhole) {
    const detail =
      'not looked up: an archive that they would come from is not in order, or can’t be read';
    return { findings: [...findings, { ...PACKAGES, status: 'skipped', detail }], packages: [] };
  }
  try {
    const { finding, packages } = await lookUp(downloads, archives);
    return { findings: [...findings, finding], packages };
  } catch (error) {
    if (!RpiError.is(error, 'create.repository')) throw error;
    const { message: detail, remedy } = reportOf(error);
    const finding = { ...PACKAGES, status: 'failed', detail } as const;
    findings.push(remedy === undefined ? finding : { ...finding, remedy });
    return { findings, packages: [] };
  }
}

const PACKAGES = {
  name: 'packages',
  why: 'A package that can’t be had stops the installation after the disk was wiped.',
};
async function lookUp(
  downloads: NetinstDownloads,
  archives: Archives,
): Promise<{ readonly finding: NamedFinding; readonly packages: readonly NeededPackage[] }> {
  const { architecture, mirror, sources, base, afterwards, asked } = downloads;
  const first = catalogueOf(await archives.offers(mirror, architecture, 'main'), architecture);
  const all: Offer[] = [];
  for (const source of sources) all.push(...(await offersOf(source, architecture, archives)));
  const whole = catalogueOf(all, architecture);

  const required = first.required().map((offer): Wanted => ({ name: offer.package.name }));
  const bootstrapped = resolve([...required, ...base.flatMap(wantedOf)], first);
  const installed = resolve([...afterwards.flatMap(wantedOf)], whole);
  const missing = [
    ...bootstrapped.missing.map((each) => ({ ...each, where: mirror.url })),
    ...installed.missing.map((each) => ({ ...each, where: 'any of the archives' })),
  ];
  if (first.size === 0) {
    const detail = `${mirror.url} lists no package of ${architecture} in main`;
    return { finding: { ...PACKAGES, status: 'failed', detail }, packages: [] };
  }
  if (missing.length > 0) return { finding: lacks(missing), packages: [] };
  const packages = new Map<string, Offer>();
  // What the first step brought is fetched again where another archive has it newer.
  for (const offer of [...bootstrapped.packages, ...installed.packages]) {
    packages.set(`${offer.package.name} ${offer.package.version}`, offer);
  }
  const needed = [...packages.values()].map(({ package: { name, version, size }, archive }) => {
    return { name, version, size, from: archive };
  });
  return {
    finding: { ...PACKAGES, status: 'ok', detail: summaryOf(needed, asked, whole) },
    packages: needed,
  };
}

async function offersOf(
  source: NamedSource,
  architecture: string,
  archives: Archives,
): Promise<readonly Offer[]> {
  const opened = await archives.release(source);
  if (opened.type !== 'release') return [];
  if (source.suite.endsWith('/')) return archives.offers(source, architecture, '');
  const { components } = opened.release;
  const present = source.components.filter((name) => hasComponent(components, name));
  const lists = await Promise.all(
    present.map((component) => archives.offers(source, architecture, component)),
  );
  return lists.flat();
}

/** What no package can be called is not looked up: the lint of the settings speaks of it. */
function wantedOf(text: string): Wanted[] {
  const wanted = parseWanted(text);
  return wanted === undefined ? [] : [wanted];
}

function lacks(missing: readonly (Missing & { readonly where: string })[]): NamedFinding {
  const shown = missing
    .slice(0, 10)
    .map(
      ({ wanted, why, where }) => `${why === wanted ? wanted : `${wanted} (${why})`} in ${where}`,
    );
  const more = missing.length > shown.length ? ` and ${missing.length - shown.length} more` : '';
  return {
    ...PACKAGES,
    status: 'failed',
    detail: `not to be had: ${shown.join('; ')}${more}`,
    remedy: 'Correct packages, or add an archive that has them (create/apt/NAME.list).',
  };
}

function summaryOf(
  needed: readonly NeededPackage[],
  asked: readonly string[],
  catalogue: Catalogue,
): string {
  const bytes = needed.reduce((sum, { size }) => sum + size, 0);
  const versions = asked.flatMap((text) => {
    const name = parseWanted(text)?.name ?? '';
    const known = needed.find((each) => each.name === name);
    const version = known?.version ?? catalogue.named(name)[0]?.package.version;
    return version === undefined ? [] : [`${name} ${version}`];
  });
  const among = versions.length === 0 ? '' : `; ${versions.join(', ')}`;
  return `${needed.length} packages, ${sizeText(bytes)} to download${among}`;
}
