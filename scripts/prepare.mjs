/**
 * Runs a script of the project on a machine that may have nothing but Node and npm: installs what
 * is missing first, says so, then hands over to the pinned Node.
 *
 *   node scripts/prepare.mjs PROFILE SCRIPT [ARGS…]
 *
 * Plain JavaScript for Node 20, with no packages: it runs before there are any.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const root = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..');

/** Debian's packages and what each is for. */
const LAB = {
  'systemd-container': 'boots the virtual Pis',
  mmdebstrap: 'builds their root file system',
  'dnsmasq-base': 'gives them addresses',
  iproute2: 'connects them',
  procps: 'asks the kernel for room for them',
  openssl: 'makes their passwords',
  'dpkg-dev': 'serves them packages',
  'openssh-client': 'logs in',
  'openssh-server': 'stands in for Pis on loopback',
  'ansible-core': 'provisions and deploys',
  'python3-apt': 'lets it predict upgrades where this machine stands in for Pis',
};
const TEST = {
  ...LAB,
  'ansible-lint': 'checks the scaffolded project',
  nmap: 'a source of detection',
  sudo: 'makes a user of a test root',
  sshpass: 'the peer that enrolling is measured beside',
  'arp-scan': 'the peer that detection is measured beside',
  bubblewrap: 'a sandbox for shell files',
  sqlite3: 'reads the example app’s data',
};
const PROFILES = { build: {}, demo: LAB, lab: LAB, test: TEST };

const [profile, script, ...args] = process.argv.slice(2);
const packages = PROFILES[profile ?? ''];
if (packages === undefined || script === undefined) {
  fail(`usage: node scripts/prepare.mjs ${Object.keys(PROFILES).join('|')} SCRIPT [ARGS…]`);
}
if (Number(process.versions.node.split('.')[0]) < 20) {
  fail(`Node 20 or newer is needed to begin with; this is ${process.versions.node}.`);
}
installModules();
installPackages(packages);
handOver();

/** `npm ci`, when the installed modules are not those of package-lock.json. */
function installModules() {
  const marker = join(root, 'node_modules', '.installed-for');
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(marker) && readFileSync(marker, 'utf8') === wanted) return;
  say('Installing the npm packages of package-lock.json (npm ci) …');
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  writeFileSync(marker, wanted);
}

/** apt-get, as root on a Debian; elsewhere what is missing is only said: the lab says what it can't do. */
function installPackages(wanted) {
  const missing = Object.keys(wanted).filter((name) => !isInstalled(name));
  if (missing.length === 0) return;
  const list = missing.map((name) => `  ${name.padEnd(18)} ${wanted[name]}`).join('\n');
  if (process.getuid?.() !== 0 || !has('apt-get')) {
    say(`Missing, and only root on a Debian can install them here:\n${list}`);
    if (has('apt-get')) say(`Install them with: sudo apt-get install ${missing.join(' ')}`);
    return;
  }
  say(`Installing Debian packages (apt-get):\n${list}`);
  withoutStartingServices(missing, () => {
    run('apt-get', ['update', '-qq'], aptEnvironment());
    run(
      'apt-get',
      ['install', '-y', '-qq', '-o', 'Dpkg::Use-Pty=0', '--no-install-recommends', ...missing],
      aptEnvironment(),
      'quiet',
    );
  });
}

function aptEnvironment() {
  return { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
}

/**
 * Programs are wanted, not services: nothing that is installed for the lab may begin to listen on
 * this machine, now or after its next start.
 */
function withoutStartingServices(names, install) {
  const policy = '/usr/sbin/policy-rc.d';
  const ours = !existsSync(policy);
  if (ours) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    install();
    if (names.includes('openssh-server') && existsSync('/run/systemd/system')) {
      spawnSync('systemctl', ['disable', '--quiet', 'ssh.service', 'ssh.socket']);
    }
  } finally {
    if (ours) rmSync(policy, { force: true });
  }
}

function isInstalled(name) {
  const { status, stdout } = spawnSync('dpkg-query', ['-W', '-f=${db:Status-Status}', name], {
    encoding: 'utf8',
  });
  return status === 0 && stdout === 'installed';
}

function has(program) {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .some((folder) => existsSync(join(folder, program)));
}

/** The script runs on the Node that the project pins, where there is one for this system. */
function handOver() {
  // Named by its package: npm 10 makes no link to it in .bin, and npm 11 does.
  const pinned = join(root, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin');
  const node = existsSync(join(pinned, 'node')) ? join(pinned, 'node') : process.execPath;
  const path = [pinned, join(root, 'node_modules', '.bin'), process.env.PATH ?? ''];
  const env = { ...process.env, PATH: path.join(delimiter) };
  const child = spawn(node, [join(root, script), ...args], { stdio: 'inherit', env });
  // A terminal's Ctrl-C reaches the script too; anything else that ends this process must be told.
  process.on('SIGINT', () => undefined);
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('close', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1);
  });
}

function run(command, commandArgs, env = process.env, output = 'loud') {
  const { status, error, stdout, stderr } = spawnSync(command, commandArgs, {
    cwd: root,
    env,
    stdio: [
      'ignore',
      output === 'quiet' ? 'pipe' : 'inherit',
      output === 'quiet' ? 'pipe' : 'inherit',
    ],
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status === 0) return;
  if (output === 'quiet') process.stderr.write(`${stdout ?? ''}${stderr ?? ''}`);
  fail(`${command} ${commandArgs[0]} failed: ${error?.message ?? `exit code ${status}`}`);
}

function say(text) {
  process.stdout.write(`${text}\n`);
}

function fail(text) {
  process.stderr.write(`${text}\n`);
  process.exit(1);
}
