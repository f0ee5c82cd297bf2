/** The XML that `nmap -oX` prints (https://nmap.org/book/output-formats-xml-output.html), read as it comes. */
import { isGroupMac, normalizeMac } from './mac.ts';
import { parseAddress } from './ipv4.ts';

export type NmapHost = {
  readonly address: string;
  /** Normalized. nmap sees MACs only as root; its own list of vendors misses newer Pis. */
  readonly mac: string | undefined;
  readonly name: string | undefined;
};

export type NmapReader = {
  /** Takes the next piece of text; returns the hosts that are up and complete with it. */
  readonly push: (text: string) => NmapHost[];
};

/** Comments, the XML declaration and the stylesheet are passed over; so is an element cut off. */
export function createNmapReader(): NmapReader {
  let buffer = '';
  return {
    push: (text) => {
      buffer += text;
      const end = buffer.lastIndexOf('</host>');
      if (end < 0) return [];
      const complete = buffer.slice(0, end);
      buffer = buffer.slice(end + '</host>'.length);
      return splitHosts(complete).flatMap(readHost);
    },
  };
}

/** Every host that is up in a whole document. */
export function parseNmap(text: string): NmapHost[] {
  return createNmapReader().push(text);
}

type Tag = { readonly name: string; readonly attributes: ReadonlyMap<string, string> };

/** A tag, or what only looks like one: a comment, an instruction, character data. */
const TOKEN =
  /<!--.*?-->|<!\[CDATA\[.*?\]\]>|<[?!][^>]*>|<(\/?[\w:-]+)((?:\s+[\w:-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*\/?>/gs;
const ATTRIBUTE = /([\w:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

/** The tags inside each `<host …>` element; `<hosthint>` is another element. */
function splitHosts(text: string): Tag[][] {
  const hosts: Tag[][] = [];
  for (const match of text.matchAll(TOKEN)) {
    const name = match[1];
    if (name === undefined) continue;
    if (name === 'host') hosts.push([]);
    else hosts.at(-1)?.push({ name, attributes: readAttributes(match[2] ?? '') });
  }
  return hosts;
}

function readAttributes(text: string): Map<string, string> {
  return new Map(
    [...text.matchAll(ATTRIBUTE)].map((match) => [
      match[1] ?? '',
      decodeEntities(match[2] ?? match[3] ?? ''),
    ]),
  );
}

function readHost(tags: readonly Tag[]): NmapHost[] {
  const state = tags.find((tag) => tag.name === 'status')?.attributes.get('state');
  const addresses = tags.filter((tag) => tag.name === 'address');
  const ofType = (type: string): Tag | undefined =>
    addresses.find((tag) => tag.attributes.get('addrtype') === type);
  const address = ofType('ipv4')?.attributes.get('addr');
  if (state !== 'up' || address === undefined || parseAddress(address) === undefined) return [];
  const mac = normalizeMac(ofType('mac')?.attributes.get('addr') ?? '');
  return [
    {
      address,
      mac: mac === undefined || isGroupMac(mac) ? undefined : mac,
      name: tags.find((tag) => tag.name === 'hostname')?.attributes.get('name'),
    },
  ];
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
};

function decodeEntities(text: string): string {
  return text.replace(/&(?:#(\d+)|#x([0-9a-fA-F]+)|(\w+));/g, (whole, decimal, hex, name) => {
    const code = typeof decimal === 'string' ? Number(decimal) : Number.parseInt(String(hex), 16);
    if (typeof name === 'string') return ENTITIES[name] ?? whole;
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
