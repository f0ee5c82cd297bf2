/**
 * What a Pi's firmware does between power-on and the kernel, as far as the lab needs it: read
 * config.txt (or, once, tryboot.txt) from the boot partition and choose what to boot.
 * The file's rules: "config.txt" in Raspberry Pi's documentation.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isSystemError } from './errors.ts';

export type Boot = {
  /** `installer` when the config names the network installer's initramfs; `none` when there is nothing to boot. */
  target: 'system' | 'installer' | 'none';
  /** The config that was read. */
  config: string;
  /** Set when tryboot.txt was asked for and read. */
  tryboot: boolean;
  /** `dtoverlay` lines in force, such as `w1-gpio` or `w1-gpio,gpiopin=4`. */
  overlays: string[];
};

/** The folder of the network installer on the boot partition, as its config.txt's `os_prefix` says it. */
export const installerPrefix = 'raspberrypi-ua-netinst/';

/**
 * Reads a boot partition and chooses.
 * @param rebootParameter what `reboot PARAMETER` was given: `0 tryboot` boots tryboot.txt this once
 * @param filter the model's name in section filters, such as `pi4`
 */
export async function readFirmware(
  boot: string,
  rebootParameter: string,
  filter: string,
): Promise<Boot> {
  const asked = /\btryboot\b/.test(rebootParameter);
  const trial = asked ? await readConfig(boot, 'tryboot.txt') : undefined;
  const config = trial === undefined ? 'config.txt' : 'tryboot.txt';
  // Without any config.txt a real Pi boots the default kernel with default settings.
  const text = trial ?? (await readConfig(boot, 'config.txt')) ?? '';
  return chooseBoot(text, config, filter, asked);
}

async function readConfig(boot: string, name: string, depth = 0): Promise<string | undefined> {
  let text: string;
  try {
    text = await readFile(join(boot, name), 'utf8');
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined;
    throw error;
  }
  const lines: string[] = [];
  for (const line of text.split('\n')) {
    const included = /^\s*include\s+([\w.+-]+)\s*$/.exec(line)?.[1];
    if (included === undefined || depth > 4) lines.push(line);
    else lines.push((await readConfig(boot, included, depth + 1)) ?? '');
  }
  return lines.join('\n');
}

/** The choice itself, from the text of a config whose includes are resolved. */
export function chooseBoot(text: string, config: string, filter: string, tryboot: boolean): Boot {
  const settings = new Map<string, string>();
  const overlays: string[] = [];
  let active = true;
  for (const raw of text.split(/\r?\n/)) {
    const line = raw.replace(/#.*/, '').trim();
    const section = /^\[(.*)\]$/.exec(line)?.[1];
    if (section !== undefined) {
      active =
        section === 'all' || matchesFilter(section, filter) || (section === 'tryboot' && tryboot);
      continue;
    }
    const setting = /^(\w+)(?:\s*=\s*|\s+)(.*)$/.exec(line);
    const [, name, value] = setting ?? [];
    if (!active || name === undefined || value === undefined) continue;
    if (name === 'dtoverlay') overlays.push(value);
    else settings.set(name, value);
  }
  const installs =
    settings.get('os_prefix') === installerPrefix ||
    /^installer/.test(settings.get('initramfs') ?? '');
  return {
    target: installs ? 'installer' : 'system',
    config,
    tryboot: tryboot && config === 'tryboot.txt',
    overlays: overlays.filter((each) => each !== ''),
  };
}

/** `[pi4]` also holds for a Pi 400 and a CM4, `[pi3]` for a 3B+, `[pi0]` for all Zeros. */
function matchesFilter(section: string, filter: string): boolean {
  const wider: Record<string, readonly string[]> = {
    pi400: ['pi4'],
    cm4: ['pi4'],
    'pi3+': ['pi3'],
    pi0w: ['pi0'],
    pi02: ['pi0'],
  };
  return section === filter || (wider[filter] ?? []).includes(section);
}

/** True when an overlay of this name is loaded, whatever its parameters. */
export function hasOverlay(boot: Boot, name: string): boolean {
  return boot.overlays.some((each) => each.split(',')[0] === name);
}
