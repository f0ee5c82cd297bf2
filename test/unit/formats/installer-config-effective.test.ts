import { describe, expect, it } from 'vitest';
import { RASPBERRYPI_DIALECT, RASPBIAN_DIALECT } from '../../../core/data/installer-dialects.ts';
import { detectDialect } from '../../../core/formats/installer-config/dialect.ts';
import { effectiveConfiguration } from '../../../core/formats/installer-config/effective.ts';
import { parseInstallerConfig } from '../../../core/formats/installer-config/parse.ts';

const effective = (
  text: string,
  name: string,
  dialect = RASPBERRYPI_DIALECT,
): readonly [string | undefined, string] | undefined => {
  const found = effectiveConfiguration(parseInstallerConfig(text).statements, dialect).find(
    ({ option }) => option.name === name,
  );
  return found && [found.value, found.origin.kind];
};

describe('the effective configuration', () => {
  it.each([
    ['hostname=kitchen\n', 'hostname', 'kitchen', 'file'],
    ['hostname=a\nhostname=b\n', 'hostname', 'b', 'file'],
    ['', 'hostname', 'pi', 'default'],
    ['rootpw=\n', 'rootpw', 'raspbian', 'empty'],
    ['rootpw=$x\n', 'rootpw', undefined, 'file'],
    ['packages=\n', 'packages', '', 'file'],
    ['', 'mirror', 'http://mirrordirector.raspbian.org/raspbian/', 'default'],
    ['arch=arm64\n', 'mirror', 'http://deb.debian.org/debian/', 'other'],
    ['arch=arm64\nmirror=http://a/\n', 'mirror', 'http://a/', 'file'],
    ['arch=$x\n', 'mirror', undefined, 'default'],
    ['enable_watchdog=1\n', 'watchdog_enable', '1', 'other'],
    ['enable_watchdog=1\nwatchdog_enable=0\n', 'watchdog_enable', '0', 'file'],
    ['installer_telnet=1\n', 'installer_telnet', 'listen', 'file'],
    ["hostname=a\nrootpw='open\nusername=b\n", 'username', '', 'default'],
  ])('of %j has %s: %j (%s)', (text, name, value, origin) => {
    expect(effective(text, name)).toEqual([value, origin]);
  });

  it.each([
    ['rootpw=\n', 'rootpw', '', 'file'],
    ['', 'rootpw', 'raspbian', 'default'],
    ['ip4_addr=dhcp\nip_addr=10.0.0.2\n', 'ip4_addr', '10.0.0.2', 'other'],
    ['ip_netmask=255.255.255.0\n', 'ip4_prefixlength', '24', 'other'],
    ['try_again=1\n', 'fail_action', 'reboot', 'other'],
    ['', 'fail_action', 'poweroff', 'default'],
  ])('of %j for raspbian-ua-netinst has %s: %j (%s)', (text, name, value, origin) => {
    expect(effective(text, name, RASPBIAN_DIALECT)).toEqual([value, origin]);
  });

  it('lists every option that is not deprecated, once', () => {
    const names = effectiveConfiguration([], RASPBERRYPI_DIALECT).map(({ option }) => option.name);
    expect(names).toEqual(
      RASPBERRYPI_DIALECT.options.filter(({ deprecated }) => !deprecated).map(({ name }) => name),
    );
  });
});

describe('the dialect', () => {
  const fork = 'raspberrypi-ua-netinst';
  const old = 'raspbian-ua-netinst';
  it.each([
    ['', 'create/installer-config.txt', undefined, fork],
    ['', `/media/${fork}/config/installer-config.txt`, undefined, fork],
    ['', `/home/me/${old}/installer-config.txt`, undefined, old],
    ['', `C:\\cards\\${old}\\installer-config.txt`, undefined, old],
    ['', 'create/installer-config.txt', old, old],
    ['', `/home/me/${old}/installer-config.txt`, fork, fork],
    [`# For ${old}\nhostname=a\n`, 'a/installer-config.txt', fork, old],
    [`# dialect: ${fork}\r\n`, `${old}/installer-config.txt`, old, fork],
    [`# ${old}, not ${fork}\n`, 'installer-config.txt', undefined, fork],
    [`hostname=a\n# ${old}\n`, 'installer-config.txt', undefined, fork],
  ] as const)('of %j at %s with %s is %s', (text, path, setting, wanted) => {
    expect(detectDialect(text, path, setting)).toBe(wanted);
  });
});
