/** The settings that raspberrypi-ua-netinst will work with: what is written, else its defaults. */
import { installerOption } from '../../../data/installer-options.ts';
import { parseInstallerConfig } from '../../../formats/installer-config/parse.ts';
import { settingsOf } from '../../../formats/installer-config/settings.ts';

export type NetinstSettings = {
  /** The installer-config.txt that was rendered. */
  readonly text: string;
  /** What is written or else the default; '' for neither, undefined where the shell computes it. */
  readonly get: (name: string) => string | undefined;
  /** A command may set any of them. */
  readonly certain: boolean;
};

export function netinstSettings(text: string): NetinstSettings {
  const { values, certain } = settingsOf(parseInstallerConfig(text));
  return {
    text,
    certain,
    get: (name) => {
      const isComputed = values.has(name) ? values.get(name) === undefined : !certain;
      if (isComputed) return undefined;
      const value = values.get(name) ?? '';
      return value === '' ? (installerOption(name)?.default ?? '') : value;
    },
  };
}

/** `+128M` and `+2G`, as fdisk reads them, in bytes; undefined for anything else. */
export function partitionSize(text: string | undefined): number | undefined {
  const [, number, unit] = /^\+(\d{1,6})([MG])$/.exec(text ?? '') ?? [];
  if (number === undefined) return undefined;
  return Number(number) * 1024 ** (unit === 'G' ? 3 : 2);
}

/** The Release file of the suite, by way of the cache where there is one; undefined if computed. */
export function releaseUrl({ get }: NetinstSettings): string | undefined {
  const [mirror, cache, release] = [get('mirror'), get('mirror_cache'), get('release')];
  if (mirror === undefined || cache === undefined || release === undefined) return undefined;
  const base = cache === '' ? mirror : mirror.replace(/^https?:\/\//, `http://${cache}/`);
  const url = `${base.replace(/\/+$/, '')}/dists/${release}/Release`;
  return URL.canParse(url) ? url : undefined;
}
