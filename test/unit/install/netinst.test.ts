import { describe, expect, it } from 'vitest';
import { netinst } from '../../../core/install/backends/netinst.ts';
import { armedConfig } from '../../../core/install/backends/netinst/medium.ts';
import {
  payloadSent,
  readSent,
  startsAnother,
} from '../../../core/install/backends/netinst/payload-files.ts';
import { netinstSettings, releaseUrl } from '../../../core/install/backends/netinst/settings.ts';
import { decodeRevision } from '../../../core/formats/revision-code.ts';
import type { Suite } from '../../../core/debian/release.ts';
import type { InstallInput } from '../../../core/install/backend.ts';
import { models } from '../../../lab/models.ts';
import {
  CONFIG,
  input,
  medium,
  netinstFinding,
  rendered,
  SOURCE,
  withAnswer,
  withSettings,
} from './sample.ts';

const status = (name: string, given: InstallInput): string | undefined =>
  netinstFinding(name, given)?.status;

describe('the boards that raspberrypi-ua-netinst installs', () => {
  it.each(Object.entries(models))('%s', (model, { revision }) => {
    const support = netinst.supports({ model, revision: decodeRevision(revision) });
    expect(support.ok).toBe(!/ 400 |Module 4|Pi 5/.test(model));
    // The name says the same as the code.
    expect(netinst.supports({ model, revision: undefined }).ok).toBe(support.ok);
  });

  it.each(['d04170', 'e04190', 'd04180', 'd041a0'])(
    'without BCM2712 (%s): it says why and what else there is',
    (code) => {
      const revision = decodeRevision(code);
      const support = netinst.supports({ model: revision?.model, revision });
      expect(support).toMatchObject({
        ok: false,
        why: expect.stringContaining('BCM2712') as string,
        remedy: expect.stringMatching(/image .* card or a USB disk.*first boot/) as string,
      });
    },
  );

  it('are not guessed', () => {
    const unknown = { model: undefined, revision: undefined };
    expect(netinst.supports(unknown)).toMatchObject({ ok: false });
    expect(netinst.supports({ ...unknown, model: 'Orange Pi' })).toMatchObject({ ok: false });
  });
});

describe('release', () => {
  const from = (changes: Partial<Suite>): InstallInput => {
    if (SOURCE.fromHere.type !== 'release') throw new Error('the sample has a release');
    const release = { ...SOURCE.fromHere.release, ...changes };
    return input({ sources: [{ ...SOURCE, fromHere: { type: 'release', release } }] });
  };

  it('is refused where the mirror does not list it, because the installer would take bullseye', () => {
    const sources = [{ ...SOURCE, fromHere: { type: 'status', status: 404 } as const }];
    const given = { ...withSettings({ release: 'trixie' }), sources };
    const finding = netinstFinding('release', given);
    expect(finding?.status).toBe('failed');
    expect(finding?.detail).toContain('bullseye');
  });

  it.each([
    ['has expired', { validUntil: Date.UTC(2025, 11, 31) }],
    ['lacks the architecture', { architectures: ['amd64'] }],
    ['is signed by others', { origin: 'Debian' }],
    ['has no main', { components: ['contrib'] }],
  ])('is refused where it %s', (_name, changes) => {
    expect(status('release', from(changes))).toBe('failed');
  });

  it('is fine until it expires', () => {
    expect(status('release', from({ validUntil: Date.UTC(2026, 0, 2) }))).toBe('ok');
  });

  it('is refused for a 64-bit system on a processor that has only 32', () => {
    const { facts } = withAnswer([['00c03114', 'a01041']]);
    expect(status('release', { ...withSettings({ arch: 'arm64' }), facts })).toBe('failed');
  });

  it('is not known where the mirror can’t be read from here', () => {
    const sources = [{ ...SOURCE, fromHere: { type: 'failed', why: 'ENOTFOUND' } as const }];
    expect(status('release', input({ sources }))).toBe('skipped');
  });

  it('is looked up by way of the cache where there is one', () => {
    const settings = netinstSettings(
      'mirror=http://deb.test/debian\nrelease=trixie\nmirror_cache=cache:3142\n',
    );
    expect(releaseUrl(settings)).toBe('http://cache:3142/deb.test/debian/dists/trixie/Release');
    expect(releaseUrl(netinstSettings('mirror=$(cat /x)\n'))).toBeUndefined();
    expect(releaseUrl(netinstSettings(''))).toMatch(/raspbian\/dists\/bullseye\/Release$/);
  });
});

