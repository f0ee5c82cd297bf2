import { onHosts } from './on-hosts.ts';

export const checkAccess = onHosts({ title: 'Check Access', words: ['access', 'check'] });
