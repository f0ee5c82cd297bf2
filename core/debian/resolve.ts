/** Which packages come along with those that are wanted, and why some of them can't be had. */
import type { Catalogue, Offer } from './catalogue.ts';
import { parseRelations, relationText, type Alternatives } from './relation.ts';
import { compareVersions } from './version.ts';

/** A package as apt is asked for it: `name`, `name=version`, `name/suite`, `name:arch`. */
export type Wanted = { readonly name: string; readonly version?: string };

export type Missing = {
  /** What was asked for. */
  readonly wanted: string;
  /** From what was asked for to what is missing: `apache2 → apache2-bin → libapr1 (>= 1.7)`. */
  readonly why: string;
};

export type Resolved = {
  /** Everything to be installed, what was wanted too, ordered by name. */
  readonly packages: readonly Offer[];
  readonly missing: readonly Missing[];
};

export function parseWanted(text: string): Wanted | undefined {
  const [, name, version] =
    /^([a-z0-9][a-z0-9+.-]*)(?::[a-z0-9]+)?(?:=([A-Za-z0-9.+:~-]+)|\/[A-Za-z0-9._-]+)?$/.exec(
      text,
    ) ?? [];
  if (name === undefined) return undefined;
  return version === undefined ? { name } : { name, version };
}

/**
 * Follows Depends and Pre-Depends to their end. A package counts as installable when for each of
 * its dependencies one alternative is installable, circles included (the greatest such set, so
 * the order of looking does not matter). Conflicts are not looked at.
 */
export function resolve(wanted: readonly Wanted[], catalogue: Catalogue): Resolved {
  const roots = wanted.map((each) => ({ each, offer: offerOf(each, catalogue) }));
  const graph = reachable(
    roots.flatMap(({ offer }) => offer ?? []),
    catalogue,
  );
  const broken = brokenOf(graph);
  const missing: Missing[] = [];
  const chosen = new Map<string, Offer>();
  const queue: Offer[] = [];
  const choose = (offer: Offer): void => {
    if (chosen.has(offer.package.name)) return;
    chosen.set(offer.package.name, offer);
    queue.push(offer);
  };
  for (const { each, offer } of roots) {
    const text = each.version === undefined ? each.name : `${each.name}=${each.version}`;
    if (offer === undefined) missing.push({ wanted: text, why: text });
    else if (broken.has(offer)) missing.push({ wanted: text, why: chainOf(offer, graph, broken) });
    else choose(offer);
  }
  for (let offer = queue.shift(); offer !== undefined; offer = queue.shift()) {
    for (const { offers } of graph.get(offer) ?? []) {
      const sound = offers.filter((candidate) => !broken.has(candidate));
      if (sound.some((candidate) => chosen.get(candidate.package.name) === candidate)) continue;
      if (sound[0] !== undefined) choose(sound[0]);
    }
  }
  const packages = [...chosen.values()].sort((a, b) => (a.package.name < b.package.name ? -1 : 1));
  return { packages, missing };
}

function offerOf({ name, version }: Wanted, catalogue: Catalogue): Offer | undefined {
  if (version === undefined) return catalogue.candidates({ name })[0];
  return catalogue
    .named(name)
    .find((offer) => compareVersions(offer.package.version, version) === 0);
}

/** A dependency, and everything that would do for it, the preferred first. */
type Need = { readonly alternatives: Alternatives; readonly offers: readonly Offer[] };
type Graph = ReadonlyMap<Offer, readonly Need[]>;

/** Every package that could come along, by whichever alternative. */
function reachable(roots: readonly Offer[], catalogue: Catalogue): Graph {
  const graph = new Map<Offer, readonly Need[]>();
  const queue = [...roots];
  for (let offer = queue.pop(); offer !== undefined; offer = queue.pop()) {
    if (graph.has(offer)) continue;
    const needs = parseRelations(offer.package.dependsOn).map((alternatives) => ({
      alternatives,
      offers: alternatives.flatMap((relation) => catalogue.candidates(relation)),
    }));
    graph.set(offer, needs);
    queue.push(...needs.flatMap(({ offers }) => offers));
  }
  return graph;
}

/** What can't be installed: begins with what lacks something, and goes on to what needs that. */
function brokenOf(graph: Graph): Set<Offer> {
  const broken = new Set<Offer>();
  for (;;) {
    const before = broken.size;
    for (const [offer, needs] of graph) {
      if (needs.some((need) => isUnmet(need, broken))) broken.add(offer);
    }
    if (broken.size === before) return broken;
  }
}

function isUnmet({ offers }: Need, broken: ReadonlySet<Offer>): boolean {
  return offers.every((offer) => broken.has(offer));
}

/** The way from a package to what it lacks; a way in a circle can't be, but is cut off anyway. */
function chainOf(offer: Offer, graph: Graph, broken: ReadonlySet<Offer>): string {
  const names: string[] = [];
  const seen = new Set<Offer>();
  for (let at: Offer | undefined = offer; at !== undefined && !seen.has(at);) {
    seen.add(at);
    names.push(at.package.name);
    const need: Need | undefined = graph.get(at)?.find((each) => isUnmet(each, broken));
    if (need === undefined) break;
    at = need.offers.find((each) => !seen.has(each));
    if (need.offers.length === 0) names.push(need.alternatives.map(relationText).join(' | '));
  }
  return names.join(' → ');
}
