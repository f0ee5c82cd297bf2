import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSteadyNodes, type SteadyNodes } from '../../../client/steady-nodes.ts';

/** A tree to draw: `says` may change, `name` is what it is. */
type Node = { readonly name: string; says: string; readonly extra?: string; below: Node[] };

const node = (name: string, says: string, ...below: Node[]): Node => ({ name, says, below });
const over = (read: () => Node): SteadyNodes<Node> =>
  createSteadyNodes<Node>({
    // As views do: new objects each time.
    below: (at) => Promise.resolve(structuredClone(at === undefined ? read().below : at.below)),
    idOf: ({ name }) => name,
    pictureOf: ({ says }) => says,
  });

/** All that an editor draws that opens every node. */
async function drawn(nodes: SteadyNodes<Node>, at?: Node): Promise<Node[]> {
  const found = await nodes.children(at);
  return [...found, ...(await Promise.all(found.map((each) => drawn(nodes, each)))).flat()];
}

describe('the nodes of a view', () => {
  it('are the same objects, and nothing is told, while nothing is another one', async () => {
    const nodes = over(() => node('top', '', node('a', '1', node('b', '2'))));
    const [first] = await drawn(nodes);
    expect(await nodes.changed()).toEqual([]);
    expect((await nodes.children())[0]).toBe(first);
  });

  it('are told one by one where they say something else, and say it themselves', async () => {
    let tree = node('top', '', node('a', '1'), node('b', '2'));
    const nodes = over(() => tree);
    const [, second] = await drawn(nodes);
    tree = node('top', '', node('a', '1'), node('b', '3'));
    const changed = await nodes.changed();
    expect(changed).toEqual([{ name: 'b', says: '3', below: [] }]);
    expect(changed[0]).toBe(second);
    expect(await nodes.changed()).toEqual([]);
  });

  it('lose what is no longer said of them', async () => {
    let tree = node('top', '', { ...node('a', '1'), extra: 'x' });
    const nodes = over(() => tree);
    const [only] = await drawn(nodes);
    tree = node('top', '', node('a', '2'));
    await nodes.changed();
    expect(only).toStrictEqual({ name: 'a', says: '2', below: [] });
  });

  it('are told by the one that stands above where one comes or goes, and once', async () => {
    let tree = node('top', '', node('a', '1', node('b', '2')), node('c', '4'));
    const nodes = over(() => tree);
    const [first] = await drawn(nodes);
    tree = node('top', '', node('a', '1', node('b', '2'), node('d', '3')), node('c', '4'));
    expect(await nodes.changed()).toEqual([first]);
    // Closed, so nobody asks what stands below it.
    expect(await nodes.changed()).toEqual([]);
  });

  it('are all asked for anew where one at the top comes, goes or moves', async () => {
    let tree = node('top', '', node('a', '1'), node('b', '2'));
    const nodes = over(() => tree);
    await drawn(nodes);
    tree = node('top', '', node('b', '2'), node('a', '1'));
    expect(await nodes.changed()).toBe('all');
  });

  it('are all asked for anew while the editor is asking: it may get what was before', async () => {
    const nodes = over(() => node('top', '', node('a', '1')));
    const asking = nodes.children();
    expect(await nodes.changed()).toBe('all');
    await asking;
  });

  it('are as a view that is drawn anew each time', async () => {
    const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 4 });
    const tree = fc.array(fc.record({ names, says: fc.constantFrom('1', '2') }), { maxLength: 3 });
    const built = (
      rows: readonly { readonly names: readonly string[]; readonly says: string }[],
    ): Node =>
      node(
        'top',
        '',
        ...rows.map(({ names: all, says }, row) =>
          node(String(row), says, ...all.map((name) => node(`${row}${name}`, says))),
        ),
      );
    const shown = (nodes: readonly Node[]): string[] =>
      nodes.map(({ name, says }) => `${name} ${says}`);
    await fc.assert(
      fc.asyncProperty(fc.array(tree, { minLength: 2, maxLength: 5 }), async (versions) => {
        let now = built(versions[0] ?? []);
        const nodes = over(() => now);
        /** What the editor shows: what it was told to draw anew, and of the rest what it had. */
        let has = new Map<string, string>();
        const draw = async (): Promise<void> => {
          has = new Map((await drawn(nodes)).map(({ name, says }) => [name, says]));
        };
        await draw();
        for (const version of versions.slice(1)) {
          now = built(version);
          const told = await nodes.changed();
          if (told === 'all') await draw();
          else {
            for (const each of told) {
              for (const name of has.keys()) if (name.startsWith(each.name)) has.delete(name);
              for (const below of [each, ...(await drawn(nodes, each))])
                has.set(below.name, below.says);
            }
          }
          const fresh = shown(await drawn(over(() => now)));
          expect([...has].map(([name, says]) => `${name} ${says}`).toSorted()).toEqual(
            fresh.toSorted(),
          );
        }
      }),
      { numRuns: 60 },
    );
  });
});
