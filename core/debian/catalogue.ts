/** All packages that one system could have, of one or more archives. */
import type { DebianPackage } from './packages.ts';
import { parseRelations, type Relation } from './relation.ts';
import { compareVersions, satisfies } from './version.ts';

/** A package with the archive that it comes from. */
export type Offer = {
  readonly package: DebianPackage;
  readonly archive: string;
  /** As apt weighs archives against each other: the highest wins, whatever the versions. */
  readonly priority: number;
};

export type Catalogue = {
  /** By falling preference. */
  readonly named: (name: string) => readonly Offer[];
  /** What can stand for the relation: packages of the name first, then those that provide it. */
  readonly candidates: (relation: Relation) => readonly Offer[];
  readonly required: () => readonly Offer[];
  readonly size: number;
};

/** Packages of other architectures are left out. */
export function catalogueOf(offers: Iterable<Offer>, architecture: string): Catalogue {
  const byName = new Map<string, Offer[]>();
  const byProvided = new Map<string, { readonly offer: Offer; readonly version?: string }[]>();
  let size = 0;
  for (const offer of offers) {
    const { name, architecture: own, provides } = offer.package;
    if (own !== architecture && own !== 'all') continue;
    size++;
    addTo(byName, name, offer);
    for (const relation of provides === '' ? [] : parseRelations(provides).flat()) {
      const version = relation.version?.relation === '=' ? relation.version.bound : undefined;
      addTo(byProvided, relation.name, { offer, ...(version === undefined ? {} : { version }) });
    }
  }
  for (const list of byName.values()) list.sort(preferred);
  for (const list of byProvided.values()) list.sort((a, b) => preferred(a.offer, b.offer));
  const named = (name: string): readonly Offer[] => byName.get(name) ?? [];
  /** apt installs one version of a name: the one it prefers. */
  const isChosen = (offer: Offer): boolean => named(offer.package.name)[0] === offer;
  return {
    size,
    named,
    candidates: ({ name, version }) => {
      const fits = (offered: string | undefined): boolean =>
        version === undefined ||
        (offered !== undefined && satisfies(offered, version.relation, version.bound));
      return [
        ...named(name).filter((offer) => isChosen(offer) && fits(offer.package.version)),
        ...(byProvided.get(name) ?? []).flatMap((provider) =>
          isChosen(provider.offer) && fits(provider.version) ? [provider.offer] : [],
        ),
      ];
    },
    required: () =>
      [...byName.values()].flatMap(([offer]) => (offer?.package.required === true ? [offer] : [])),
  };
}

function preferred(a: Offer, b: Offer): number {
  return (
    b.priority - a.priority ||
    compareVersions(b.package.version, a.package.version) ||
    (a.package.name < b.package.name ? -1 : 1)
  );
}

function addTo<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
