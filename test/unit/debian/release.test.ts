import { expect, it } from 'vitest';
import { parseReleaseFile } from '../../../core/debian/release.ts';
import { parseSources, suiteUrl, throughCache } from '../../../core/debian/source.ts';

const SUM = 'a'.repeat(64);
const RELEASE = `Origin: Raspbian
Codename: bookworm
Architectures: armhf
Components: main contrib
Valid-Until: Sat, 01 Jan 2022 00:00:00 UTC
MD5Sum:
 ${'b'.repeat(32)} 9 main/binary-armhf/Packages
SHA256:
 ${SUM} 12 main/binary-armhf/Packages.gz
`;

it('a Release is read with its sums, and with a signature around it', () => {
  const plain = parseReleaseFile(RELEASE);
  expect(plain).toMatchObject({
    origin: 'Raspbian',
    codename: 'bookworm',
    architectures: ['armhf'],
    components: ['main', 'contrib'],
    validUntil: Date.UTC(2022, 0, 1),
  });
  expect([...(plain?.files ?? [])]).toEqual([
    ['main/binary-armhf/Packages.gz', { sha256: SUM, size: 12 }],
  ]);
  const signed = `-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n${RELEASE}-----BEGIN PGP SIGNATURE-----\n\nOrigin: Evil\n-----END PGP SIGNATURE-----\n`;
  expect(parseReleaseFile(signed)).toEqual(plain);
});

it('a page that says “not found” is no Release', () => {
  expect(parseReleaseFile('<html>Suite of rooms</html>')).toBeUndefined();
});

it('the lines of sources are read as apt reads them', () => {
  const text = `# deb http://no/ x y
deb [arch=armhf trusted=yes] http://here.example/pi bookworm main contrib # why
deb-src http://here.example/pi bookworm main
deb http://flat.example/debs ./
`;
  expect(parseSources(text)).toMatchObject([
    {
      url: 'http://here.example/pi/',
      suite: 'bookworm',
      components: ['main', 'contrib'],
      trusted: true,
    },
    { url: 'http://flat.example/debs/', suite: './', components: [], trusted: false },
  ]);
  expect(parseSources(text).map(suiteUrl)).toEqual([
    'http://here.example/pi/dists/bookworm/',
    'http://flat.example/debs/',
  ]);
  expect(throughCache('http://a/b', 'cache:3142')).toBe('http://cache:3142/a/b');
});
