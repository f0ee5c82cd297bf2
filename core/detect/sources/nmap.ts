/** nmap's ping scan, where a person asks for it: other probes, and other eyes to compare with. */
import { commandFailed, streamCommand } from '../../command/run.ts';
import type { Command } from '../../command/command.ts';
import { RpiError } from '../../errors.ts';
import { formatNetwork } from '../../formats/ipv4.ts';
import { createNmapReader } from '../../formats/nmap.ts';
import type { Scan, Source } from '../source.ts';

/** `-n`: without name lookups, which take half a minute where no name server answers. */
export function nmapCommand(targets: readonly string[]): Command {
  return { command: 'nmap', args: ['-sn', '-n', '-oX', '-', ...targets] };
}

export const nmap: Source = {
  name: 'nmap',
  title: 'nmap -sn (with root, it sees MACs by itself)',
  onRequest: true,
  sweep: async (scan) => {
    const targets = [...scan.networks.map(({ network }) => formatNetwork(network)), ...scan.hosts];
    try {
      await run(scan, nmapCommand(targets));
    } catch (error) {
      if (RpiError.is(error, 'run.cancelled')) return; // the scan has ended
      if (RpiError.is(error, 'command.not-found')) throw notInstalled();
      throw error;
    }
  },
};

async function run(scan: Scan, command: Command): Promise<void> {
  const reader = createNmapReader();
  const stream = streamCommand(command, scan);
  let stderr = '';
  for (;;) {
    const step = await stream.next();
    if (step.done === true) {
      if (step.value === 0) return;
      throw commandFailed(command, { code: step.value, stdout: '', stderr });
    }
    const { from, text } = step.value;
    if (from === 'stderr') stderr += text;
    if (from !== 'stdout') continue;
    for (const host of reader.push(text)) {
      const { address, mac, name } = host;
      if (scan.isTarget(address)) scan.report({ address, mac, name, answered: true });
    }
  }
}

function notInstalled(): RpiError {
  return new RpiError('command.not-found', 'nmap is not installed.', {
    remedy: 'Install it (sudo apt install nmap), or leave --nmap out: detection works without it.',
  });
}
