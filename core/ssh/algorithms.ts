/** Which host key algorithms to ask for: those of the known types first, as ssh does. */
import type { ServerHostKeyAlgorithm } from 'ssh2';

/** Algorithms in the order of our preference, each with the key type it belongs to. */
const ALGORITHMS: readonly { readonly name: ServerHostKeyAlgorithm; readonly type: string }[] = [
  { name: 'ssh-ed25519', type: 'ssh-ed25519' },
  { name: 'ecdsa-sha2-nistp256', type: 'ecdsa-sha2-nistp256' },
  { name: 'ecdsa-sha2-nistp384', type: 'ecdsa-sha2-nistp384' },
  { name: 'ecdsa-sha2-nistp521', type: 'ecdsa-sha2-nistp521' },
  // RSA keys with SHA-2 only: every OpenSSH since 7.2 (2016) has it.
  { name: 'rsa-sha2-512', type: 'ssh-rsa' },
  { name: 'rsa-sha2-256', type: 'ssh-rsa' },
];

/**
 * Without this order a host whose RSA key is on record would show its ed25519 key, which would
 * look like a changed one.
 */
export function hostKeyAlgorithms(knownTypes: readonly string[]): ServerHostKeyAlgorithm[] {
  const known = ALGORITHMS.filter(({ type }) => knownTypes.includes(type));
  const others = ALGORITHMS.filter(({ type }) => !knownTypes.includes(type));
  return [...known, ...others].map(({ name }) => name);
}
