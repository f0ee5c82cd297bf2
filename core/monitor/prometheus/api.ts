/** Prometheus' HTTP API: https://prometheus.io/docs/prometheus/latest/querying/api/ */
import * as z from 'zod';
import { cancelled, RpiError, systemCode } from '../../errors.ts';
import { deadline } from '../../runs/deadline.ts';

export type PrometheusAddress = {
  readonly url: string;
  /** Read anew for each request: a token that was rotated is taken. May throw an RpiError. */
  readonly authorization: () => Promise<string | undefined>;
  /** Milliseconds for a request and its answer. */
  readonly timeout: number;
};

export type Sample = {
  readonly labels: Readonly<Record<string, string>>;
  /** Seconds since the epoch. */
  readonly at: number;
  readonly value: number;
};

export type Range = {
  /** Seconds since the epoch, both ends included, and seconds between two points. */
  readonly start: number;
  readonly end: number;
  readonly step: number;
};

export type PrometheusApi = {
  /** An instant vector as it is now. Throws `monitor.prometheus`, `run.cancelled`. */
  readonly query: (expression: string, signal: AbortSignal) => Promise<Sample[]>;
  /** The first series of a range vector, or nothing. Throws as query. */
  readonly queryRange: (
    expression: string,
    range: Range,
    signal: AbortSignal,
  ) => Promise<Pick<Sample, 'at' | 'value'>[]>;
};

/** Bytes; a thousand Pis are told in some five million. */
const LONGEST_ANSWER = 64 * 1024 * 1024;

/** Numbers come as text, so that NaN and infinities can be told. */
const pair = z
  .tuple([z.number(), z.string()])
  .transform(([at, value]) => ({ at, value: Number(value.replace('Inf', 'Infinity')) }));
const labels = z.record(z.string(), z.string());

const failure = z.object({ status: z.literal('error'), error: z.string() });
const vector = z.object({
  status: z.literal('success'),
  data: z.object({
    resultType: z.literal('vector'),
    result: z.array(z.object({ metric: labels, value: pair })),
  }),
});
const matrix = z.object({
  status: z.literal('success'),
  data: z.object({
    resultType: z.literal('matrix'),
    result: z.array(z.object({ metric: labels, values: z.array(pair) })),
  }),
});

export function createPrometheusApi(address: PrometheusAddress): PrometheusApi {
  return {
    query: async (expression, signal) => {
      const { data } = await ask(address, 'query', { query: expression }, vector, signal);
      return data.result.map(({ metric, value }) => ({ labels: metric, ...value }));
    },
    queryRange: async (expression, { start, end, step }, signal) => {
      const form = {
        query: expression,
        start: String(start),
        end: String(end),
        step: String(step),
      };
      const { data } = await ask(address, 'query_range', form, matrix, signal);
      return data.result[0]?.values ?? [];
    },
  };
}

async function ask<T>(
  address: PrometheusAddress,
  verb: 'query' | 'query_range',
  form: Readonly<Record<string, string>>,
  schema: z.ZodType<T>,
  signal: AbortSignal,
): Promise<T> {
  const { status, text } = await post(address, verb, form, signal);
  const value = parsed(text);
  const refused = failure.safeParse(value).data;
  if (refused !== undefined) throw unusable(`refuses: ${refused.error.slice(0, 300)}`);
  if (status !== 200) throw unusable(`answers ${status}`);
  const answer = schema.safeParse(value);
  if (answer.success) return answer.data;
  throw unusable('does not answer as a Prometheus does');
}

async function post(
  { url, authorization, timeout }: PrometheusAddress,
  verb: string,
  form: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<{ readonly status: number; readonly text: string }> {
  const secret = await authorization();
  const target = new URL(url);
  target.pathname = `${target.pathname.replace(/\/+$/, '')}/api/v1/${verb}`;
  using late = deadline(signal, timeout);
  try {
    const response = await fetch(target, {
      method: 'POST',
      headers: secret === undefined ? {} : { authorization: secret },
      body: new URLSearchParams(form),
      // Elsewhere the token must not go.
      redirect: 'error',
      signal: late.signal,
    });
    return { status: response.status, text: await textOf(response) };
  } catch (error) {
    if (signal.aborted) throw cancelled();
    if (RpiError.is(error)) throw error;
    throw unusable(late.isLate() ? 'does not answer in time' : `can’t be reached${codeOf(error)}`);
  }
}

async function textOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const each of response.body ?? []) {
    const chunk: unknown = each;
    if (!(chunk instanceof Uint8Array)) continue; // fetch gives nothing else
    length += chunk.length;
    if (length > LONGEST_ANSWER) throw unusable('answers more than 64 MiB');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** fetch wraps what happened; its own message names nothing. */
function codeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = systemCode(cause) ?? systemCode(error);
  return code === undefined ? '' : ` (${code})`;
}

function unusable(what: string): RpiError {
  return new RpiError('monitor.prometheus', `Prometheus ${what}.`, {
    remedy: 'Check monitor.prometheus in rpi.yml, and that it can be reached from here.',
  });
}
