/** The monitor as a service of a real systemd: a virtual Pi is the machine that watches another. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readProduct } from '../../core/monitor/service/copy.ts';
import { enterCommand } from '../../lab/lab.ts';
import { ROOT } from '../../scripts/bundles.ts';
import { fullTests, hostsLab, startTestLab, whyNoLab, type TestLab } from './lab-fixture.ts';

const WATCHER = 'alpha';
/** What a Debian with libpam-systemd does, which the lab has not. */
const RUNTIME = '[Service]\\nEnvironment=XDG_RUNTIME_DIR=/run/user/%%i\\n';

let test: TestLab;
let here: string;

/** Copies a folder of this machine to /opt on the watching one, in place of what was there. */
async function send(folder: string, options: readonly string[] = []): Promise<void> {
  const { identity } = test.lab;
  const ssh = `ssh -i ${identity} -o UserKnownHostsFile=${join(here, 'known')} -o StrictHostKeyChecking=no -o LogLevel=ERROR root@${test.address(WATCHER)}`;
  const name = basename(folder);
  const line = `tar -C ${dirname(folder)} ${options.join(' ')} -c ${name} | ${ssh} 'rm -rf /opt/${name} && tar -C /opt -x'`;
  const { command, args } = await enterCommand('sh', ['-c', line], { dir: test.lab.dir });
  const child = spawn(command, args, { stdio: 'inherit' });
  expect((await once(child, 'close'))[0]).toBe(0);
}

