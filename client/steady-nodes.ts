/**
 * The nodes of a tree view, each the same object for as long as the same thing stands there. A view
 * that is refreshed as a whole forgets its nodes until it has asked for them again, and a menu that
 * is open then is left without what it was opened on; so only what is another one is told anew.
 */
export type SteadyNodes<N> = {
  /** What stands below a node, or at the top: what a provider's getChildren gives the editor. */
  readonly children: (node?: N) => Promise<N[]>;
  /** What the editor has to be told: everything anew, some nodes with all below them, or nothing. */
  readonly changed: () => Promise<'all' | N[]>;
  /** Those that the editor has. */
  readonly given: () => N[];
};

export type NodeSource<N> = {
  readonly below: (node: N | undefined) => Promise<readonly N[]> | readonly N[];
  /** The same for the same thing at the same place, and of no other node. */
  readonly idOf: (node: N) => string;
  /** All that is shown of a node, as text to compare. */
  readonly pictureOf: (node: N) => string | Promise<string>;
};

type Given<N> = {
  readonly node: N;
  picture: string;
  /** Ids of what stands below it, once the editor has asked. */
  children: readonly string[] | undefined;
};

export function createSteadyNodes<N extends object>({
  below,
  idOf,
  pictureOf,
}: NodeSource<N>): SteadyNodes<N> {
  const given = new Map<string, Given<N>>();
  let top: readonly string[] | undefined;
  let asking = 0;
  const isAsked = (): boolean => asking > 0;

  /** Keeps the object that the editor knows, with what is to be said of it now. */
  const take = async (fresh: N): Promise<{ readonly node: N; readonly isOther: boolean }> => {
    const [id, picture] = [idOf(fresh), await pictureOf(fresh)];
    const before = given.get(id);
    if (before === undefined) {
      given.set(id, { node: fresh, picture, children: undefined });
      return { node: fresh, isOther: true };
    }
    for (const key of Object.keys(before.node)) {
      if (!(key in fresh)) Reflect.deleteProperty(before.node, key);
    }
    Object.assign(before.node, fresh);
    const isOther = before.picture !== picture;
    before.picture = picture;
    return { node: before.node, isOther };
  };

  /** Adds what is another one at this place or below it. */
  const compare = async (at: Given<N> | undefined, found: N[]): Promise<'all' | 'here' | 'no'> => {
    const before = at === undefined ? top : at.children;
    if (before === undefined) return 'no';
    const fresh = await below(at?.node);
    const ids = fresh.map(idOf);
    if (ids.length !== before.length || ids.some((id, index) => id !== before[index])) {
      if (at === undefined) return 'all';
      at.children = undefined; // until it is asked for again
      return 'here';
    }
    for (const each of fresh) {
      const { node, isOther } = await take(each);
      const isBelow = (await compare(given.get(idOf(node)), found)) === 'here';
      if (isOther || isBelow) found.push(node);
    }
    return 'no';
  };

  return {
    children: async (node) => {
      asking++;
      try {
        const taken = await Promise.all((await below(node)).map(take));
        const nodes = taken.map((each) => each.node);
        const ids = nodes.map(idOf);
        const above = node === undefined ? undefined : given.get(idOf(node));
        if (node === undefined) top = ids;
        else if (above !== undefined) above.children = ids;
        return nodes;
      } finally {
        asking--;
      }
    },
    changed: async () => {
      const found: N[] = [];
      // What is being asked for may be of before the change.
      if (!isAsked() && (await compare(undefined, found)) !== 'all' && !isAsked()) return found;
      given.clear();
      top = undefined;
      return 'all';
    },
    given: () => [...given.values()].map(({ node }) => node),
  };
}
