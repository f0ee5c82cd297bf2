/** What rules for installer files know of their surroundings. Whoever runs them looks it up first. */
import type { DialectName } from '../../data/installer-dialects.ts';

/** Undefined stands for unknown everywhere: rules then say nothing that depends on it. */
export type InstallerProject = {
  /** From rpi.yml. */
  readonly dialect?: DialectName;
  /** True for a second configuration, which the installer downloads (`online_config`). */
  readonly isOnline?: boolean;
  /** Whether a wpa_supplicant.conf lies beside the file. */
  readonly hasWpaSupplicant?: boolean;
  /** The names below `files/` beside the file, with `/` between folders. */
  readonly files?: ReadonlySet<string>;
  /** The hosts that will be installed with it. */
  readonly hosts?: readonly { readonly name: string; readonly model: string | undefined }[];
  /** Bytes that will be copied back to the boot partition. */
  readonly bootBytes?: number;
  /** True when rpi makes the accounts (create render lays keys and users over the file). */
  readonly managesAccounts?: boolean;
  /** True when post-install.txt takes the passwords out of the file on the boot partition. */
  readonly scrubsPasswords?: boolean;
};
