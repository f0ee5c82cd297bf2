/** A strict reader of Prometheus' text format 0.0.4, written after its description. */
export type Series = {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
};

const NAME = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;

/** Throws on what a scraper refuses: a bad line, a name without TYPE, a series twice. */
export function parsePrometheus(text: string): Series[] {
  if (!text.endsWith('\n')) throw new Error('no line feed at the end');
  const types = new Map<string, string>();
  const seen = new Set<string>();
  return text
    .slice(0, -1)
    .split('\n')
    .flatMap((line) => {
      const type = /^# TYPE (\S+) (gauge|counter|histogram|summary|untyped)$/.exec(line);
      if (type?.[1] !== undefined && types.has(type[1])) throw new Error(`twice: ${line}`);
      if (type?.[1] !== undefined) types.set(type[1], type[2] ?? '');
      if (line.startsWith('#')) {
        if (type === null && !/^# HELP [a-zA-Z_:][a-zA-Z0-9_:]* ./.test(line))
          throw new Error(line);
        return [];
      }
      const series = parseLine(line);
      const family = series.name.replace(/_(bucket|sum|count)$/, '');
      if (!types.has(series.name) && types.get(family) !== 'histogram') throw new Error(line);
      const id = JSON.stringify([series.name, Object.entries(series.labels).sort()]);
      if (seen.has(id)) throw new Error(`twice: ${line}`);
      seen.add(id);
      return [series];
    });
}

function parseLine(line: string): Series {
  let at = 0;
  const take = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    const found = pattern.exec(line)?.[0];
    if (found === undefined) throw new Error(`${line} at ${at}`);
    at += found.length;
    return found;
  };
  const name = take(NAME);
  const labels: Record<string, string> = {};
  if (line[at] === '{') {
    do {
      take(/[{,]/y);
      const label = take(/[a-zA-Z_][a-zA-Z0-9_]*/y);
      const quoted = take(/="(?:[^"\\]|\\[\\n"])*"/y).slice(2, -1);
      labels[label] = quoted.replace(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c));
    } while (line[at] === ',');
    take(/\}/y);
  }
  const value = take(/ (NaN|[+-]Inf|[-+]?[0-9.]+(e[-+]?\d+)?)$/y).slice(1);
  return { name, labels, value: Number(value.replace('Inf', 'Infinity')) };
}
