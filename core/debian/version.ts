/** Versions of Debian packages, ordered as dpkg orders them (deb-version(7)). */

export type VersionRelation = '<<' | '<=' | '=' | '>=' | '>>';

/** Below 0 where `a` is the older one, above 0 where it is the newer one. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [partsOf(a), partsOf(b)];
  return (
    left.epoch - right.epoch ||
    comparePart(left.upstream, right.upstream) ||
    comparePart(left.revision, right.revision)
  );
}

/** Whether `version` is what `relation bound` asks for. */
export function satisfies(version: string, relation: VersionRelation, bound: string): boolean {
  const order = compareVersions(version, bound);
  switch (relation) {
    case '<<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '=':
      return order === 0;
    case '>=':
      return order >= 0;
    case '>>':
      return order > 0;
  }
}

type Parts = { readonly epoch: number; readonly upstream: string; readonly revision: string };

function partsOf(version: string): Parts {
  const colon = version.indexOf(':');
  const rest = version.slice(colon + 1);
  const hyphen = rest.lastIndexOf('-');
  return {
    epoch: colon === -1 ? 0 : Number(version.slice(0, colon)) || 0,
    upstream: hyphen === -1 ? rest : rest.slice(0, hyphen),
    revision: hyphen === -1 ? '' : rest.slice(hyphen + 1),
  };
}

/** Stretches without digits and numbers take turns; the first of them that differs decides. */
function comparePart(a: string, b: string): number {
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    while ((i < a.length && !isDigit(a, i)) || (j < b.length && !isDigit(b, j))) {
      const order = weight(a, i) - weight(b, j);
      if (order !== 0) return order;
      i++;
      j++;
    }
    const [left, right] = [digitsAt(a, i), digitsAt(b, j)];
    i += left.length;
    j += right.length;
    const order = compareNumbers(left, right);
    if (order !== 0) return order;
  }
  return 0;
}

/** `~` before the end, the end before letters, letters before all else. */
function weight(text: string, at: number): number {
  const character = text[at];
  if (character === undefined || isDigit(text, at)) return 0;
  if (character === '~') return -1;
  const code = character.charCodeAt(0);
  return /[A-Za-z]/.test(character) ? code : code + 256;
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
}

function digitsAt(text: string, at: number): string {
  let end = at;
  while (end < text.length && isDigit(text, end)) end++;
  return text.slice(at, end);
}

/** Of any length: dates and hashes are longer than what a number holds. */
function compareNumbers(a: string, b: string): number {
  const [left, right] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')];
  if (left.length !== right.length) return left.length - right.length;
  return left === right ? 0 : left < right ? -1 : 1;
}
