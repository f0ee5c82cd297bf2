import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createNmapReader, parseNmap } from '../../../core/formats/nmap.ts';

/** nmap 7.93 as root. */
const AS_ROOT = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE nmaprun>
<?xml-stylesheet href="file:///usr/bin/../share/nmap/nmap.xsl" type="text/xsl"?>
<!-- Nmap 7.93 scan initiated Sun Nov 22 14:42:25 2026 as: nmap -sn -n -oX - 10.77.0.8/29 10.77.0.76 -->
<nmaprun scanner="nmap" args="nmap -sn -n -oX - 10.77.0.8/29 10.77.0.76" start="1795358545" startstr="Sun Nov 22 14:42:25 2026" version="7.93" xmloutputversion="1.05">
<verbose level="0"/>
<debugging level="0"/>
<hosthint><status state="up" reason="arp-response" reason_ttl="0"/>
<address addr="10.77.0.11" addrtype="ipv4"/>
<hostnames>
</hostnames>
</hosthint>
<host><status state="up" reason="arp-response" reason_ttl="0"/>
<address addr="10.77.0.10" addrtype="ipv4"/>
<address addr="B8:27:EB:4A:10:01" addrtype="mac" vendor="Raspberry Pi Foundation"/>
<hostnames>
</hostnames>
<times srtt="13" rttvar="5000" to="100000"/>
</host>
<host><status state="down" reason="no-response" reason_ttl="0"/>
<address addr="10.77.0.12" addrtype="ipv4"/>
</host>
<host><status state="up" reason="arp-response" reason_ttl="0"/>
<address addr="10.77.0.76" addrtype="ipv4"/>
<address addr="00:11:32:4A:10:07" addrtype="mac" vendor="Tom &amp; Jerry&#39;s &lt;NAS&gt;"/>
<hostnames>
<hostname name="nas1.lan" type="PTR"/>
</hostnames>
<times srtt="8" rttvar="5000" to="100000"/>
</host>
<runstats><finished time="1795358546" timestr="Sun Nov 22 14:42:26 2026" summary="Nmap done" elapsed="1.25" exit="success"/><hosts up="2" down="7" total="9"/>
</runstats>
</nmaprun>
`;

const HOSTS = [
  { address: '10.77.0.10', mac: 'b8:27:eb:4a:10:01', name: undefined },
  { address: '10.77.0.76', mac: '00:11:32:4a:10:07', name: 'nas1.lan' },
];

describe('nmap -oX', () => {
  it('gives the hosts that are up, without hints and hosts that are down', () => {
    expect(parseNmap(AS_ROOT)).toEqual(HOSTS);
  });

  it('gives a host as soon as it is complete, however the text is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1 }), (sizes) => {
        const reader = createNmapReader();
        const hosts = [];
        for (let at = 0, i = 0; at < AS_ROOT.length; i++) {
          const size = sizes[i % sizes.length] ?? 1;
          hosts.push(...reader.push(AS_ROOT.slice(at, at + size)));
          at += size;
        }
        expect(hosts).toEqual(HOSTS);
      }),
    );
  });

  it('of an ordinary user has no MACs', () => {
    const text = `<nmaprun><host><status state="up" reason="conn-refused" reason_ttl="0"/>
<address addr="10.77.0.10" addrtype="ipv4"/></host></nmaprun>`;
    expect(parseNmap(text)).toEqual([{ address: '10.77.0.10', mac: undefined, name: undefined }]);
  });

  it('that was cut off in a host gives the hosts before it', () => {
    expect(parseNmap(AS_ROOT.slice(0, AS_ROOT.indexOf('10.77.0.76" addrtype')))).toEqual([
      HOSTS[0],
    ]);
  });

  it('reads attributes in any order, quoted either way', () => {
    const text = `<host ><status reason='x' state='up' /><address addrtype='ipv4' addr='10.0.0.1'/>
      <hostnames><hostname type="PTR" name='a&#x3e;b'/></hostnames></host>`;
    expect(parseNmap(text)).toEqual([{ address: '10.0.0.1', mac: undefined, name: 'a>b' }]);
  });

  it('is nothing for what is no XML', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(parseNmap(text)).toEqual([]);
      }),
    );
  });
});
