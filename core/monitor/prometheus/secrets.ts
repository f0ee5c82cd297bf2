/** What Prometheus and Alertmanager want to be shown: read from files, kept nowhere. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { RpiError, systemCode } from '../../errors.ts';
import type { PrometheusSettings } from '../../project/monitor-backend.ts';

type Login = Pick<PrometheusSettings, 'token_file' | 'user' | 'password_file'>;

/** The Authorization header for Prometheus; undefined where none is set. Throws as secretIn. */
export async function authorizationOf(login: Login, root: string): Promise<string | undefined> {
  if (login.token_file !== undefined) return `Bearer ${await secretIn(root, login.token_file)}`;
  if (login.user === undefined || login.password_file === undefined) return undefined;
  const password = await secretIn(root, login.password_file);
  return `Basic ${Buffer.from(`${login.user}:${password}`).toString('base64')}`;
}

/**
 * The one line of a file that rpi.yml names, relative to `root`. Throws `file.not-readable`, and
 * `config.invalid` for a file that holds no secret of one line.
 */
export async function secretIn(root: string, path: string): Promise<string> {
  const text = await readFile(resolve(root, path), 'utf8').catch((error: unknown) => {
    throw new RpiError('file.not-readable', `Can't read ${path} (${systemCode(error) ?? '?'}).`, {
      remedy: 'monitor.prometheus in rpi.yml names it; it is relative to rpi.yml.',
    });
  });
  const secret = text.trim();
  // An empty token would let everybody in; a control character has no place in a header.
  if (secret !== '' && !/\p{Cc}/u.test(secret)) return secret;
  throw new RpiError('config.invalid', `${path} holds no secret.`, {
    remedy: 'One line is wanted there, as from: openssl rand -hex 32',
  });
}
