import { onHosts } from './on-hosts.ts';

export const deploy = onHosts({ title: 'Deploy', words: ['deploy'], ansible: true });
