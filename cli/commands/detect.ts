import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import colors from 'picocolors';
import { z } from 'zod';
import type { DetectOutcome } from '../../core/detect/detect.ts';
import { RpiError, systemCode } from '../../core/errors.ts';
import { personalState } from '../../core/project/paths.ts';
import type { Evidence, Sighting } from '../../core/runs/event.ts';
import { executeAnywhere, invocationOf } from '../execute.ts';
import { renderTable } from '../render/table.ts';

const AFTER = `
Without --network and --hosts, the networks of rpi.yml are searched, else the network of the
default route if it is private and at most a /22. Nothing is logged in to.`;

const optionsSchema = z.object({
  network: z.array(z.string()).default([]),
  hosts: z.string().optional(),
  routed: z.boolean().default(false),
  nmap: z.boolean().default(false),
  all: z.boolean().default(false),
  explain: z.boolean().default(false),
  wait: z.coerce.number().min(0).max(600).optional(),
});

/** `rpi detect`: finds the Pis on the network and prints each as it appears. */
export function addDetect(program: Command): void {
  program
    .command('detect')
    .description('finds the Pis on the network: MAC prefixes, mDNS names, ssh banners')
    .option('--network <cidr>', 'a network to search, such as 192.168.1.0/24; repeatable', collect)
    .option('--hosts <file>', 'look at the addresses in a file, one a line: for Pis behind routers')
    .option('--routed', 'search named networks beyond routers as well, by ssh banner')
    .option('--nmap', 'run nmap as well')
    .option('--all', 'show devices that are no Pis as well')
    .option('--explain', 'say why each is believed to be a Pi, or not')
    .option('--wait <seconds>', 'wait so long for slow devices (default: as long as it pays)')
    .addHelpText('after', AFTER)
    .action(async (_options: unknown, command: Command) => {
      await run(command);
    });
}

function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

async function run(command: Command): Promise<void> {
  const options = readOptions(command);
  const hosts = options.hosts === undefined ? [] : await readHosts(options.hosts);
  const { detect } = await import('../../core/detect/detect.ts');
  const shown = new Set<string>();
  await executeAnywhere(
    invocationOf(command),
    (context, project) => {
      const configured = hosts.length === 0 ? (project?.config.networks ?? []) : [];
      return detect(
        {
          networks: options.network.length > 0 ? options.network : configured,
          hosts,
          routed: options.routed,
          nmap: options.nmap,
          all: options.all,
          wait: options.wait === undefined ? undefined : options.wait * 1000,
          state: project ?? personalState(context.env),
        },
        context,
      );
    },
    {
      lines: {
        // A device that is told again stands in the table at the end.
        sighting: ({ sighting }) => {
          const key = sighting.mac ?? sighting.address;
          if (!sighting.isPi || shown.has(key)) return undefined;
          shown.add(key);
          return `${colors.green('●')} ${sighting.address}  ${colors.dim(sighting.mac ?? '')}`.trimEnd();
        },
      },
      outcome: (result) => renderOutcome(result, options),
    },
  );
}

function readOptions(command: Command): z.infer<typeof optionsSchema> {
  const parsed = optionsSchema.safeParse(command.opts());
  if (parsed.success) return parsed.data;
  throw new RpiError('input.invalid', '--wait takes seconds, 0 to 600.');
}

async function readHosts(path: string): Promise<string[]> {
  const { parseHostList } = await import('../../core/detect/host-list.ts');
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    const code = systemCode(error);
    if (code === undefined) throw error;
    throw new RpiError('file.not-readable', `Can’t read the host list ${path} (${code}).`, {
      remedy: 'Give --hosts a file with one address a line.',
      cause: error,
    });
  });
  return parseHostList(text, path);
}

function renderOutcome(
  result: DetectOutcome,
  options: { readonly all: boolean; readonly explain: boolean },
): string {
  if (result.devices.length === 0) return result.status === 'ok' ? NOTHING_FOUND : '';
  const head = ['ADDRESS', 'MAC', 'NAME', 'SSH', ...(options.all ? ['PI'] : [])];
  const lines = renderTable(
    head,
    result.devices.map((device) => row(device, options.all)),
  ).split('\n');
  const explained = result.devices.flatMap((device, index) => [
    lines[index + 1] ?? '',
    ...(options.explain ? device.evidence.map(reason) : []),
  ]);
  return ['', colors.bold(lines[0] ?? ''), ...explained].join('\n');
}

function row(device: Sighting, all: boolean): string[] {
  const banner = device.banner?.replace(/^SSH-[\d.]+-/, '') ?? colors.dim('–');
  const cells = [
    device.address,
    device.mac ?? colors.dim('–'),
    device.name ?? colors.dim('–'),
    banner,
  ];
  return all ? [...cells, device.isPi ? colors.green('yes') : colors.dim('no')] : cells;
}

const MARKS: Readonly<Record<Evidence['weight'], string>> = {
  for: colors.green('+'),
  against: colors.red('-'),
  neutral: colors.dim('·'),
};

function reason({ weight, says }: Evidence): string {
  return `  ${MARKS[weight]} ${says}`;
}

const NOTHING_FOUND = `
  → Are the Pis switched on, and in this network? A Pi’s first start takes a few minutes.
    Wi-Fi and guest networks may keep devices apart: try by cable.
    rpi detect --wait 10      for slow devices
    rpi detect --all          everything that answers`;
