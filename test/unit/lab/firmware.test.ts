import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chooseBoot, hasOverlay, readFirmware } from '../../../lab/firmware.ts';

const installer = 'os_prefix=raspberrypi-ua-netinst/\ninitramfs initramfs.gz\n';

describe('config.txt', () => {
  const choose = (text: string, filter = 'pi4', tryboot = false) =>
    chooseBoot(text, 'config.txt', filter, tryboot);

  it('boots the system unless it names the network installer', () => {
    expect(choose('arm_64bit=1\nauto_initramfs=1\n').target).toBe('system');
    expect(choose(installer).target).toBe('installer');
    expect(choose(`# ${installer.split('\n')[0] ?? ''}\n`).target).toBe('system');
  });

  it('loads an overlay with or without parameters, and none that is commented out', () => {
    expect(hasOverlay(choose('dtoverlay=w1-gpio\n'), 'w1-gpio')).toBe(true);
    expect(hasOverlay(choose('dtoverlay=w1-gpio,gpiopin=5\r\n'), 'w1-gpio')).toBe(true);
    expect(hasOverlay(choose('#dtoverlay=w1-gpio\n'), 'w1-gpio')).toBe(false);
    expect(hasOverlay(choose('dtoverlay=w1-gpio-pullup\n'), 'w1-gpio')).toBe(false);
  });

  it('obeys sections of its own model and of all, and no others', () => {
    const text =
      '[pi4]\ndtoverlay=four\n[pi5]\ndtoverlay=five\n[all]\ndtoverlay=every\n[none]\ndtoverlay=no\n';
    expect(choose(text, 'pi4').overlays).toEqual(['four', 'every']);
    expect(choose(text, 'pi5').overlays).toEqual(['five', 'every']);
    expect(choose(text, 'pi400').overlays).toEqual(['four', 'every']);
  });

  it('obeys [tryboot] only in a tryboot', () => {
    expect(choose(`[tryboot]\n${installer}`, 'pi4', false).target).toBe('system');
    expect(choose(`[tryboot]\n${installer}`, 'pi4', true).target).toBe('installer');
  });
});

describe('a boot partition', () => {
  let boot = '';
  beforeEach(async () => {
    boot = await mkdtemp(join(tmpdir(), 'rpi-lab-boot-'));
  });
  afterEach(async () => {
    await rm(boot, { recursive: true });
  });

  it('boots tryboot.txt when the reboot asked for it, else config.txt', async () => {
    await writeFile(join(boot, 'config.txt'), 'arm_64bit=1\n');
    await writeFile(join(boot, 'tryboot.txt'), installer);
    expect(await readFirmware(boot, '0 tryboot', 'pi4')).toMatchObject({
      target: 'installer',
      config: 'tryboot.txt',
      tryboot: true,
    });
    expect(await readFirmware(boot, '', 'pi4')).toMatchObject({
      target: 'system',
      config: 'config.txt',
      tryboot: false,
    });
  });

  it('boots config.txt when a tryboot has no tryboot.txt', async () => {
    await writeFile(join(boot, 'config.txt'), 'arm_64bit=1\n');
    expect(await readFirmware(boot, '0 tryboot', 'pi4')).toMatchObject({
      config: 'config.txt',
      tryboot: false,
    });
  });

  it('reads included files', async () => {
    await writeFile(join(boot, 'config.txt'), 'include extra.txt\n');
    await writeFile(join(boot, 'extra.txt'), 'dtoverlay=w1-gpio\n');
    expect(hasOverlay(await readFirmware(boot, '', 'pi4'), 'w1-gpio')).toBe(true);
  });
});
