/** A list of addresses to look at, for Pis behind routers: one a line, `#` begins a comment. */
import { RpiError } from '../errors.ts';
import { parseAddress } from '../formats/ipv4.ts';

const MOST_ADDRESSES = 65536;

/**
 * The addresses of a host list, each once, in its order. Throws `input.invalid` with the line of
 * what is no IPv4 address. `path` names the file in messages.
 */
export function parseHostList(text: string, path: string): string[] {
  const addresses = text.split('\n').flatMap((line, index) => {
    const entry = line.replace(/#.*/, '').trim();
    if (entry === '') return [];
    if (parseAddress(entry) !== undefined) return [entry];
    throw new RpiError('input.invalid', `${path}:${index + 1}: “${entry}” is no IPv4 address.`, {
      remedy: 'Write one address a line, such as 192.168.7.21; # begins a comment.',
    });
  });
  if (addresses.length === 0) {
    throw new RpiError('input.invalid', `${path} lists no addresses.`, {
      remedy: 'Write one address a line, such as 192.168.7.21.',
    });
  }
  if (addresses.length > MOST_ADDRESSES) {
    throw new RpiError('input.invalid', `${path} lists more than ${MOST_ADDRESSES} addresses.`, {
      remedy: 'Split the list.',
    });
  }
  return [...new Set(addresses)];
}
