/** Spans of time as people read them. */
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Milliseconds in the two largest units: `12 s`, `3 min 5 s`, `1 h 2 min`, `3 days 4 h`. */
export function duration(milliseconds: number): string {
  const past = Math.max(0, milliseconds);
  if (past > 0 && past < SECOND / 2) return '<1 s';
  const whole = Math.round(past / SECOND) * SECOND;
  if (whole < MINUTE) return `${whole / SECOND} s`;
  if (whole < HOUR) return both(whole, MINUTE, 'min', SECOND, 's');
  if (whole < 2 * DAY) return both(whole, HOUR, 'h', MINUTE, 'min');
  return both(whole, DAY, 'days', HOUR, 'h');
}

/** Milliseconds of `90s`, `30m`, `2h`, `1d`, up to a year; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  const [, number = '', unit = ''] = /^(\d{1,8})\s?(s|m|min|h|d)$/.exec(text.trim()) ?? [];
  const span = { s: SECOND, m: MINUTE, min: MINUTE, h: HOUR, d: DAY }[unit];
  if (span === undefined) return undefined;
  const milliseconds = Number(number) * span;
  return milliseconds <= 365 * DAY ? milliseconds : undefined;
}

/** Milliseconds in the largest unit: `45 s`, `2 min`, `3 h`, `5 days`. */
export function roughDuration(milliseconds: number): string {
  if (milliseconds < MINUTE) return `${Math.floor(milliseconds / SECOND)} s`;
  if (milliseconds < HOUR) return `${Math.floor(milliseconds / MINUTE)} min`;
  if (milliseconds < 2 * DAY) return `${Math.floor(milliseconds / HOUR)} h`;
  return `${Math.floor(milliseconds / DAY)} days`;
}

function both(whole: number, large: number, first: string, small: number, second: string): string {
  const rest = Math.floor((whole % large) / small);
  return `${Math.floor(whole / large)} ${first}${rest === 0 ? '' : ` ${rest} ${second}`}`;
}
