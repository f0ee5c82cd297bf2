/** What rules for rpi.yml know of their surroundings; undefined stands for unknown everywhere. */
export type RpiYmlProject = {
  /** Whether there is a file at this path, relative to rpi.yml. */
  readonly exists?: (path: string) => boolean;
  /** The absolute path of what is there; undefined where there is nothing. */
  readonly pathOf?: (path: string) => string | undefined;
  /** The groups of the inventory. */
  readonly groups?: ReadonlySet<string>;
  /** Files to offer, relative to rpi.yml. */
  readonly files?: readonly string[];
};
