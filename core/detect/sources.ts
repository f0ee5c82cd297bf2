/** Every source of findings. To add one: a file in sources/, a line here. */
import type { Source } from './source.ts';
import { mdns } from './sources/mdns.ts';
import { neighbours } from './sources/neighbours.ts';
import { nmap } from './sources/nmap.ts';
import { sshBanners } from './sources/ssh-banners.ts';

export const SOURCES: readonly Source[] = [neighbours, mdns, sshBanners, nmap];
