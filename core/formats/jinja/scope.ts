/** Names that a template binds itself, frame by frame, as Jinja2 resolves them. */

/** bound: on every way to this place. maybe: on some, as set in one branch of an `if`. */
export type Binding = 'bound' | 'maybe';

/**
 * Loops, macros and the like have a frame of their own; it ends with them. Branches have one that
 * becomes a part of what surrounds it.
 */
export class Frame {
  private readonly names = new Map<string, Binding>();
  private readonly parent: Frame | undefined;

  constructor(parent?: Frame) {
    this.parent = parent;
  }

  bind(name: string, binding: Binding = 'bound'): void {
    if (this.names.get(name) !== 'bound') this.names.set(name, binding);
  }

  find(name: string): Binding | undefined {
    const own = this.names.get(name);
    return own === 'bound' ? own : (this.parent?.find(name) ?? own);
  }

  /** After an `if`: what all branches bind is bound. Without `else` there is an empty branch. */
  join(branches: readonly Frame[], complete: boolean): void {
    for (const name of new Set(branches.flatMap((branch) => [...branch.names.keys()]))) {
      const everywhere = complete && branches.every((branch) => branch.names.get(name) === 'bound');
      this.bind(name, everywhere ? 'bound' : 'maybe');
    }
  }
}
