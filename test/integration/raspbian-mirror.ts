/** The files of a small mirror of Raspbian, as far as it is looked at before an installation. */
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { netinstDownloads } from '../../core/create/netinst-packages.ts';
import { netinstSettings } from '../../core/install/backends/netinst/settings.ts';

/** By a key that is on no machine: who signed it can't be told. */
const SIGNATURE = `-----BEGIN PGP SIGNATURE-----

iHUEABYIAB0WIQR6Q2xQlL9q8SeP6u/gTSpx1KJZSwUCawNlXQAKCRDgTSpx1KJZ
SxnFAQDkyQO5i0/kmtID2/gB9Ky9TbHTfhOzFy2vYaoDtMPyDwD/TiV9U6FExTFB
O2j0SPa1zsvhb24V1YVzrtfZ3xDIfQ0=
=M405
-----END PGP SIGNATURE-----
`;

const INDEX = 'main/binary-armhf/Packages';

/** Writes bookworm below `folder`: what every system has, the packages named, and no other. */
export async function writeMirror(folder: string, packages: readonly string[]): Promise<void> {
  const downloads = netinstDownloads(netinstSettings('release=bookworm\npreset=server\n'), []);
  // What the settings that rpi makes ask for beside it.
  const made = ['apt-transport-https', 'sudo'];
  const names = [
    'base-files',
    ...made,
    ...(downloads?.base ?? []),
    ...(downloads?.afterwards ?? []),
  ];
  const index = [...new Set([...names, ...packages])]
    .map(
      (name) =>
        `Package: ${name}\nVersion: 1.0\nArchitecture: armhf\nSize: 1000\nFilename: pool/${name}.deb\n` +
        (name === 'base-files' ? 'Essential: yes\n' : ''),
    )
    .join('\n');
  const sum = createHash('sha256').update(index).digest('hex');
  const release = `Origin: Raspbian
Suite: oldstable
Codename: bookworm
Architectures: armhf
Components: main
SHA256:
 ${sum} ${index.length} ${INDEX}
`;
  const dist = join(folder, 'dists', 'bookworm');
  const files = { Release: release, 'Release.gpg': SIGNATURE, [INDEX]: index };
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(dist, path)), { recursive: true });
    await writeFile(join(dist, path), text);
  }
}
