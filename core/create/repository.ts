/** What the hosts of a run are installed from: each archive is read once, however many need it. */
import { stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { systemKeyrings } from '../debian/signature.ts';
import { RpiError } from '../errors.ts';
import { netinstSettings } from '../install/backends/netinst/settings.ts';
import type { NamedFinding } from '../runs/finding.ts';
import type { ProjectContext } from '../runs/operation.ts';
import {
  archivesSeen,
  examineRepository,
  type Archives,
  type Examined,
} from './examine-repository.ts';
import type { RenderedFile } from './host-files.ts';
import { examineCachePort, type CachePort } from './cache-port.ts';
import { computedSettings, netinstDownloads, type NetinstDownloads } from './netinst-packages.ts';

export type Repository = {
  /** Where indexes are kept, each under its hash. */
  readonly store: string;
  /**
   * Examines what an installation by these files downloads. `unreadable`: what becomes of an
   * archive that can't be read from this machine, which is not where it is needed. Throws
   * `run.cancelled`.
   */
  readonly examine: (
    files: readonly RenderedFile[],
    unreadable: 'failed' | 'skipped',
  ) => Promise<Examined & { readonly downloads: NetinstDownloads | undefined }>;
};

/** Throws `file.not-readable` for a keyring of rpi.yml. */
export async function openRepository({
  project,
  env,
  signal,
  clock,
}: ProjectContext): Promise<Repository> {
  const { keyring } = project.config.create.repository;
  const own =
    keyring === undefined ? [] : [isAbsolute(keyring) ? keyring : join(project.root, keyring)];
  for (const file of own) {
    await stat(file).catch((cause: unknown) => {
      throw new RpiError('file.not-readable', `Can't read the keyring ${file}.`, {
        remedy: 'Correct create.repository.keyring in rpi.yml.',
        cause,
      });
    });
  }
  const keyrings = [...own, ...(await systemKeyrings())];
  const store = join(project.state, 'cache');
  /** One a cache: what is read through it may be another mirror’s. */
  const known = new Map<string | undefined, Archives>();
  const ports = new Map<string, Promise<CachePort>>();
  return {
    store,
    examine: async (files, unreadable) => {
      const config = files.find(({ path }) => path === 'config/installer-config.txt')?.content;
      const settings = netinstSettings(config ?? '');
      const downloads = netinstDownloads(settings, files);
      if (downloads === undefined) {
        return {
          findings: [unknowable(computedSettings(settings))],
          packages: [],
          downloads,
        };
      }
      const { cache } = downloads;
      const port =
        cache === undefined ? undefined : (ports.get(cache) ?? examineCachePort(cache, signal));
      if (cache !== undefined && port !== undefined) ports.set(cache, port);
      const seen = await port;
      if (seen?.isNamed === false) {
        return { findings: [seen.finding], packages: [], downloads: undefined };
      }
      if (seen?.finding.status === 'failed') {
        const findings = [{ ...seen.finding, status: unreadable }, unreadByCache];
        return { findings, packages: [], downloads };
      }
      const archives = known.get(cache) ?? archivesSeen({ env, signal, cache, keyrings, store });
      known.set(cache, archives);
      const examined = await examineRepository(downloads, archives, clock.now(), unreadable);
      const findings = [...(seen === undefined ? [] : [seen.finding]), ...examined.findings];
      return { ...examined, findings, downloads };
    },
  };
}

const unreadByCache: NamedFinding = {
  name: 'archives',
  why: 'What can’t be read is not installed.',
  status: 'skipped',
  detail: 'not read: the cache in front of them does not answer',
};

function unknowable(computed: readonly string[]): NamedFinding {
  const check = { name: 'settings', why: 'What is installed depends on them.' };
  return computed.length === 0
    ? { ...check, status: 'failed', detail: 'cdebootstrap_cmdline replaces all lists of packages' }
    : {
        ...check,
        status: 'failed',
        detail: `computed by the shell: ${computed.join(', ')}`,
        remedy: 'Write plain values for them.',
      };
}
