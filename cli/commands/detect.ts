import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import colors from 'picocolors';
import * as z from 'zod';
import type { DetectOutcome } from '../../core/detect/detect.ts';
import { RpiError, systemCode } from '../../core/errors.ts';
import { personalState } from '../../core/project/paths.ts';
import type { Evidence, Sighting } from '../../core/runs/event.ts';
import { executeAnywhere, invocationOf } from '../execute.ts';
import { renderTable } from '../render/table.ts';
import { wholeNumber } from './numbers.ts';

const AFTER = `
Without --network and --hosts, the networks of rpi.yml are searched, else the network of the
default route if it is private and at most a /22. Nothing is logged in to.

--watch goes on until Ctrl-C, and says what appears, changes and is gone. It listens (neighbour
table, multicast DNS) and searches again every --interval seconds: a day costs next to nothing.`;

const optionsSchema = z.object({
  network: z.array(z.string()).default([]),
  hosts: z.string().optional(),
  routed: z.boolean().default(false),
  nmap: z.boolean().default(false),
  all: z.boolean().default(false),
  explain: z.boolean().default(false),
  wait: z.coerce.number().min(0).max(600).optional(),
  watch: z.boolean().default(false),
  interval: z.number().optional(),
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
    .option('--watch', 'go on, and say what appears, changes and is gone')
    .option(
      '--interval <seconds>',
      'with --watch: how often to search (default: 60)',
      wholeNumber(5, 86_400),
    )
    .addHelpText('after', AFTER)
    .action(async (_options: unknown, command: Command) => {
      const options = readOptions(command);
      await (options.watch ? runWatch(options, command) : run(options, command));
    });
}

function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

type Options = z.infer<typeof optionsSchema>;

/** Its runs have a word of their own: they are many, and only the newest are kept. */
async function runWatch(options: Options, command: Command): Promise<void> {
  if (options.hosts !== undefined || options.routed || options.nmap || options.wait !== undefined) {
    throw new RpiError('input.invalid', '--watch goes with --network and --all only.', {
      remedy:
        'It listens on the networks that this machine is in. For others, run rpi detect from a timer.',
    });
  }
  const { watch } = await import('../../core/detect/watch.ts');
  await executeAnywhere(
    { ...invocationOf(command), name: 'detect --watch' },
    (context, project) =>
      watch(
        {
          networks: options.network.length > 0 ? options.network : (project?.config.networks ?? []),
          all: options.all,
          state: project ?? personalState(context.env),
          interval: (options.interval ?? 60) * 1000,
        },
        context,
      ),
    { lines: { sighting: ({ sighting }) => watched(sighting, options.explain) } },
  );
}

/** One line for what was seen, and why it is believed to be a Pi. */
function watched(sighting: Sighting, explain: boolean): string {
  const time = colors.dim(new Date().toTimeString().slice(0, 8));
  const mark = sighting.isPi ? colors.green('●') : colors.dim('○');
  const cells = row(sighting, false).join('  ');
  const why = explain ? sighting.evidence.map(reason) : [];
  return [`${time} ${mark} ${cells}`, ...why].join('\n');
}

async function run(options: Options, command: Command): Promise<void> {
  if (options.interval !== undefined) {
    throw new RpiError('input.invalid', '--interval is for --watch.');
  }
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

function readOptions(command: Command): Options {
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
