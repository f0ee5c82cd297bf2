/** The `Release` file of an apt repository's suite, as far as an installation needs it. */

export type AptRelease = {
  readonly origin: string | undefined;
  readonly suite: string | undefined;
  readonly codename: string | undefined;
  readonly architectures: readonly string[];
  readonly components: readonly string[];
  /** Milliseconds since the epoch. */
  readonly validUntil: number | undefined;
};

/** Reads the fields before the checksums; undefined for a text that is no Release file. */
export function parseAptRelease(text: string): AptRelease | undefined {
  const fields = new Map<string, string>();
  for (const line of text.slice(0, 65_536).split(/\r?\n/)) {
    const [, name, value] = /^([A-Za-z0-9-]+):[ \t]*(.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) fields.set(name.toLowerCase(), value.trim());
  }
  if (!fields.has('suite') && !fields.has('codename')) return undefined;
  const words = (name: string): string[] =>
    (fields.get(name) ?? '').split(/\s+/).filter((word) => word !== '');
  const until = Date.parse(fields.get('valid-until') ?? '');
  return {
    origin: fields.get('origin'),
    suite: fields.get('suite'),
    codename: fields.get('codename'),
    architectures: words('architectures'),
    components: words('components'),
    validUntil: Number.isNaN(until) ? undefined : until,
  };
}