describe('settings', () => {
  it.each([
    [{ usbboot: '1', usbroot: '1' }, 'usbboot'],
    [{ final_action: 'poweroff' }, 'final_action'],
    [{ final_action: '$(cat /x)' }, 'final_action'],
    [{ rtc: 'ds3231' }, 'rtc'],
    [{ hdmi_type: 'tv' }, 'hdmi_type'],
    [{ hdmi_disable_overscan: '1' }, 'hdmi_disable_overscan'],
    [{ hdmi_disable_overscan: '$(cat /x)' }, 'hdmi_disable_overscan'],
    [{ hdmi_disable_overscan: '1', rtc: 'ds3231' }, 'rtc and hdmi_disable_overscan'],
    [{ hdmi_type: 'tv', hdmi_system_only: '$(cat /x)' }, 'hdmi_type'],
  ])('are refused with %o', (changes, named) => {
    const finding = netinstFinding('settings', withSettings(changes));
    expect(finding?.status).toBe('failed');
    expect(finding?.detail).toContain(named);
    expect(finding?.remedy).toBeTruthy();
  });

  it('that restart before installing are fine where config.txt is armed', () => {
    const given = withSettings({ rtc: 'ds3231', hdmi_type: 'tv', hdmi_disable_overscan: '1' });
    expect(status('settings', { ...given, arming: 'config.txt' })).toBe('ok');
  });

  it('of a screen are fine where they are for the new system only, or for none', () => {
    const screen = { hdmi_type: 'tv', hdmi_disable_overscan: '1' };
    expect(status('settings', withSettings({ ...screen, hdmi_system_only: '1' }))).toBe('ok');
    expect(status('settings', withSettings({ hdmi_disable_overscan: '0' }))).toBe('ok');
    expect(status('settings', withSettings({ hdmi_tv_res: '720p' }))).toBe('ok');
  });

  it('are refused where a command may set any of them, and warned of where more is read later', () => {
    expect(status('settings', withSettings({}, 'source /other\n'))).toBe('failed');
    expect(status('settings', withSettings({ online_config: 'http://x.test/c' }))).toBe('warning');
  });
});

describe('lint', () => {
  it.each([
    [{ cdebootstrap_cmdline: '--flavour=minimal' }, 'cdebootstrap_cmdline'],
    [{ ip_addr: '192.168.1.5' }, 'ip_gateway'],
    [{ ifname: 'wlan0' }, 'wlan_ssid'],
    [{ installer_telnet: 'connect' }, 'installer_telnet_host'],
    [{ bootsize: '512' }, 'bootsize'],
    [{ boot_volume_label: 'TWELVE_CHARS' }, 'boot_volume_label'],
    [{ hostnam: 'kitchen' }, 'hostnam'],
    [{ root_ssh_pubkey: 'ssh-ed25519 AAAA' }, 'root_ssh_pubkey'],
  ])('refuses %o', (changes, named) => {
    const finding = netinstFinding('lint', withSettings(changes));
    expect(finding?.status).toBe('failed');
    expect(finding?.detail).toContain(named);
    expect(finding?.remedy).toBeTruthy();
  });

  it('refuses what the shell would not read to its end', () => {
    expect(status('lint', withSettings({}, 'exit\n'))).toBe('failed');
    expect(status('lint', withSettings({}, 'rootpw="open\n'))).toBe('failed');
  });

  it('refuses a post-install.txt that ends the installer', () => {
    const files = [
      ...rendered(CONFIG),
      { path: 'config/post-install.txt', content: 'echo hi\nexit 0\n' },
    ];
    const finding = netinstFinding('lint', input({ medium: medium(files) }));
    expect(finding?.status).toBe('failed');
    expect(finding?.detail).toContain('config/post-install.txt:2');
  });

  it('warns where root gets the default password', () => {
    expect(status('lint', withSettings({ rootpw: undefined, root_ssh_pwlogin: undefined }))).toBe(
      'warning',
    );
  });

  it('never shows a password', () => {
    const wifi = { ifname: 'wlan0', wlan_ssid: 'home', wlan_psk: 'tiny' };
    const finding = netinstFinding('lint', withSettings(wifi));
    expect(finding?.status).toBe('failed');
    expect(JSON.stringify(finding)).not.toContain('tiny');
  });
});

