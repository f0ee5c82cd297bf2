/** Prometheus' text format 0.0.4: https://prometheus.io/docs/instrumenting/exposition_formats/ */

export const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

export type Labels = Readonly<Record<string, string>>;

export type Sample = {
  /** What a histogram adds to its name: `_bucket`, `_sum`, `_count`. */
  readonly suffix?: string;
  readonly labels?: Labels;
  readonly value: number;
};

export type Family = {
  readonly name: string;
  readonly type: 'gauge' | 'histogram';
  readonly help: string;
  readonly samples: readonly Sample[];
};

/**
 * The families as text; those without a sample are left out. Of samples with the same labels the
 * first one counts: a scrape with two of them would be refused as a whole.
 */
export function exposition(families: readonly Family[]): string {
  return families
    .filter(({ samples }) => samples.length > 0)
    .map(({ name, type, help, samples }) => {
      const lines = new Map<string, number>();
      for (const { suffix = '', labels = {}, value } of samples) {
        const series = `${name}${suffix}${labelText(labels)}`;
        if (!lines.has(series)) lines.set(series, value);
      }
      const escaped = help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
      return [
        `# HELP ${name} ${escaped}`,
        `# TYPE ${name} ${type}`,
        ...Array.from(lines, ([series, value]) => `${series} ${numberText(value)}`),
        '',
      ].join('\n');
    })
    .join('');
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}
