import { onHosts } from './on-hosts.ts';

/** Host keys never seen before are shown and asked about in the terminal. */
export const enroll = onHosts({
  title: 'Enroll',
  words: ['access', 'enroll'],
  asks: true,
});