describe('way in', () => {
  it('is refused without sshd', () => {
    expect(status('way in', withSettings({ preset: 'base' }))).toBe('failed');
    const packages = 'openssh-server,python3';
    expect(status('way in', withSettings({ preset: 'base', packages }))).toBe('ok');
  });

  it('is refused where the user we log in as gets no key', () => {
    expect(status('way in', withSettings({ user_ssh_pubkey: undefined }))).toBe('failed');
  });

  it('is warned of where there will be no Python for Ansible', () => {
    const minimal = withSettings({ preset: 'minimal' });
    expect(status('way in', minimal)).toBe('warning');
    expect(status('way in', { ...minimal, needsPython: true })).toBe('failed');
  });
});

it('boot size is refused where the files don’t fit into the new partition', () => {
  expect(status('boot size', withSettings({ bootsize: '+64M' }))).toBe('failed');
  expect(status('boot size', withSettings({ bootsize: undefined }))).toBe('ok');
  const { facts } = withAnswer([['boot-used 68598', 'boot-used 128000']]);
  expect(status('boot size', { ...withSettings({ bootsize: undefined }), facts })).toBe('failed');
});

describe('installer files', () => {
  const lacking = withAnswer([[/boot-file .*initramfs.gz\n/, '']]);
  const file = (size: number): { size: number; sha256: string } => ({ size, sha256: 'x' });
  const payload = {
    folder: '/nowhere',
    manifest: {
      v: 1 as const,
      name: 'v2.5.0.zip',
      models: [],
      files: {
        'config.txt': file(1),
        'start4.elf': file(2),
        'raspberrypi-ua-netinst/config.txt': file(1000),
        'raspberrypi-ua-netinst/initramfs.gz': file(25_000_000),
        'raspberrypi-ua-netinst/config/installer-config.txt': file(3),
      },
    },
  };

  it('are missed where they are neither on the Pi nor here', () => {
    expect(status('installer files', lacking)).toBe('failed');
  });

  it('are refused where a script of somebody’s is run in their place', () => {
    const own = withAnswer([
      [/boot-file .*initramfs.gz\n/, '$&boot-file 10 raspberrypi-ua-netinst/rcS\n'],
    ]);
    const finding = netinstFinding('installer files', own);
    expect(finding?.status).toBe('failed');
    expect(finding?.detail).toContain('rcS');
    const sent = { ...payload.manifest.files, 'raspberrypi-ua-netinst/rcS': file(1) };
    expect(startsAnother(input().facts, payload)).toBe(false);
    const other = { ...payload, manifest: { ...payload.manifest, files: sent } };
    expect(startsAnother(lacking.facts, other)).toBe(true);
    // Nothing of it is sent where the Pi has all.
    expect(startsAnother(input().facts, other)).toBe(false);
  });

  it('are sent from here, all of them and nothing by which the old system starts', () => {
    const own = payloadSent(payload, lacking.facts).map(({ path }) => path);
    expect(own).toEqual([
      'raspberrypi-ua-netinst/config.txt',
      'raspberrypi-ua-netinst/initramfs.gz',
    ]);
    expect(payloadSent(payload, input().facts)).toEqual([]);
  });

  it('that are not as they were taken are not sent', async () => {
    await expect(readSent(payload, lacking.facts)).rejects.toMatchObject({
      code: 'create.payload',
    });
    await expect(readSent(undefined, lacking.facts)).rejects.toMatchObject({
      code: 'create.payload',
    });
  });
});

it('the config that is sent keeps the old system’s config.txt until the wipe, under tryboot', () => {
  expect(armedConfig('release=bookworm\n', 'config.txt')).toBe('release=bookworm\n');
  const [, command, ...rest] = armedConfig('release=bookworm\n', 'tryboot').split('\n');
  expect(command).toBe(
    'cp -f "${tmp_bootfs}/raspberrypi-ua-netinst/config.txt" "${tmp_bootfs}/config.txt"',
  );
  expect(rest.join('\n')).toBe('release=bookworm\n');
});
