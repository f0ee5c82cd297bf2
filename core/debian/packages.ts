/** The `Packages` index of an archive: which packages there are, and what they ask for. */

/** A package of an index, as far as it matters for installing it. */
export type DebianPackage = {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  readonly dependsOn: string;
  readonly provides: string;
  /** Of every system: `Essential: yes`, or `Priority: required`. */
  readonly required: boolean;
  /** Bytes to download. */
  readonly size: number;
  /** Bytes on the disk; 0 where the index does not say. */
  readonly installedSize: number;
};

/**
 * Reads an index as it comes, piece by piece: that of Debian’s main component has 50 MB. What is
 * no package is passed over.
 */
export async function* parsePackages(pieces: AsyncIterable<string>): AsyncGenerator<DebianPackage> {
  let rest = '';
  for await (const piece of pieces) {
    const stanzas = (rest + piece).replaceAll('\r', '').split(/\n\n+/);
    rest = stanzas.pop() ?? '';
    for (const stanza of stanzas) yield* packageOf(stanza);
  }
  yield* packageOf(rest);
}

function packageOf(stanza: string): [] | [DebianPackage] {
  const fields = new Map<string, string>();
  // A field may go on in the next lines, which begin with a blank then.
  for (const line of stanza.replaceAll(/\n[ \t]+/g, ' ').split('\n')) {
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    const name = line.slice(0, colon).toLowerCase();
    if (KEPT.has(name)) fields.set(name, line.slice(colon + 1).trim());
  }
  const [name, version] = [fields.get('package'), fields.get('version')];
  if (name === undefined || version === undefined) return [];
  const depends = [fields.get('pre-depends'), fields.get('depends')];
  return [
    {
      name,
      version,
      architecture: fields.get('architecture') ?? 'all',
      dependsOn: depends.filter((field) => field !== undefined && field !== '').join(', '),
      provides: fields.get('provides') ?? '',
      required: fields.get('essential') === 'yes' || fields.get('priority') === 'required',
      size: Number(fields.get('size')) || 0,
      installedSize: (Number(fields.get('installed-size')) || 0) * 1024,
    },
  ];
}

const KEPT = new Set([
  'package',
  'version',
  'architecture',
  'pre-depends',
  'depends',
  'provides',
  'essential',
  'priority',
  'size',
  'installed-size',
]);
