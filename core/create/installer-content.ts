/** Whether a set of boot files is raspberrypi-ua-netinst, whole, and which models it boots. */

/** A file of a boot partition; `path` relative to it, with slashes. */
export type BootFile = { readonly path: string; readonly size: number };

export type InstallerContent =
  | { readonly type: 'installer'; readonly models: readonly string[] }
  | { readonly type: 'incomplete'; readonly missing: readonly string[] }
  /** Something else that boots. */
  | { readonly type: 'other'; readonly what: string; readonly remedy: string };

const FOLDER = 'raspberrypi-ua-netinst/';

/** What every model needs; a pattern of paths, and what to call it. */
const NEEDED: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/^bootcode\.bin$/, 'bootcode.bin'],
  [/^start.*\.elf$/, 'start*.elf'],
  [/^fixup.*\.dat$/, 'fixup*.dat'],
  [/^raspberrypi-ua-netinst\/kernel.*\.img$/, `${FOLDER}kernel*.img`],
  [/^raspberrypi-ua-netinst\/[^/]+\.dtb$/, `${FOLDER}*.dtb`],
  [/^raspberrypi-ua-netinst\/overlays\/./, `${FOLDER}overlays/`],
  [/^raspberrypi-ua-netinst\/initramfs\.gz$/, `${FOLDER}initramfs.gz`],
  [/^raspberrypi-ua-netinst\/config\.txt$/, `${FOLDER}config.txt`],
  [/^raspberrypi-ua-netinst\/cmdline\.txt$/, `${FOLDER}cmdline.txt`],
];

/** Which kernels and which firmware start a processor. */
const PROCESSORS = {
  BCM2708: { kernels: ['kernel.img'], firmware: 'start.elf' },
  BCM2709: { kernels: ['kernel7.img'], firmware: 'start.elf' },
  BCM2710: { kernels: ['kernel7.img', 'kernel8.img'], firmware: 'start.elf' },
  BCM2711: { kernels: ['kernel7l.img', 'kernel8.img'], firmware: 'start4.elf' },
} as const;

/** By the device tree that the firmware loads for it. */
const MODELS: readonly {
  readonly model: string;
  readonly tree: string;
  readonly processor: keyof typeof PROCESSORS;
}[] = [
  { model: '1A, 1B', tree: 'bcm2708-rpi-b', processor: 'BCM2708' },
  { model: '1A+, 1B+', tree: 'bcm2708-rpi-b-plus', processor: 'BCM2708' },
  { model: 'Zero', tree: 'bcm2708-rpi-zero', processor: 'BCM2708' },
  { model: 'Zero W', tree: 'bcm2708-rpi-zero-w', processor: 'BCM2708' },
  { model: 'CM1', tree: 'bcm2708-rpi-cm', processor: 'BCM2708' },
  { model: '2B', tree: 'bcm2709-rpi-2-b', processor: 'BCM2709' },
  { model: '2B Rev 1.2', tree: 'bcm2710-rpi-2-b', processor: 'BCM2710' },
  { model: '3B', tree: 'bcm2710-rpi-3-b', processor: 'BCM2710' },
  { model: '3A+, 3B+', tree: 'bcm2710-rpi-3-b-plus', processor: 'BCM2710' },
  { model: 'CM3, CM3+', tree: 'bcm2710-rpi-cm3', processor: 'BCM2710' },
  { model: 'Zero 2 W', tree: 'bcm2710-rpi-zero-2-w', processor: 'BCM2710' },
  { model: '4B', tree: 'bcm2711-rpi-4-b', processor: 'BCM2711' },
];

/** Empty files count as missing: a copy that was cut off leaves such. */
export function judgeContent(files: readonly BootFile[]): InstallerContent {
  const paths = files.filter(({ size }) => size > 0).map(({ path }) => path);
  const has = (path: string): boolean => paths.includes(path);
  if (!paths.some((path) => path.startsWith(FOLDER))) return other(has);
  const missing = NEEDED.filter(([pattern]) => !paths.some((path) => pattern.test(path)));
  if (missing.length > 0) return { type: 'incomplete', missing: missing.map(([, name]) => name) };
  const models = MODELS.filter(({ tree, processor }) => {
    const { kernels, firmware } = PROCESSORS[processor];
    return (
      has(`${FOLDER}${tree}.dtb`) && has(firmware) && kernels.some((kernel) => has(FOLDER + kernel))
    );
  }).map(({ model }) => model);
  return models.length === 0
    ? { type: 'incomplete', missing: ['a device tree with its kernel and firmware for any model'] }
    : { type: 'installer', models };
}

function other(has: (path: string) => boolean): InstallerContent {
  if (has('issue.txt') || (has('cmdline.txt') && has('config.txt'))) {
    return {
      type: 'other',
      what: 'the boot partition of Raspberry Pi OS, or of another system',
      remedy: 'A card with it is prepared by: rpi create card',
    };
  }
  if (has('installer-config.txt') || has('installer.cpio.gz') || has('kernel_install.img')) {
    return {
      type: 'other',
      what: 'raspbian-ua-netinst, the older installer, which rpi does not install with',
      remedy: 'Take a release of raspberrypi-ua-netinst.',
    };
  }
  return {
    type: 'other',
    what: 'nothing that is known here: it has no folder raspberrypi-ua-netinst',
    remedy:
      'Name a release of raspberrypi-ua-netinst: its zip, an image, or a folder it was unpacked to.',
  };
}
