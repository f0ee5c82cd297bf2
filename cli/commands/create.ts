import { InvalidArgumentError, type Command } from 'commander';
import { executeInProject, invocationOf } from '../execute.ts';

type RenderOptions = {
  readonly output?: string;
  readonly limit?: string;
  readonly diff?: true;
};

type VerifyOptions = {
  readonly limit?: string;
  readonly update: boolean;
  readonly pi: boolean;
  readonly list?: true;
};

type CardOptions = {
  readonly host: string;
  readonly size?: number;
  readonly yesWipe?: string;
};

/** `rpi create` */
export function addCreate(program: Command): void {
  const create = program
    .command('create')
    .description('makes what is to be installed on a Pi by raspberrypi-ua-netinst');
  create
    .command('render')
    .description('installer-config.txt, post-install.txt and files for each host')
    .argument('[hosts...]', 'names, groups or patterns of the inventory; all hosts without')
    .option('-o, --output <dir>', 'make a folder for each host there, not in .rpi/create')
    .option('-l, --limit <hosts>', 'of those only these (an Ansible host pattern)')
    .option('-D, --diff', 'show how it differs from what is on the Pis, by ssh')
    .option('--dry-run', 'show what would change, write nothing')
    .addHelpText(
      'after',
      '\nThe base is create/installer-config.txt; hostname, users and keys come from inventory and' +
        '\nrpi.yml, other settings from create.settings there and from rpi_install of a host.' +
        '\nThe folders hold passwords and private keys: they are for you alone (mode 0700).',
    )
    .action(async (hosts: string[], options: RenderOptions, command: Command) => {
      const { renderCreate } = await import('../../core/create/render.ts');
      await executeInProject(invocationOf(command), (context) =>
        renderCreate(
          {
            hosts: hosts.length === 0 ? undefined : hosts.join(','),
            limit: options.limit,
            output: options.output,
            diff: false,
            diffToPi: options.diff === true,
          },
          context,
        ),
      );
    });
  create
    .command('verify')
    .description('checks that all that would be downloaded is there; changes nothing')
    .argument('[hosts...]', 'names, groups or patterns of the inventory; all hosts without')
    .option('-l, --limit <hosts>', 'of those only these (an Ansible host pattern)')
    .option('--list', 'name every package that would be downloaded')
    .option('--no-pi', 'don’t ask from the Pis whether they reach the archives')
    .option('--no-update', 'don’t run create.repository.update of rpi.yml first')
    .addHelpText(
      'after',
      '\nArchives are read as the installer reads them: release, architecture, signature, expiry, and' +
        '\nevery package with all that it depends on. Indexes are kept in .rpi/cache.',
    )
    .action(async (hosts: string[], options: VerifyOptions, command: Command) => {
      const { verifyCreate } = await import('../../core/create/verify.ts');
      await executeInProject(invocationOf(command), (context) =>
        verifyCreate(
          {
            hosts: hosts.length === 0 ? undefined : hosts.join(','),
            limit: options.limit,
            update: options.update,
            fromPi: options.pi,
            list: options.list === true,
          },
          context,
        ),
      );
    });
  create
    .command('payload')
    .description('takes the installer’s own files from a download; checks and keeps them')
    .argument('<path>', 'a release of raspberrypi-ua-netinst: its zip, an image or a folder')
    .option('--sha256 <sum>', 'what the file’s SHA-256 must be', sum)
    .option('--dry-run', 'check only, keep nothing')
    .addHelpText(
      'after',
      '\nReleases are at https://github.com/FooDeas/raspberrypi-ua-netinst/releases. They boot the models' +
        '\n1A to 4B, Zero, Zero 2 W and CM1 to CM3+. What was taken is used by create card and install.',
    )
    .action(async (path: string, options: { sha256?: string }, command: Command) => {
      const { takePayload } = await import('../../core/create/payload.ts');
      await executeInProject(invocationOf(command), (context) =>
        takePayload({ path, sha256: options.sha256 }, context),
      );
    });
  create
    .command('card')
    .description('prepares a fresh card (or USB disk) for the first start of a host')
    .argument('<target>', 'folder where it is mounted, image file, or block device')
    .requiredOption('--host <name>', 'the host of the inventory that it is for')
    .option('--size <size>', 'of an image that is made, as in 512M or 2G (default: 256M)', size)
    .option('--yes-wipe <device>', 'for scripts: the typed name of the block device')
    .option('--dry-run', 'show what would be written, write nothing')
    .addHelpText(
      'after',
      '\nAn empty one gets raspberrypi-ua-netinst (rpi create payload). One with Raspberry Pi OS on it' +
        '\ngets the settings of its first start: by cloud-init (Trixie) or firstrun.sh (Bookworm).' +
        '\n\nExamples:' +
        '\n  rpi create card /media/you/bootfs --host kitchen   a card that is mounted' +
        '\n  rpi create card kitchen.img --host kitchen         an image, made if it is not there' +
        '\n  rpi create card /dev/sdb --host kitchen            asks for the device’s typed name',
    )
    .action(async (target: string, options: CardOptions, command: Command) => {
      const { makeCard } = await import('../../core/create/card.ts');
      const { host, size: bytes = 256 * 1024 ** 2, yesWipe } = options;
      await executeInProject(invocationOf(command), (context) =>
        makeCard({ target, host, yesWipe, size: bytes }, context),
      );
    });
}

function sum(text: string): string {
  if (/^[0-9a-f]{64}$/i.test(text)) return text;
  throw new InvalidArgumentError('64 hexadecimal digits are wanted.');
}

function size(text: string): number {
  const [, number, unit] = /^(\d{1,6})([MG])$/.exec(text) ?? [];
  if (number !== undefined) return Number(number) * 1024 ** (unit === 'G' ? 3 : 2);
  throw new InvalidArgumentError('A size is wanted, as in 512M or 2G.');
}
