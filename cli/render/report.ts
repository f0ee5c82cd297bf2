import colors from 'picocolors';
import type { ErrorReport } from '../../core/errors.ts';

/** An error as a person reads it: what happened, then what to do about it. */
export function renderReport(report: ErrorReport): string {
  const head = `${colors.red('✗')} ${report.message}`;
  const code = colors.dim(`[${report.code}]`);
  return report.remedy === undefined ? `${head} ${code}` : `${head} ${code}\n  → ${report.remedy}`;
}
