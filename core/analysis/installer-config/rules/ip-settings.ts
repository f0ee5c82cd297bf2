import {
  formatAddress,
  includes,
  networkOf,
  parseAddress,
  prefixOfMask,
  sizeOf,
  type Network,
} from '../../../formats/ipv4.ts';
import type { Assignment } from '../../../formats/installer-config/statement.ts';
import type { Draft } from '../../rule.ts';
import { valueFix, writeValue } from '../edits.ts';
import type { InstallerFacts } from '../facts.ts';
import type { FileRule } from '../items.ts';
import { guessedMask } from './missing-partner.ts';

/** Addresses that are none, or that don’t go together: the installer gets no network. */
export const ipSettings: FileRule = {
  code: 'ip-settings',
  *check(facts) {
    const address = facts.dialect.name === 'raspbian-ua-netinst' ? 'ip4' : 'ip';
    const ownFault = [
      ...addressFaults(facts, `${address}_addr`),
      ...plainFaults(facts, `${address}_gateway`),
      ...maskFaults(facts),
      ...prefixFaults(facts),
    ];
    yield* ownFault;
    yield* nameServerFaults(facts, `${address}_nameservers`);
    if (ownFault.length === 0) yield* faultsBetween(facts, address);
  },
};

function* addressFaults(facts: InstallerFacts, name: string): Iterable<Draft> {
  const written = facts.assignment(name);
  const value = written?.value ?? '';
  if (written === undefined || value === '' || written.append) return;
  if (value === 'dhcp' || (value === 'disable' && name === 'ip4_addr')) return;
  const number = parseAddress(value);
  if (number !== undefined && isForHosts(number)) return;
  const [address = '', bits = ''] = value.split('/');
  const mask = /^\d{1,2}$/.test(bits) && Number(bits) <= 32 ? maskText(Number(bits)) : undefined;
  if (value.toLowerCase() === 'dhcp') {
    yield {
      ...written.valueRange,
      message: `Only “dhcp” in small letters is DHCP; “${value}” is taken for an address.`,
      fixes: [valueFix(written, 'dhcp')],
    };
  } else if (name === 'ip_addr' && mask !== undefined && parseAddress(address) !== undefined) {
    const withMask = facts.assignment('ip_netmask') === undefined;
    yield {
      ...written.valueRange,
      message: `ip_addr takes no “/${bits}”: the mask goes into ip_netmask.`,
      fixes: [
        {
          title: withMask
            ? `Write ip_addr=${address} ip_netmask=${mask}`
            : `Write ip_addr=${address}`,
          edits: [
            writeValue(written, address),
            ...(withMask
              ? [{ start: written.range.end, end: written.range.end, text: ` ip_netmask=${mask}` }]
              : []),
          ],
          preferred: true,
        },
      ],
    };
  } else {
    yield {
      ...written.valueRange,
      message:
        number === undefined
          ? `${name} is “${value}”, but dhcp or an IPv4 address such as 192.168.1.20 is wanted.`
          : `${value} is no address that a machine can have.`,
    };
  }
}

function* plainFaults(facts: InstallerFacts, name: string): Iterable<Draft> {
  const written = facts.assignment(name);
  const value = written?.value ?? '';
  if (written === undefined || value === '' || written.append) return;
  const number = parseAddress(value);
  if (number !== undefined && (isForHosts(number) || value === '0.0.0.0')) return;
  yield {
    ...written.valueRange,
    message: `${name} is “${value}”, but one IPv4 address is wanted.`,
  };
}

function* maskFaults(facts: InstallerFacts): Iterable<Draft> {
  const written = facts.assignment('ip_netmask');
  const value = written?.value ?? '';
  if (written === undefined || value === '' || written.append) return;
  if (facts.dialect.option('ip_netmask')?.deprecated === true) return;
  const mask = parseAddress(value);
  const prefix = mask === undefined ? undefined : prefixOfMask(mask);
  if (prefix !== undefined && prefix > 0) return;
  const bits = /^\/?(\d{1,2})$/.exec(value)?.[1];
  const meant = bits === undefined || Number(bits) > 32 ? undefined : maskText(Number(bits));
  yield {
    ...written.valueRange,
    message: `ip_netmask is “${value}”, but a mask such as 255.255.255.0 is wanted.`,
    fixes: meant === undefined ? [] : [valueFix(written, meant)],
  };
}

