/** The health of several fleets in a few words. */
import { countOf, type FleetHealth } from '../../core/fleet/health.ts';

const LEVELS = ['none', 'ok', 'warning', 'error'] as const;

/** The worst of several levels. */
export function leastWell(levels: readonly FleetHealth['level'][]): FleetHealth['level'] {
  return LEVELS[Math.max(0, ...levels.map((level) => LEVELS.indexOf(level)))] ?? 'none';
}

/** The worst first. */
const KINDS = ['failing', 'locked', 'needsKey', 'warning'] as const;

/** `6 Pis`, `6 Pis: 1 failing`: how many there are, and the worst that is to be said of some. */
export function shortText(healths: readonly FleetHealth[]): string {
  const sum = (kind: 'total' | (typeof KINDS)[number]): number =>
    healths.reduce((all, health) => all + health[kind], 0);
  const total = sum('total');
  const worst = KINDS.find((kind) => sum(kind) > 0);
  const [first] = healths;
  if (total === 0 && first?.level === 'error') return first.text;
  const all = total === 0 ? 'No Pis' : total === 1 ? '1 Pi' : `${total} Pis`;
  return worst === undefined ? all : `${all}: ${countOf(worst, sum(worst))}`;
}
