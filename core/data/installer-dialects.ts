/** The two installers that read an installer-config.txt. */
import type { InstallerOption } from './installer-option.ts';
import { RASPBERRYPI_INTERNALS, RASPBERRYPI_OPTIONS } from './installer-options-raspberrypi.ts';
import { RASPBIAN_INTERNALS, RASPBIAN_OPTIONS } from './installer-options-raspbian.ts';

export type DialectName = 'raspberrypi-ua-netinst' | 'raspbian-ua-netinst';

export type Dialect = {
  readonly name: DialectName;
  readonly options: readonly InstallerOption[];
  /** The option of that name, or undefined where this installer knows none. */
  readonly option: (name: string) => InstallerOption | undefined;
  /** Variables of the installer itself that a config should leave alone, with what becomes of them. */
  readonly internals: ReadonlyMap<string, string>;
  /**
   * True where defaults fill every empty variable after the config was read; false where they are
   * set before, so that an empty value stays empty.
   */
  readonly emptyTakesDefault: boolean;
  /** Where its files lie, from the root of the boot partition. */
  readonly places: {
    readonly config: string;
    readonly postInstall: string;
    readonly wpaSupplicant: string;
    readonly files: string;
  };
};

/** The maintained fork, and the default. */
export const RASPBERRYPI_DIALECT: Dialect = {
  name: 'raspberrypi-ua-netinst',
  options: RASPBERRYPI_OPTIONS,
  option: finder(RASPBERRYPI_OPTIONS),
  internals: RASPBERRYPI_INTERNALS,
  emptyTakesDefault: true,
  places: {
    config: 'raspberrypi-ua-netinst/config/installer-config.txt',
    postInstall: 'raspberrypi-ua-netinst/config/post-install.txt',
    wpaSupplicant: 'raspberrypi-ua-netinst/config/wpa_supplicant.conf',
    files: 'raspberrypi-ua-netinst/config/files',
  },
};

/** The one of 2015. */
export const RASPBIAN_DIALECT: Dialect = {
  name: 'raspbian-ua-netinst',
  options: RASPBIAN_OPTIONS,
  option: finder(RASPBIAN_OPTIONS),
  internals: RASPBIAN_INTERNALS,
  emptyTakesDefault: false,
  places: {
    config: 'installer-config.txt',
    postInstall: 'post-install.txt',
    wpaSupplicant: 'config/wpa_supplicant.conf',
    files: 'config/files',
  },
};

const DIALECTS: readonly Dialect[] = [RASPBERRYPI_DIALECT, RASPBIAN_DIALECT];

/** The dialect of that name: one object a dialect, so they can be compared. */
export function dialectOf(name: DialectName): Dialect {
  return name === 'raspbian-ua-netinst' ? RASPBIAN_DIALECT : RASPBERRYPI_DIALECT;
}

/** The other one. */
export function otherDialect(dialect: Dialect): Dialect {
  return DIALECTS.find((each) => each !== dialect) ?? dialect;
}

function finder(
  options: readonly InstallerOption[],
): (name: string) => InstallerOption | undefined {
  const byName = new Map(options.map((option) => [option.name, option]));
  return (name) => byName.get(name);
}
