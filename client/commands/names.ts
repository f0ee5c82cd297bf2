/** Names of hosts as a sentence takes them: all of a few, the first of many. */
const MANY = 8;

export function namesOf(hosts: readonly string[]): string {
  if (hosts.length <= 1) return hosts.join('');
  const shown = hosts.length <= MANY ? hosts : hosts.slice(0, MANY - 1);
  const left = hosts.length - shown.length;
  const parts = left === 0 ? shown : [...shown, `${left} others`];
  return `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}`;
}
