/** The apt cache that an installation goes through: is it named as the installer wants, and does it answer? */
import { connect } from 'node:net';
import { installerOption } from '../data/installer-options.ts';
import { reasonOf } from '../debian/http.ts';
import { cancelled } from '../errors.ts';
import { wantedInstead } from '../formats/installer-config/wanted.ts';
import type { NamedFinding } from '../runs/finding.ts';

const CHECK = {
  name: 'cache',
  why: 'Everything that the installer downloads comes through it (setting mirror_cache).',
};
/** Milliseconds until a port that says nothing is given up. */
const PATIENCE = 5000;

export type CachePort = {
  readonly finding: NamedFinding;
  /** False where `mirror_cache` names no port at all: then nobody need be asked for anything. */
  readonly isNamed: boolean;
};

/** Connects to `cache`, the `HOST:PORT` of the setting, and sends nothing. Throws `run.cancelled`. */
export async function examineCachePort(cache: string, signal: AbortSignal): Promise<CachePort> {
  const option = installerOption('mirror_cache');
  const wanted = option === undefined ? undefined : wantedInstead(option, cache);
  const [, host = '', digits = ''] = /^(.*):(\d+)$/.exec(cache) ?? [];
  const port = Number(digits);
  if (wanted !== undefined || port < 1 || port > 65_535) {
    const finding = {
      ...CHECK,
      status: 'failed' as const,
      detail: `mirror_cache is “${cache}”, but ${wanted ?? 'a port is a number from 1 to 65535'}`,
      remedy: 'Write it as in mirror_cache=192.168.1.2:3142 (apt-cacher-ng’s port is 3142).',
    };
    return { finding, isNamed: false };
  }
  const why = await refusal(host, port, signal);
  if (why === undefined) {
    const finding = { ...CHECK, status: 'ok' as const, detail: `${cache} answers` };
    return { finding, isNamed: true };
  }
  const finding = {
    ...CHECK,
    status: 'failed' as const,
    detail: `${cache} can’t be reached from here: ${why}`,
    remedy:
      'Start apt-cacher-ng there, or correct mirror_cache; without it every Pi downloads from the mirror itself.',
  };
  return { finding, isNamed: true };
}

/** Undefined where somebody listens. */
function refusal(host: string, port: number, signal: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(cancelled());
      return;
    }
    const socket = connect({ host, port, signal, timeout: PATIENCE });
    socket.once('connect', () => {
      socket.destroy();
      resolve(undefined);
    });
    socket.once('timeout', () => {
      socket.destroy();
      resolve('it does not answer');
    });
    socket.once('error', (error) => {
      if (signal.aborted) reject(cancelled());
      else resolve(reasonOf(error));
    });
  });
}
