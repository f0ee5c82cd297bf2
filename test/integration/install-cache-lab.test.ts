/** Verifying and installing by way of apt-cacher-ng, the real one, in front of the lab's mirrors. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageCachePort } from '../../lab/package-cache.ts';
import { startInstallLab, type InstallLab } from './install-lab-fixture.ts';
import { expectCode, fullTests, hostsLab, whyNoLab } from './lab-fixture.ts';

const GATEWAY = '10.77.0.1';

describe.skipIf(!hostsLab || !fullTests)(`an apt cache on the network${whyNoLab}`, () => {
  let lab: InstallLab;

  beforeAll(async () => {
    lab = await startInstallLab([{ name: 'shelf', installSeconds: 1 }], { packageCache: true });
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  const useCache = (port: number): Promise<void> =>
    lab.project.write({
      'create/installer-config.txt': `timezone=Europe/Berlin\nmirror_cache=${GATEWAY}:${port}\n`,
    });
  /** Who asked the cache for what: `time|O|bytes|client|path` for each answer it gave. */
  const asked = async (by: string): Promise<string[]> => {
    const log = await readFile(join(lab.lab.lab.dir, 'logs', 'apt-cacher.log'), 'utf8');
    return log
      .split('\n')
      .map((line) => line.split('|'))
      .filter(([, way, , client]) => way === 'O' && client === by)
      .map(([, , , , path]) => path ?? '');
  };

  it('verify reads the mirror through it, from here and from the Pi', async () => {
    await useCache(packageCachePort);
    const { stdout } = await lab.project.rpi(['create', 'verify', 'shelf']);
    expect(stdout).toContain(`✓ shelf  cache: ${GATEWAY}:${packageCachePort} answers`);
    expect(stdout).toMatch(/^✓ shelf {2}mirror: Raspbian bookworm armhf at /m);
    expect(stdout).toMatch(/^✓ shelf {2}mirror: from the Pi: it reaches /m);
    // Nobody can sign for Raspbian here: that it is told depends on whether this machine has gpgv.
    const wrong = stdout.split('\n').filter((line) => line.startsWith('✗ shelf'));
    expect(wrong.filter((line) => !line.includes('mirror: signature'))).toEqual([]);
    const release = `${GATEWAY}/raspbian/dists/bookworm/Release`;
    expect(await asked(GATEWAY)).toContain(release);
    expect(await asked(lab.lab.address('shelf'))).toContain(release);
  });

  it('a port on which no cache listens: verify and install say so, and nothing is installed', async () => {
    await useCache(packageCachePort + 1);
    const verified = await lab.project.rpi(['create', 'verify', 'shelf']);
    expectCode(verified, 1);
    expect(verified.stdout).toContain(
      '10.77.0.1:3143 can’t be reached from here: nobody listens there',
    );
    expect(verified.stdout).toContain('Start apt-cacher-ng there, or correct mirror_cache');
    expect((await lab.install(['shelf'])).code).not.toBe(0);
    expect(await lab.jobs('shelf')).toEqual([]);
  });

  it('the packages of an installation come through it, and the new system asks for none by it', async () => {
    await useCache(packageCachePort);
    const before = (await asked(lab.lab.address('shelf'))).length;
    expectCode(await lab.install(['shelf']), 0);
    expect((await lab.jobs('shelf'))[0]?.phase).toBe('proved');
    const since = (await asked(lab.lab.address('shelf'))).slice(before);
    expect(since).toContainEqual(expect.stringMatching(/\/acl_.*\.deb$/));
    expect(await lab.lab.on('shelf', 'dpkg -s acl; grep -r Proxy /etc/apt || :')).toMatch(
      /^Status: install ok installed$(?![^]*Proxy)/m,
    );
  });
});