function* prefixFaults(facts: InstallerFacts): Iterable<Draft> {
  const written = facts.assignment('ip4_prefixlength');
  const value = written?.value ?? '';
  if (written === undefined || value === '' || facts.dialect.option(written.name) === undefined)
    return;
  if (/^\d{1,2}$/.test(value) && Number(value) <= 32) return;
  const mask = parseAddress(value);
  const prefix = mask === undefined ? undefined : prefixOfMask(mask);
  yield {
    ...written.valueRange,
    message: `ip4_prefixlength is “${value}”, but a number from 0 to 32 is wanted.`,
    fixes: prefix === undefined ? [] : [valueFix(written, String(prefix))],
  };
}

function* nameServerFaults(facts: InstallerFacts, name: string): Iterable<Draft> {
  const written = facts.assignment(name);
  const value = written?.value ?? '';
  if (written === undefined || value.trim() === '' || written.append) return;
  const entries = value.split(/[\s,;]+/).filter(Boolean);
  const wrong = entries.find((each) => parseAddress(each) === undefined);
  if (wrong !== undefined) {
    yield {
      ...written.valueRange,
      message: `“${wrong}” is no IPv4 address; name servers are given by their addresses.`,
    };
  } else if (/[,;]/.test(value)) {
    yield {
      ...written.valueRange,
      message: `${name} wants blanks between addresses: with commas no name can be looked up.`,
      fixes: [valueFix(written, entries.join(' '))],
    };
  } else if (name === 'ip4_nameservers' && entries.length > 1) {
    yield {
      ...written.valueRange,
      severity: 'warning',
      message: 'raspbian-ua-netinst runs several name servers together: write one.',
      fixes: entries[0] === undefined ? [] : [valueFix(written, entries[0], false)],
    };
  }
}

/** Faults between options stand on the dependent one, with the other beside it. */
function* faultsBetween(facts: InstallerFacts, prefix: 'ip' | 'ip4'): Iterable<Draft> {
  const written = facts.assignment(`${prefix}_addr`);
  const address = parseAddress(facts.value(`${prefix}_addr`) ?? '');
  if (written === undefined || address === undefined) return;
  const network = networkOfHost(facts, prefix, address);
  if (network === undefined) return;
  if (sizeOf(network) > 2) {
    const edge =
      address === network.base
        ? 'the address of the network itself'
        : address === network.base + sizeOf(network) - 1
          ? 'the broadcast address'
          : undefined;
    if (edge !== undefined) {
      yield { ...written.valueRange, message: `${formatAddress(address)} is ${edge}.` };
      return;
    }
  }
  const gateway = facts.assignment(`${prefix}_gateway`);
  const router = parseAddress(facts.value(`${prefix}_gateway`) ?? '');
  if (gateway === undefined || router === undefined || router === 0) return;
  const related = relatedTo(
    written,
    facts.assignment(prefix === 'ip' ? 'ip_netmask' : 'ip4_prefixlength'),
  );
  if (router === address) {
    yield {
      ...gateway.valueRange,
      message: 'The gateway is the machine itself: write the address of the router.',
      related,
    };
  } else if (!includes(network, router)) {
    yield {
      ...gateway.valueRange,
      message: `The gateway ${formatAddress(router)} is not in the network of ${formatAddress(address)}/${network.prefix}: it can’t be reached.`,
      related,
    };
  }
}

function relatedTo(
  ...places: readonly (Assignment | undefined)[]
): { message: string; start: number; end: number }[] {
  return places.flatMap((each) =>
    each === undefined ? [] : [{ message: `${each.name} is set here.`, ...each.range }],
  );
}

function networkOfHost(
  facts: InstallerFacts,
  prefix: 'ip' | 'ip4',
  address: number,
): Network | undefined {
  if (prefix === 'ip4') {
    const bits = facts.value('ip4_prefixlength') ?? '';
    return /^\d{1,2}$/.test(bits) && Number(bits) > 0
      ? networkOf(address, Number(bits))
      : undefined;
  }
  const text = facts.value('ip_netmask');
  if (text === undefined) return undefined;
  const mask = text === '' ? guessedMask(address) : parseAddress(text);
  const bits = mask === undefined ? undefined : prefixOfMask(mask);
  return bits === undefined ? undefined : networkOf(address, bits);
}

/** Not of this host, loopback, multicast or reserved. */
function isForHosts(address: number): boolean {
  const first = address >>> 24;
  return first !== 0 && first !== 127 && first < 224;
}

function maskText(bits: number): string {
  return formatAddress(bits === 0 ? 0 : (-1 << (32 - bits)) >>> 0);
}
