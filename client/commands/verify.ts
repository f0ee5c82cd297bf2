import { onHosts } from './on-hosts.ts';

export const verify = onHosts({ title: 'Verify', words: ['verify'], ansible: true });
