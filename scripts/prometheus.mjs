/**
 * Prometheus, Alertmanager and node_exporter for tests and benchmarks, which start them themselves on
 * loopback. Debian's packages begin to listen on every address once they are installed, so theirs are
 * unpacked into .cache/prometheus. Any user can; nothing of the system changes. A machine's own
 * programs are preferred. test/prometheus-programs.ts finds the ones and the others.
 *
 * Plain JavaScript for Node 20, as prepare.mjs.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Debian's packages, and what of them is started. */
const PACKAGES = {
  prometheus: ['prometheus', 'promtool'],
  'prometheus-alertmanager': ['prometheus-alertmanager'],
  'prometheus-node-exporter': ['prometheus-node-exporter'],
};
/** A mirror that does not answer must not hold up the tests. */
const PATIENCE = 180_000;

/**
 * Gets what is missing, once. Where it can't be got, that is said and nothing fails: what needs it
 * is skipped.
 * @param cache the checkout's .cache
 * @param has tells whether the system has a program
 * @param say prints a line
 */
export function providePrometheus(cache, has, say) {
  const folder = join(cache, 'prometheus');
  const wanted = Object.entries(PACKAGES).filter(([, programs]) => !programs.every(has));
  const unpacked = (program) => existsSync(join(folder, 'usr', 'bin', program));
  if (wanted.flatMap(([, programs]) => programs).every(unpacked)) return;
  const names = wanted.map(([name]) => name);
  const skipped = 'What needs it is skipped.';
  if (!has('apt-get') || !has('dpkg-deb')) {
    say(`Missing, and only a Debian can get it here: ${names.join(', ')}. ${skipped}`);
    return;
  }
  say(`Fetching into .cache/prometheus, not installing (once, 35 MB): ${names.join(', ')} …`);
  const partial = `${folder}.partial`;
  try {
    rmSync(partial, { recursive: true, force: true });
    const downloads = join(partial, 'downloads');
    mkdirSync(downloads, { recursive: true });
    download(names, downloads);
    const versions = unpack(downloads, partial);
    rmSync(downloads, { recursive: true });
    writeFileSync(join(partial, 'versions'), versions.map((each) => `${each}\n`).join(''));
    rmSync(folder, { recursive: true, force: true });
    renameSync(partial, folder);
    say(`For tests and benchmarks: ${versions.join(', ')}.`);
  } catch (error) {
    say(`They could not be got: ${error.message}\n${skipped}`);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

/** By the machine's package lists; where they are missing or old, by lists of our own. */
function download(names, folder) {
  const quick = ['Acquire::Retries=0', 'Acquire::http::Timeout=20', 'Acquire::https::Timeout=20'];
  // The user _apt may not write where we may; and the machine's own apt may be at work.
  const options = [...quick, 'APT::Sandbox::User=root', 'Debug::NoLocking=1'];
  const apt = (more, ...words) =>
    run(
      'apt-get',
      ['-qq', ...[...options, ...more].flatMap((each) => ['-o', each]), ...words],
      folder,
    );
  try {
    apt([], 'download', ...names);
  } catch {
    const own = join(folder, 'apt');
    const [lists, archives] = [join(own, 'lists'), join(own, 'archives')];
    for (const each of [lists, archives]) mkdirSync(join(each, 'partial'), { recursive: true });
    const ours = [
      `Dir::State::lists=${lists}`,
      `Dir::Cache=${own}`,
      `Dir::Cache::archives=${archives}`,
    ];
    apt([...ours, 'APT::Update::Error-Mode=any'], 'update');
    apt(ours, 'download', ...names);
  }
}

/** @returns each package's name and version */
function unpack(downloads, folder) {
  const packages = readdirSync(downloads).filter((each) => each.endsWith('.deb'));
  return packages.map((each) => {
    const path = join(downloads, each);
    run('dpkg-deb', ['--extract', path, folder], folder);
    const format = '--showformat=${Package} ${Version}';
    return run('dpkg-deb', ['--show', format, path], folder).trim();
  });
}

/** Runs a program to its end. @returns what it printed @throws Error with its complaint when it fails */
function run(command, args, cwd) {
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    cwd,
    env: { ...process.env, LC_ALL: 'C' },
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    timeout: PATIENCE,
  });
  if (status === 0) return stdout;
  const first = (stderr ?? '').split('\n').find((line) => /^(E|dpkg-deb): /.test(line));
  throw new Error(error?.message ?? first ?? `${command} ended with ${status}`);
}
