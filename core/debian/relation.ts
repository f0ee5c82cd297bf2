/** What packages ask of each other: the fields Depends, Pre-Depends and Provides (deb-control(5)). */
import type { VersionRelation } from './version.ts';

/** One package, and which of its versions will do. */
export type Relation = {
  readonly name: string;
  readonly version?: { readonly relation: VersionRelation; readonly bound: string };
};

/** Any one of these will do; the first one is preferred. */
export type Alternatives = readonly Relation[];

/**
 * `a, b (>= 1) | c:any` as a list of alternatives. `:any` and `:native` are left out: here all
 * packages are of one architecture. Entries that can't be read are passed over, as apt does.
 */
export function parseRelations(field: string): Alternatives[] {
  return field
    .split(',')
    .map((entry) => entry.split('|').flatMap((text) => parseRelation(text) ?? []))
    .filter((alternatives) => alternatives.length > 0);
}

function parseRelation(text: string): Relation | undefined {
  const [, name, relation, bound] =
    /^\s*([a-z0-9][a-z0-9+.-]*)(?::[a-z0-9]+)?\s*(?:\(\s*(<<|<=|=|>=|>>|<|>)\s*([^\s)]+)\s*\))?/i.exec(
      text,
    ) ?? [];
  if (name === undefined) return undefined;
  const known = RELATIONS.get(relation ?? '');
  if (known === undefined || bound === undefined) return { name };
  return { name, version: { relation: known, bound } };
}

/** `<` and `>` are the old words for “or equal”. */
const RELATIONS: ReadonlyMap<string, VersionRelation> = new Map([
  ['<<', '<<'],
  ['<=', '<='],
  ['=', '='],
  ['>=', '>='],
  ['>>', '>>'],
  ['<', '<='],
  ['>', '>='],
]);

export function relationText({ name, version }: Relation): string {
  return version === undefined ? name : `${name} (${version.relation} ${version.bound})`;
}
