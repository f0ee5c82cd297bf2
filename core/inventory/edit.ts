/** Edits of a YAML inventory's text: host variables, new hosts, hosts that go. */
import { isAlias, isMap, isNode, type YAMLMap } from 'yaml';
import { expandHosts, HostPatternError } from '../formats/inventory/host-pattern.ts';
import { composeEdits, type TextEdit } from '../formats/text-edit.ts';
import { setYamlEntries, setYamlEntriesOf, type YamlTarget } from '../formats/yaml-edit.ts';
import { isNull, keyOf, offsetOf, openYaml, type YamlText } from '../formats/yaml-place.ts';
import { isList, type YamlScalar } from '../formats/yaml-write.ts';
import { RpiError } from '../errors.ts';

export type HostVariable = YamlScalar | readonly YamlScalar[];

/** New values by name; undefined removes the variable from the host. */
export type HostVariables = Readonly<Record<string, HostVariable | undefined>>;

export type NewHost = {
  /** An existing group or a new one; `ungrouped` for none. */
  readonly group: string;
  readonly name: string;
  readonly vars: HostVariables;
};

/**
 * Sets variables of a host that the text declares. A variable is set where it is set now, else
 * where the host first stands; for a host of a range (`pi[01:10]`) beside the range. Throws
 * YamlEditError (with a line) where that is not safe and `input.invalid` for a value that Ansible
 * would run as a template.
 */
export function setHostVariables(text: string, host: string, vars: HostVariables): TextEdit[] {
  return setVariablesOfHosts(text, new Map([[host, vars]]));
}

/** As setHostVariables, for many hosts of the text at once. */
export function setVariablesOfHosts(
  text: string,
  hosts: ReadonlyMap<string, HostVariables>,
): TextEdit[] {
  for (const [host, vars] of hosts) refuseTemplates(host, vars);
  const yaml = openYaml(text);
  const places = hostPlaces(yaml);
  return setYamlEntriesOf(
    text,
    [...hosts].flatMap(([host, vars]) => targetsOf(yaml, places, host, vars)),
  );
}

/** Which mappings are to be changed, and how. */
function targetsOf(
  yaml: YamlText,
  everyPlace: readonly HostPlace[],
  host: string,
  vars: HostVariables,
): YamlTarget[] {
  const places = everyPlace.filter(({ hosts }) => hosts.includes(host));
  const exact = places.filter(({ hosts }) => hosts.length === 1);
  const [home] = [...exact.filter(({ body }) => body === 'mapping'), ...exact];
  const [range] = places;
  if (range === undefined) {
    return yaml.refuse(0, `the host ${host} is not in this file`);
  }
  const byPath = new Map<
    string,
    { path: readonly string[]; entries: Record<string, HostVariable | undefined> }
  >();
  for (const [name, value] of Object.entries(vars)) {
    const setter = exact.findLast(({ variables }) => variables.has(name));
    const place = setter ?? home;
    if (value === undefined && setter === undefined) continue;
    const path = place?.path ?? [...range.path.slice(0, -1), host];
    const key = JSON.stringify(path);
    const group = byPath.get(key) ?? { path, entries: {} };
    byPath.set(key, { path, entries: { ...group.entries, [name]: value } });
  }
  return [...byPath.values()];
}

/** Adds a host to a group; makes the group where there is none. Throws as setHostVariables. */
export function addHost(text: string, { group, name, vars }: NewHost): TextEdit[] {
  refuseTemplates(name, vars);
  if (!/^[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?$/.test(name)) {
    throw new RpiError('input.invalid', `“${name}” can’t be the name of a host.`, {
      remedy: 'Use letters, digits, dots, dashes and underscores.',
    });
  }
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(group)) {
    throw new RpiError('input.invalid', `“${group}” can’t be the name of a group.`, {
      remedy: 'Use letters, digits and underscores; begin with a letter.',
    });
  }
  return setYamlEntries(text, [...hostsPath(openYaml(text), group), name], vars);
}

/** Removes a host wherever the text names it. Throws YamlEditError, also for hosts of ranges. */
export function removeHost(text: string, host: string): TextEdit[] {
  const yaml = openYaml(text);
  const places = hostPlaces(yaml).filter(({ hosts }) => hosts.includes(host));
  const range = places.find(({ hosts }) => hosts.length > 1);
  if (range !== undefined) {
    yaml.refuse(range.offset, `${host} is one of the range “${range.path.at(-1) ?? ''}”`);
  }
  return composeEdits(
    text,
    places.map(
      ({ path }) =>
        (current: string) =>
          setYamlEntries(current, path.slice(0, -1), { [path.at(-1) ?? '']: undefined }),
    ),
  );
}

