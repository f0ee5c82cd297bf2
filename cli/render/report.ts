import colors from 'picocolors';
import type { ErrorReport } from '../../core/errors.ts';
import { reportText } from '../../core/runs/event-text.ts';
import { printable } from './printable.ts';

/** An error as a person reads it in the terminal. */
export function renderReport(report: ErrorReport): string {
  return printable(reportText(report, colors));
}
