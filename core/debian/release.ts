/** The signed table of contents of an archive's suite: `InRelease`, or `Release` beside its signature. */

/** What a suite says of itself. */
export type Suite = {
  readonly origin: string | undefined;
  readonly suite: string | undefined;
  readonly codename: string | undefined;
  readonly architectures: readonly string[];
  readonly components: readonly string[];
  /** Milliseconds since the epoch. */
  readonly validUntil: number | undefined;
};

export type ReleaseFile = Suite & {
  /** Path, relative to the suite, → what is there. */
  readonly files: ReadonlyMap<string, { readonly sha256: string; readonly size: number }>;
};

/** Reads a Release file, also one with its signature around it; undefined for any other text. */
export function parseReleaseFile(text: string): ReleaseFile | undefined {
  const fields = new Map<string, string>();
  const files = new Map<string, { readonly sha256: string; readonly size: number }>();
  let name = '';
  for (const line of signedText(text).split(/\r?\n/)) {
    const [, key, value] = /^([A-Za-z0-9-]+):[ \t]*(.*)$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined) {
      name = key.toLowerCase();
      fields.set(name, value.trim());
      continue;
    }
    if (name !== 'sha256') continue;
    const [, sha256, size, path] = /^\s+([0-9a-f]{64})\s+(\d+)\s+(\S+)$/i.exec(line) ?? [];
    if (sha256 === undefined || path === undefined) continue;
    files.set(path, { sha256: sha256.toLowerCase(), size: Number(size) });
  }
  if (!fields.has('suite') && !fields.has('codename')) return undefined;
  const words = (field: string): string[] =>
    (fields.get(field) ?? '').split(/\s+/).filter((word) => word !== '');
  const until = Date.parse(fields.get('valid-until') ?? '');
  return {
    origin: fields.get('origin'),
    suite: fields.get('suite'),
    codename: fields.get('codename'),
    architectures: words('architectures'),
    components: words('components'),
    validUntil: Number.isNaN(until) ? undefined : until,
    files,
  };
}

/** What stands between the lines of a cleartext signature (RFC 9580, 7); else the whole text. */
export function signedText(text: string): string {
  const [, body] =
    /^-----BEGIN PGP SIGNED MESSAGE-----\r?\n(?:[^\r\n]+\r?\n)*\r?\n([^]*?)\r?\n-----BEGIN PGP SIGNATURE-----/.exec(
      text,
    ) ?? [];
  return body === undefined ? text : body.replaceAll(/^- /gm, '');
}
