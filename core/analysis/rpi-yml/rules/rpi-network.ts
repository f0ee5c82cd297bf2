import { formatNetwork, isPrivate, parseNetwork, sizeOf } from '../../../formats/ipv4.ts';
import type { Draft } from '../../rule.ts';
import type { RpiYmlRule } from '../rpi-yml-rule.ts';

/** The bounds of core/detect/networks.ts: above the first it refuses, above the second it takes long. */
const LARGEST = 16;
const LARGE = 22;

export const rpiNetwork: RpiYmlRule = {
  code: 'rpi-network',
  *check({ values, valueRange }) {
    for (const [index, value] of listOf(values).entries()) {
      const range = valueRange(['networks', index]);
      if (range !== undefined && typeof value === 'string') yield* ofNetwork(value, range);
    }
  },
};

function* ofNetwork(text: string, range: { start: number; end: number }): Iterable<Draft> {
  if (!/^\d+\.\d+\.\d+\.\d+\/\d+$/.test(text)) return; // the schema says so
  const network = parseNetwork(text);
  if (network === undefined) {
    yield {
      ...range,
      message: `${text} is no network: numbers up to 255, and up to 32 behind “/”.`,
    };
    return;
  }
  const size = sizeOf(network).toLocaleString('en');
  if (network.prefix < LARGEST) {
    yield { ...range, message: `${text} has ${size} addresses; rpi searches a /16 at most.` };
  } else if (network.prefix < LARGE) {
    yield {
      ...range,
      severity: 'warning',
      message: `${text} has ${size} addresses: a search takes long. Name the part where Pis are.`,
    };
  }
  if (!isPrivate(network) && network.prefix >= LARGEST) {
    yield {
      ...range,
      severity: 'warning',
      message: `${text} is no private network: these machines may belong to somebody else.`,
    };
  }
  const written = formatNetwork(network);
  if (written !== text && network.prefix < 32) {
    yield {
      ...range,
      severity: 'hint',
      message: `The network of this address is ${written}.`,
      fixes: [{ title: `Write ${written}`, edits: [{ ...range, text: written }], preferred: true }],
    };
  }
}

function listOf(values: unknown): readonly unknown[] {
  const found =
    typeof values === 'object' && values !== null && 'networks' in values ? values.networks : [];
  return Array.isArray(found) ? (found as unknown[]) : [];
}