/** The product as it would be installed, of this version. */
async function sendProduct(version: string): Promise<void> {
  const folder = join(here, 'rpi');
  await rm(folder, { recursive: true, force: true });
  for (const { path, content } of await readProduct(ROOT)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  const manifest = join(folder, 'package.json');
  const text = await readFile(manifest, 'utf8');
  await writeFile(manifest, text.replace(/"version": "[^"]*"/, `"version": "${version}"`));
  await send(folder);
}

/** A shell script on the watching machine, in the project; its end does not matter. */
const as = (user: 'root' | 'pi', script: string): Promise<string> =>
  test.on(
    WATCHER,
    `su ${user} -s /bin/sh -c '
      PATH=/opt/node:/usr/sbin:/usr/bin:/sbin:/bin NO_COLOR=1; export PATH NO_COLOR
      cd ~/garden 2>/dev/null || cd; rpi() { node /opt/rpi/dist/rpi.js "$@"; }
      { ${script}
      } 2>&1 || true'`,
  );

/** Asks until the answer fits. */
async function told(user: 'root' | 'pi', script: string, pattern: RegExp): Promise<string> {
  for (let tries = 0; ; tries++) {
    const said = await as(user, script).catch((error: unknown) => String(error));
    if (pattern.test(said)) return said;
    if (tries === 60) throw new Error(`no ${String(pattern)} in: ${said}`);
    await delay(1000);
  }
}

async function restart(): Promise<void> {
  await test.cut(WATCHER);
  await test.plug(WATCHER);
}

async function enrolled(user: 'root' | 'pi'): Promise<void> {
  const said = await as(
    user,
    `mkdir garden && cd garden && rpi init && sed -i "s/^id: .*/id: service-lab/" rpi.yml && rpi detect --network 10.77.0.0/24 &&
     rpi inventory add --all && rpi access enroll --accept-new --key ~/key`,
  );
  expect(said).toMatch(/1 of 1 let the project’s key in/);
}

/** From installing it to removing it. `option`: what the scope is asked for by. */
async function seeThrough(user: 'root' | 'pi', option: '' | '--system'): Promise<void> {
  const units = option === '' ? '/home/pi/.config/systemd/user' : '/etc/systemd/system';
  const scope = option === '' ? '--user' : '--system';
  await sendProduct('0.1.1');
  await enrolled(user);
  const name = 'rpi-monitor-service-lab.service';
  const version = /rpi 0\.1\.1-[0-9a-f]{8}/;
  // By su, without XDG_RUNTIME_DIR: a person's systemd is found all the same.
  expect(await as(user, `rpi monitor service install ${option}`)).toMatch(/watches, rpi 0\.1\.1/);
  expect(await as(user, `rpi monitor service status ${option}`)).toMatch(version);
  expect(await as(user, 'rpi monitor')).toMatch(/lock\.held/);

  const first = /as process (\d+)/.exec(await told(user, 'rpi monitor status', /bravo/))?.[1];
  expect(first).toMatch(/^\d+$/);
  await test.on(WATCHER, `kill -9 ${first ?? ''}`);
  const again = await told(user, 'rpi monitor status', /as process \d+/);
  expect(again).not.toContain(`as process ${first ?? ''};`);

  await restart();
  await told(user, 'rpi monitor status', /bravo +(?:healthy|warning)/);

  await sendProduct('0.1.2');
  expect(await as(user, 'rpi monitor status')).toMatch(/is rpi 0\.1\.1, and this is 0\.1\.2/);
  expect(await as(user, `rpi monitor service install ${option}`)).toMatch(/watches, rpi 0\.1\.2/);
  const copies = '~/.local/share/rpi/service-lab/monitor-service';
  expect((await as(user, `ls ${copies}`)).trim()).toMatch(/^0\.1\.2-[0-9a-f]{8}$/);
  expect(await as(user, 'rpi monitor status')).not.toMatch(/and this is/);

  expect(await as(user, `rpi monitor service uninstall ${option}`)).toMatch(/is removed/);
  expect(await as(user, `ls -A ${copies}; ls ${units} | grep rpi-monitor`)).toBe('');
  expect(await as(user, 'rpi monitor status')).toMatch(/monitor\.not-running/);
  const runtime = 'export XDG_RUNTIME_DIR=/run/user/$(id -u)';
  expect(await as(user, `${runtime}; systemctl ${scope} is-active ${name}`)).toMatch(
    /inactive|unknown/,
  );
}

describe.runIf(hostsLab && fullTests)(`the service on a real systemd${whyNoLab}`, () => {
  beforeAll(async () => {
    here = await mkdtemp(join(tmpdir(), 'rpi-svc-'));
    test = await startTestLab([
      { name: WATCHER, login: 'key' },
      { name: 'bravo', login: 'key' },
    ]);
    const node = join(here, 'node');
    await mkdir(node);
    await cp(process.execPath, join(node, 'node'));
    await send(node);
    await cp(test.lab.identity, join(here, 'key'));
    await send(join(here, 'key'));
    await sendProduct('0.1.1');
    await test.on(
      WATCHER,
      `for each in root:/root pi:/home/pi; do install -o \${each%%:*} -m 600 /opt/key \${each#*:}/key; done
       mkdir -p /etc/systemd/system/user@.service.d
       printf '${RUNTIME}' >/etc/systemd/system/user@.service.d/runtime.conf
       systemctl daemon-reload; loginctl enable-linger pi`,
    );
  });

  afterAll(async () => {
    await test[Symbol.asyncDispose]();
    await rm(here, { recursive: true, force: true });
  });

  it('of a person goes on over kill -9 and a power cut, takes a new version, and leaves nothing', () =>
    seeThrough('pi', ''));

  it('of the system does so too', () => seeThrough('root', '--system'));

  it('is told as failed, with where to look, when rpi.yml is wrong', async () => {
    const user = 'root';
    expect(await as(user, 'rpi monitor service install --system')).toMatch(/watches/);
    await as(user, 'echo "nonsense: 1" >>rpi.yml');
    const unit = 'rpi-monitor-service-lab.service';
    // It is started as soon as its program is: what it reads comes after that.
    const ends = `systemctl restart ${unit}; until systemctl is-failed ${unit}; do sleep 0.2; done`;
    await test.on(WATCHER, `timeout 60 sh -c '${ends}'`);
    await as(user, 'sed -i /nonsense/d rpi.yml');
    const said = await as(user, 'rpi monitor service status --system');
    expect(said).toMatch(/: failed/);
    expect(said).toContain('journalctl -u rpi-monitor-service-lab.service');
    const why = await test.on(WATCHER, 'journalctl -u rpi-monitor-service-lab.service -n 20');
    expect(why).toMatch(/unknown setting nonsense/);
    expect(await as(user, 'rpi monitor service install --system')).toMatch(/watches/);
    expect(await as(user, 'rpi monitor service uninstall --system')).toMatch(/is removed/);
  });
});
