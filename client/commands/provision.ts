import { onHosts } from './on-hosts.ts';

/** With an empty inventory `rpi provision` detects, asks, adopts and enrolls first. */
export const provision = onHosts({
  title: 'Provision',
  words: ['provision'],
  ansible: true,
  mayBeEmpty: true,
  asks: true,
});
