import { describe, expect, it } from 'vitest';
import { RpiError } from '../../../core/errors.ts';
import { filesOnDisk } from '../../../core/inventory/files.ts';
import { moveHosts, removeHosts, type HostsOutcome } from '../../../core/inventory/move.ts';
import { systemClock } from '../../../core/runs/clock.ts';
import type { EventBody } from '../../../core/runs/event.ts';
import type { ProjectContext } from '../../../core/runs/operation.ts';
import { makeProject, type FleetProject } from '../fleet/fleet-project.ts';

const TEXT = `all:
  hosts:
    attic: # cold
  children:
    sensors:
      hosts:
        kitchen: {a: 1}
        cellar: {a: 2}
`;

async function run(
  { project }: FleetProject,
  operation: (context: ProjectContext) => AsyncGenerator<EventBody, HostsOutcome>,
  dryRun = false,
): Promise<{ readonly events: EventBody[]; readonly outcome: HostsOutcome }> {
  const stream = operation({
    project,
    signal: new AbortController().signal,
    clock: systemClock,
    env: {},
    dryRun,
    ask: () => Promise.reject(new RpiError('answer.needed', 'Nobody is there.')),
  });
  const events: EventBody[] = [];
  for (;;) {
    const step = await stream.next();
    if (step.done === true) return { events, outcome: step.value };
    events.push(step.value);
  }
}

describe('rpi inventory move', () => {
  it('moves several hosts, and tells from where', async () => {
    await using made = await makeProject(TEXT);
    const input = { hosts: ['attic', 'kitchen', 'kitchen'], group: 'screens' };
    const { events, outcome } = await run(made, (context) => moveHosts(input, context));
    expect(outcome).toMatchObject({ status: 'ok', hosts: ['attic', 'kitchen'] });
    expect(events[0]).toMatchObject({
      items: [{ detail: 'from ungrouped' }, { detail: 'from sensors' }],
    });
    expect(await filesOnDisk.read(made.project.inventory)).toBe(`all:
  hosts:
  children:
    sensors:
      hosts:
        cellar: {a: 2}
    screens:
      hosts:
        attic: # cold
        kitchen: {a: 1}
`);
  });

  it('writes nothing in a dry run, and nothing where one of them can’t be moved', async () => {
    await using made = await makeProject(TEXT);
    const move = (hosts: string[]) => (context: ProjectContext) =>
      moveHosts({ hosts, group: 'screens' }, context);
    const { events } = await run(made, move(['kitchen']), true);
    expect(events.find(({ kind }) => kind === 'file.changed')).toMatchObject({ planned: true });
    await expect(run(made, move(['kitchen', 'nobody']))).rejects.toMatchObject({
      code: 'inventory.no-match',
    });
    expect(await filesOnDisk.read(made.project.inventory)).toBe(TEXT);
  });

  it('says that there is nothing to move', async () => {
    await using made = await makeProject(TEXT);
    const input = { hosts: ['kitchen'], group: 'sensors' };
    const { outcome } = await run(made, (context) => moveHosts(input, context));
    expect(outcome.summary).toBe('Nothing to move.');
  });

  it('moves a host within the file that says so, in a folder of inventories', async () => {
    await using made = await makeProject('all:\n', 'inventory: hosts\n');
    await made.put({
      'hosts/a.yml': 'all:\n  hosts:\n    kitchen: {a: 1}\n',
      'hosts/b.yml': 'sensors:\n  hosts:\n    kitchen: # here\n',
    });
    await run(made, (context) => moveHosts({ hosts: ['kitchen'], group: 'screens' }, context));
    expect(await filesOnDisk.read(`${made.root}/hosts/b.yml`)).toBe(
      'sensors:\n  hosts:\nscreens:\n  hosts:\n    kitchen: # here\n',
    );
  });
});

describe('rpi inventory remove', () => {
  it('removes hosts with their lines, and names the files that stay', async () => {
    await using made = await makeProject(TEXT);
    await made.put({ 'inventory/host_vars/kitchen.yml': 'b: 1\n' });
    const input = { hosts: ['kitchen', 'attic'] };
    const { outcome } = await run(made, (context) => removeHosts(input, context));
    expect(outcome.undone).toEqual(['inventory/host_vars/kitchen.yml is still there.']);
    expect(await filesOnDisk.read(made.project.inventory)).toBe(
      'all:\n  hosts:\n  children:\n    sensors:\n      hosts:\n        cellar: {a: 2}\n',
    );
  });

  it('refuses a host that is not there, and one of a range', async () => {
    await using made = await makeProject('all:\n  hosts:\n    x[1:3]:\n');
    const remove = (host: string) => (context: ProjectContext) =>
      removeHosts({ hosts: [host] }, context);
    await expect(run(made, remove('y'))).rejects.toMatchObject({ code: 'inventory.no-match' });
    await expect(run(made, remove('x2'))).rejects.toMatchObject({ code: 'inventory.not-editable' });
  });
});
