/** Hosts on the command line: by themselves, or by --limit. */
import { RpiError } from '../../core/errors.ts';

/** The pattern that names and `--limit` stand for; undefined where neither was given. */
export function limitOf(hosts: readonly string[], limit: string | undefined): string | undefined {
  if (hosts.length === 0) return limit;
  if (limit === undefined) return hosts.join(':');
  throw new RpiError('input.invalid', 'Hosts are named twice: by themselves and by --limit.', {
    remedy: 'Use one of the two.',
  });
}
