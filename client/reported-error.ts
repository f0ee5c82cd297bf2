/** What an `rpi --json` says of why it failed. */

/** `rpi --json` tells an error before any run as `{kind: 'error', error}`. */
export function reportIn(line: string): unknown {
  try {
    const value: unknown = JSON.parse(line);
    const isError = typeof value === 'object' && value !== null && 'error' in value;
    return isError ? value.error : undefined;
  } catch {
    return undefined;
  }
}

/** Of a report, as reportIn or the end of a run has it. */
export async function errorOf(report: unknown): Promise<Error> {
  const [{ RpiError }, { errorReport }] = await Promise.all([
    import('../core/errors.ts'),
    import('../core/runs/event.ts'),
  ]);
  const { code, message, remedy } = errorReport.parse(report);
  return new RpiError(code, message, remedy === undefined ? {} : { remedy });
}
