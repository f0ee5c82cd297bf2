/** The options of the installer that rpi installs with. */
import { RASPBERRYPI_DIALECT } from './installer-dialects.ts';
import type { InstallerOption } from './installer-option.ts';

export const INSTALLER_OPTIONS: readonly InstallerOption[] = RASPBERRYPI_DIALECT.options;

/** The option called `name`, or undefined where the installer knows none. */
export function installerOption(name: string): InstallerOption | undefined {
  return RASPBERRYPI_DIALECT.option(name);
}
