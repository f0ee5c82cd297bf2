/** What a check found, as the `check` event tells it. */

export type Finding = {
  /** `failed` refuses what was to be done. `skipped`: it can't be known; `detail` says why. */
  readonly status: 'ok' | 'warning' | 'failed' | 'skipped';
  readonly detail: string;
  /** What to do about it. */
  readonly remedy?: string;
};

/** A finding with the name and the reason of its probe, as the `check` event has them. */
export type NamedFinding = Finding & { readonly name: string; readonly why: string };
