import { onHosts } from './on-hosts.ts';

export const syncInventory = onHosts({
  title: 'Update Addresses from Detection',
  words: ['inventory', 'sync'],
});
