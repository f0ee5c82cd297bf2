/** A moment in this machine's time, as a log would. */
export function timeText(milliseconds: number): string {
  return new Date(milliseconds).toLocaleString('en', {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
}
