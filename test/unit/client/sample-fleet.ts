/** A fleet as core reads it, for tests of what the editor makes of it. */
import type { OpenProject } from '../../../client/open-project.ts';
import type { DiscoveredPi, Fleet, FleetPi } from '../../../core/fleet/fleet.ts';

/** What views ask of an open project without an editor around it. */
export function openProject(root: string): OpenProject {
  const uri = { toString: () => `file://${root}`, fsPath: root };
  // Nodes only hand the project on and ask its root for its name.
  return { root: uri, label: root.split('/').at(-1) } as unknown as OpenProject;
}

export function pi(name: string, known: Partial<FleetPi> = {}): FleetPi {
  return {
    name,
    address: '10.0.0.1',
    port: 22,
    user: undefined,
    groups: [],
    macs: [],
    serial: undefined,
    model: undefined,
    os: undefined,
    state: 'unknown',
    reason: undefined,
    error: undefined,
    lastSeen: undefined,
    vitals: undefined,
    vitalsAt: undefined,
    warnings: [],
    run: undefined,
    ...known,
  };
}

export function discovered(address: string, mac: string | undefined): DiscoveredPi {
  const time = '2026-11-22T12:00:00.000Z';
  return {
    key: mac ?? address,
    address,
    mac,
    name: undefined,
    banner: undefined,
    evidence: [],
    firstSeen: time,
    lastSeen: time,
  };
}

/** kitchen stands in two groups, garden below sensors, nothing in empty. */
export function fleet(): Fleet {
  const group = (name: string, hosts: string[], children: string[] = []) =>
    [name, { name, hosts, children }] as const;
  return {
    roots: ['displays', 'sensors', 'empty'],
    groups: new Map([
      group('displays', ['kitchen', 'hall']),
      group('sensors', ['attic', 'kitchen'], ['garden']),
      group('garden', ['pond']),
      group('empty', []),
    ]),
    pis: new Map(
      [
        pi('kitchen', { state: 'reachable', groups: ['displays', 'sensors'] }),
        pi('hall', { state: 'failing', groups: ['displays'] }),
        pi('attic', { state: 'needs-key', groups: ['sensors'] }),
        pi('pond', { groups: ['garden'] }),
      ].map((each) => [each.name, each]),
    ),
    discovered: [discovered('10.0.0.40', 'dc:a6:32:00:00:40'), discovered('10.0.0.41', undefined)],
    faults: [],
  };
}