function refuseTemplates(host: string, vars: HostVariables): void {
  for (const [name, value] of Object.entries(vars)) {
    const values: readonly unknown[] = value !== undefined && isList(value) ? value : [value];
    if (values.some((item) => typeof item === 'string' && /\{[{%#]/.test(item))) {
      throw new RpiError('input.invalid', `${name} of ${host} would be run as a template.`, {
        remedy: 'It was not written. If it came from the Pi itself, look at that Pi with care.',
      });
    }
  }
}

/** Where a group or host stands: keys from the root. */
type Path = readonly string[];

/** An entry of some `hosts:`. */
export type HostPlace = {
  readonly path: Path;
  readonly offset: number;
  /** The hosts the key stands for: one, or those of a range. */
  readonly hosts: readonly string[];
  readonly body: 'empty' | 'mapping' | 'alias' | 'other';
  /** The variables it sets there, those that come by `<<` included. */
  readonly variables: ReadonlySet<string>;
};

type GroupPlace = {
  readonly name: string;
  readonly path: Path;
  readonly body: YAMLMap | undefined;
};

/** Every place where a group stands, in the order in which Ansible reads them. */
function groupPlaces(yaml: YamlText): GroupPlace[] {
  const places: GroupPlace[] = [];
  const read = (map: unknown, path: Path): void => {
    if (!isMap(map)) return;
    for (const pair of map.items) {
      const name = keyOf(pair);
      if (name === undefined) continue;
      const body = isMap(pair.value) ? pair.value : undefined;
      places.push({ name, path: [...path, name], body });
      for (const section of body?.items ?? []) {
        if (keyOf(section) === 'children') read(section.value, [...path, name, 'children']);
      }
    }
  };
  read(yaml.document.contents, []);
  return places;
}

/** Every entry of every group's hosts. */
export function hostPlaces(yaml: YamlText): HostPlace[] {
  return groupPlaces(yaml).flatMap(({ path, body }) =>
    (body?.items ?? [])
      .filter((section) => keyOf(section) === 'hosts' && isMap(section.value))
      .flatMap((section) => (isMap(section.value) ? section.value.items : []))
      .flatMap((pair) => {
        const key = keyOf(pair);
        if (key === undefined) return [];
        return [
          {
            path: [...path, 'hosts', key],
            offset: offsetOf(pair.key),
            hosts: hostsOf(key),
            body: bodyOf(pair.value),
            variables: variablesOf(yaml, pair.value),
          },
        ];
      }),
  );
}

function hostsOf(key: string): readonly string[] {
  try {
    return expandHosts(key).hosts;
  } catch (error) {
    if (error instanceof HostPatternError) return [];
    throw error;
  }
}

function bodyOf(value: unknown): HostPlace['body'] {
  if (isNull(value)) return 'empty';
  if (isAlias(value)) return 'alias';
  return isMap(value) ? 'mapping' : 'other';
}

function variablesOf(yaml: YamlText, value: unknown): ReadonlySet<string> {
  if (!isNode(value)) return new Set();
  const variables: unknown = value.toJS(yaml.document, { mapAsMap: true });
  return new Set(variables instanceof Map ? [...variables.keys()].map(String) : []);
}

/** The path of the `hosts` a new host of the group goes into. */
function hostsPath(yaml: YamlText, group: string): Path {
  const places = groupPlaces(yaml);
  const [place] = places.filter(({ name }) => name === group).sort((a, b) => rank(a) - rank(b));
  if (place !== undefined) return [...place.path, 'hosts'];
  const all = places.find(({ name, path }) => name === 'all' && path.length === 1);
  const isEmpty = places.length === 0;
  if (group === 'ungrouped') {
    return all !== undefined || isEmpty ? ['all', 'hosts'] : ['ungrouped', 'hosts'];
  }
  return all !== undefined || isEmpty ? ['all', 'children', group, 'hosts'] : [group, 'hosts'];
}

/** A group may stand in several places; the best is where its hosts are. */
function rank({ body }: GroupPlace): number {
  const hosts = body?.items.find((pair) => keyOf(pair) === 'hosts');
  if (hosts !== undefined) return isMap(hosts.value) ? 0 : 1;
  return body === undefined ? 3 : 2;
}
