/** What raspberrypi-ua-netinst prints while it installs, and how far it is then. */
import type { Progress } from '../../backend.ts';
import type { NetinstSettings } from './settings.ts';

/** Shares measured by nobody exactly: unpacking and packages take most of the time. */
const MARKS: Progress['marks'] = [
  { pattern: /^Copying boot files/, title: 'reading the boot partition', percent: 1 },
  { pattern: /^Executing installer-config/, title: 'reading its settings', percent: 2 },
  { pattern: /^Configuring \S+ with/, title: 'setting up the network', percent: 4 },
  { pattern: /^Checking|^Searching/, title: 'asking the mirror', percent: 6 },
  {
    pattern: /^(?:Partitioning|Applying new partition|Initializing \S+ as)/,
    title: 'wiping the disk',
    percent: 10,
    wipes: true,
  },
  {
    pattern: /^Starting install process/,
    title: 'installing the base system',
    percent: 15,
    wipes: true,
  },
  {
    pattern: /^Configuring installed system/,
    title: 'setting up the system',
    percent: 50,
    wipes: true,
  },
  { pattern: /^Updating package lists/, title: 'reading package lists', percent: 55, wipes: true },
  { pattern: /^Downloading packages/, title: 'downloading packages', percent: 58, wipes: true },
  {
    pattern: /^Installing (?:packages|kernel)/,
    title: 'installing packages',
    percent: 68,
    wipes: true,
  },
  {
    pattern: /^Configuring bootloader/,
    title: 'setting up what starts it',
    percent: 90,
    wipes: true,
  },
  {
    pattern: /Start executing post-install/,
    title: 'running post-install.txt',
    percent: 93,
    wipes: true,
  },
  { pattern: /^Installation finished/, title: 'finished, restarting', percent: 97, wipes: true },
];

export const NETINST_PROGRESS: Progress = {
  port: 23,
  marks: MARKS,
  retries: /(\d+) retries left/,
  stopped: /maximum number of retries is reached|system is stopped to prevent/,
  finished: /^Finished!|^Installation finished/,
  logs: 'raspberrypi-ua-netinst',
};

/** With `connect` it calls a machine of the person's own; with `none` it keeps silent. */
export function netinstProgress({ get }: NetinstSettings): Progress {
  const isListening = /^(?:listen|1|)$/.test(get('installer_telnet') ?? 'listen');
  return isListening ? NETINST_PROGRESS : { ...NETINST_PROGRESS, port: undefined };
}
