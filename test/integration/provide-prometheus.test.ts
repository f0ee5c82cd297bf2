/** How tests get Prometheus, Alertmanager and node_exporter: from a stand-in of apt-get, so without a network. */
import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeEach, expect, test } from 'vitest';
import { ROOT } from '../../scripts/bundles.ts';
import { temporaryFolder } from '../temporary.ts';

const PROGRAMS = ['prometheus', 'promtool', 'prometheus-alertmanager', 'prometheus-node-exporter'];

/** Makes packages with the real dpkg-deb; $MODE: has lists, `no-lists` until it got some, or `offline`. */
const APT_GET = `#!/bin/sh
echo "$*" >> "$LOG"
case "$MODE $*" in
  *" update") [ "$MODE" = no-lists ] && touch "$LOG.updated" || { echo 'E: Failed to fetch it' >&2; exit 100; }; exit 0;;
  offline*) echo 'E: Could not resolve the mirror' >&2; exit 100;;
  no-lists*) [ -e "$LOG.updated" ] || { echo 'E: Unable to locate package' >&2; exit 100; };;
esac
while [ "$1" != download ]; do shift; done; shift
for name; do
  mkdir -p "tree/$name/DEBIAN" "tree/$name/usr/bin"
  echo "Package: $name
Version: 1.0
Architecture: all
Maintainer: A test <test@example.invalid>
Description: a stand-in" > "tree/$name/DEBIAN/control"
  programs=$name; [ "$name" = prometheus ] && programs='prometheus promtool'
  for each in $programs; do echo "$each" > "tree/$name/usr/bin/$each"; done
  dpkg-deb --build "tree/$name" "\${name}_1.0_all.deb" > /dev/null
done
`;

let folder: string;
let cache: string;
let log: string;

beforeEach(async () => {
  folder = await temporaryFolder();
  cache = join(folder, 'cache');
  log = join(folder, 'asked');
  await mkdir(join(folder, 'bin'));
  await writeFile(join(folder, 'bin/apt-get'), APT_GET, { mode: 0o755 });
});

/** What it says. `system`: the programs that the machine has. */
async function provide(mode: string, system: readonly string[] = []): Promise<string> {
  const has = JSON.stringify(['apt-get', 'dpkg-deb', ...system].filter((each) => each !== mode));
  const module = JSON.stringify(join(ROOT, 'scripts/prometheus.mjs'));
  const script = `import { providePrometheus } from ${module};
providePrometheus(${JSON.stringify(cache)}, (name) => ${has}.includes(name), console.log);`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', script],
    { env: { PATH: `${join(folder, 'bin')}:/usr/bin:/bin`, LOG: log, MODE: mode } },
  );
  return stdout;
}

const asked = async (): Promise<string[]> =>
  (await readFile(log, 'utf8').catch(() => '')).split('\n').filter((line) => line !== '');
const got = async (): Promise<string[]> => readdir(join(cache, 'prometheus/usr/bin'));

test('unpacks what is missing, notes its versions, and does it once', async () => {
  expect(await provide('')).toContain('prometheus-node-exporter 1.0');
  expect((await got()).sort()).toEqual([...PROGRAMS].sort());
  const versions = await readFile(join(cache, 'prometheus/versions'), 'utf8');
  expect(versions.split('\n').sort()).toEqual([
    '',
    'prometheus 1.0',
    'prometheus-alertmanager 1.0',
    'prometheus-node-exporter 1.0',
  ]);
  expect(await readdir(cache)).toEqual(['prometheus']);
  expect(await provide('')).toBe('');
  expect(await asked()).toHaveLength(1);
});

test('takes the system’s own where they are there', async () => {
  expect(await provide('', PROGRAMS)).toBe('');
  expect(await asked()).toEqual([]);
  await provide('', ['prometheus', 'promtool', 'prometheus-node-exporter']);
  expect(await got()).toEqual(['prometheus-alertmanager']);
});

test('asks with lists of its own where the machine has none', async () => {
  await provide('no-lists');
  expect((await got()).sort()).toEqual([...PROGRAMS].sort());
  const [, update, download] = await asked();
  for (const words of [update, download]) expect(words).toContain(`Dir::State::lists=${cache}/`);
  expect(await readdir(join(cache, 'prometheus'))).not.toContain('downloads');
});

test('says why where it can’t be got, fails nothing, and leaves nothing half done', async () => {
  const said = await provide('offline');
  expect(said).toContain('They could not be got: E: Failed to fetch it\nWhat needs it is skipped.');
  expect(await readdir(cache)).toEqual([]);
  expect(await provide('apt-get')).toMatch(/only a Debian can get it here.*is skipped/);
});
