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
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { providePrometheus } from './prometheus.mjs';

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
  ansible: 'the collections that playbooks for Pis use',
  'ansible-lint': 'checks the scaffolded project',
  nmap: 'a source of detection',
  sudo: 'makes a user of a test root',
  sshpass: 'the peer that enrolling is measured beside',
  'arp-scan': 'the peer that detection is measured beside',
  bubblewrap: 'a sandbox for shell files',
  wpasupplicant: 'the other who computes Wi-Fi keys',
  gnupg: 'signs the repositories that tests make',
  gpgv: 'checks who signed a repository',
  mtools: 'reads and writes FAT images',
  dosfstools: 'makes them',
  unzip: 'opens the installer’s zip',
  zip: 'makes one for the tests',
  'xz-utils': 'opens compressed images and indices',
  sqlite3: 'reads the example app’s data',
};
/** For the editor in a browser; all but the browser are what its native modules are compiled with. */
const EDITOR = {
  chromium: 'the browser in which the editor is walked',
  'fonts-dejavu-core': 'letters on the pictures',
  'build-essential': 'compiles the editor’s native modules',
  python3: 'builds them',
  'libkrb5-dev': 'one of them wants it',
};
const PROFILES = {
  build: {},
  demo: LAB,
  lab: LAB,
  test: TEST,
  editor: { ...TEST, ...EDITOR },
  ide: usesDesktop() ? LAB : { ...LAB, ...EDITOR },
};
/** code-server has a lockfile of its own: its install scripts must run, and ours must not. */
const EDITOR_PACKAGE = join(root, 'test', 'e2e', 'editor');

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
if (profile === 'test' || profile === 'editor') {
  providePrometheus(join(root, '.cache'), has, say);
}
if (profile === 'editor' || (profile === 'ide' && !usesDesktop())) installEditor();
handOver();

/** `npm ci`, when the installed modules are not those of package-lock.json. */
function installModules() {
  const marker = join(root, 'node_modules', '.installed-for');
  const wanted = hashOf(join(root, 'package-lock.json'));
  if (existsSync(marker) && readFileSync(marker, 'utf8') === wanted) return;
  say('Installing the npm packages of package-lock.json (npm ci) …');
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  writeFileSync(marker, wanted);
}

/**
 * code-server into .cache/editor-HASH, where the hash is that of its lockfile. One that was not
 * finished has no marker and is begun anew. Its native modules are compiled for the pinned Node,
 * whose headers come with it: nothing but npm's registry is asked.
 */
function installEditor() {
  const lock = join(EDITOR_PACKAGE, 'package-lock.json');
  const cache = join(root, '.cache');
  const name = `editor-${hashOf(lock).slice(0, 12)}`;
  const folder = join(cache, name);
  const marker = join(folder, '.installed');
  if (existsSync(marker)) return;
  const node = pinnedNode();
  if (node === undefined) {
    say(
      `The editor can’t be installed on ${process.platform}-${process.arch}: it needs the Node ` +
        'that the project pins. What needs it is skipped.',
    );
    return;
  }
  mkdirSync(cache, { recursive: true });
  for (const old of readdirSync(cache).filter((each) => each.startsWith('editor-'))) {
    rmSync(join(cache, old), { recursive: true, force: true });
  }
  mkdirSync(folder);
  for (const file of ['package.json', 'package-lock.json']) {
    copyFileSync(join(EDITOR_PACKAGE, file), join(folder, file));
  }
  say('Installing code-server, the editor in a browser (npm ci; once, about three minutes) …');
  const settings = {
    PATH: [node.bin, process.env.PATH ?? ''].join(delimiter),
    npm_config_nodedir: node.folder,
    npm_config_ignore_scripts: 'false',
    // npm that runs us says where it runs, and on which Node; this one runs elsewhere.
    npm_config_local_prefix: undefined,
    npm_config_prefix: undefined,
    npm_config_user_agent: undefined,
  };
  const options = { cwd: folder, env: { ...process.env, ...settings } };
  const failure = attempt(
    'npm',
    ['ci', '--no-audit', '--no-fund', '--loglevel=error', '--ignore-scripts=false'],
    { ...options, output: 'quiet' },
  );
  if (failure === undefined) {
    writeFileSync(marker, '');
    return;
  }
  const why = `The editor could not be installed: ${failure}`;
  const able = Object.keys(EDITOR).every((each) => isInstalled(each));
  if (able) fail(why);
  say(`${why}\nPackages that it needs are missing, see above. What needs it is skipped.`);
}

/** A desktop has an editor of its own, unless the one in the browser is asked for. */
function usesDesktop() {
  return (
    has(process.platform === 'win32' ? 'code.cmd' : 'code') && !process.argv.includes('--browser')
  );
}

function hashOf(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
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
    run('apt-get', ['update', '-qq'], { env: aptEnvironment() });
    run(
      'apt-get',
      ['install', '-y', '-qq', '-o', 'Dpkg::Use-Pty=0', '--no-install-recommends', ...missing],
      { env: aptEnvironment(), output: 'quiet' },
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

/** The Node that the project pins, where there is one for this system. */
function pinnedNode() {
  // Named by its package: npm 10 makes no link to it in .bin, and npm 11 does.
  const folder = join(root, 'node_modules', `node-${process.platform}-${process.arch}`);
  const bin = join(folder, 'bin');
  return existsSync(join(bin, 'node')) ? { folder, bin, program: join(bin, 'node') } : undefined;
}

/** The script runs on the pinned Node, or on this one. */
function handOver() {
  const pinned = pinnedNode();
  const path = [pinned?.bin ?? [], join(root, 'node_modules', '.bin'), process.env.PATH ?? ''];
  const env = { ...process.env, PATH: path.flat().join(delimiter) };
  const program = pinned?.program ?? process.execPath;
  const child = spawn(program, [join(root, script), ...args], { stdio: 'inherit', env });
  // A terminal's Ctrl-C reaches the script too; anything else that ends this process must be told.
  process.on('SIGINT', () => undefined);
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('close', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1);
  });
}

/** Runs a program to its end; ends this one when it fails. */
function run(command, commandArgs, options = {}) {
  const failure = attempt(command, commandArgs, options);
  if (failure !== undefined) fail(failure);
}

/** Runs a program to its end. Says why it failed; what a quiet one printed is shown then. */
function attempt(command, commandArgs, { cwd = root, env = process.env, output = 'loud' } = {}) {
  const shown = output === 'quiet' ? 'pipe' : 'inherit';
  const { status, error, stdout, stderr } = spawnSync(command, commandArgs, {
    cwd,
    env,
    stdio: ['ignore', shown, shown],
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status === 0) return undefined;
  if (output === 'quiet') process.stderr.write(`${stdout ?? ''}${stderr ?? ''}`);
  return `${command} ${commandArgs[0]} failed: ${error?.message ?? `exit code ${status}`}`;
}

function say(text) {
  process.stdout.write(`${text}\n`);
}

function fail(text) {
  process.stderr.write(`${text}\n`);
  process.exit(1);
}
