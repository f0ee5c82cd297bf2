/** How programs are installed on this machine. */
import { findExecutable, type Environment } from '../command/run.ts';

const MANAGERS = {
  apt: { program: 'apt-get', install: 'sudo apt-get install -y' },
  dnf: { program: 'dnf', install: 'sudo dnf install -y' },
  pacman: { program: 'pacman', install: 'sudo pacman -S' },
  zypper: { program: 'zypper', install: 'sudo zypper install -y' },
  apk: { program: 'apk', install: 'sudo apk add' },
  brew: { program: 'brew', install: 'brew install' },
} as const;

export type PackageManager = keyof typeof MANAGERS;

export type Platform = {
  /** As in `process.platform`. */
  readonly system: string;
  /** The first that is installed; undefined on Windows and where none is known. */
  readonly manager: PackageManager | undefined;
};

/** Names of the packages that bring a program; `any` where they are called the same everywhere. */
export type Packages = { readonly any: string } & { readonly [M in PackageManager]?: string };

export async function detectPlatform(system: string, env: Environment): Promise<Platform> {
  const order: readonly PackageManager[] =
    system === 'darwin' ? ['brew'] : ['apt', 'dnf', 'pacman', 'zypper', 'apk', 'brew'];
  for (const manager of order) {
    if ((await findExecutable(MANAGERS[manager].program, env)) !== undefined) {
      return { system, manager };
    }
  }
  return { system, manager: undefined };
}

/** The command that installs a program here, or advice where no package manager is known. */
export function installCommand({ system, manager }: Platform, packages: Packages): string {
  if (manager !== undefined)
    return `${MANAGERS[manager].install} ${packages[manager] ?? packages.any}`;
  if (system === 'win32')
    return `Use WSL (wsl --install), then there: sudo apt-get install -y ${packages.apt ?? packages.any}`;
  if (system === 'darwin')
    return `Install Homebrew (https://brew.sh), then: brew install ${packages.brew ?? packages.any}`;
  return `Install the package ${packages.any} with your system’s package manager.`;
}
