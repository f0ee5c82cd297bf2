/** post-install.txt: what rpi needs in the new system, then what the person wrote. */
import type { Account } from './accounts.ts';

/** Where the installer finds the files of the medium when it sources post-install.txt. */
const MEDIUM_FILES = '/rootfs/boot/raspberrypi-ua-netinst/config/files';

/** The folder under config/files with the authorised keys of users that we create. */
export const USER_FILES = 'users';

/**
 * Our part comes first, so that nothing in the person's can skip it. Only commands that the
 * installer's own system has, and nothing that can fail the installation: the disk is wiped by
 * now. Account names are checked by the time they come here.
 */
export function postInstall(own: string, others: readonly Account[]): string {
  const { head, rest } = splitShebang(own);
  const block = [
    '# Written by rpi: the system keeps the ssh host key that was made for it, and no other.',
    'chroot /rootfs /bin/systemctl disable regenerate_ssh_host_keys.service >/dev/null 2>&1 || true',
    'rm -f /rootfs/etc/systemd/system/*.wants/regenerate_ssh_host_keys.service',
    'for type in dsa ecdsa rsa; do',
    '  rm -f "/rootfs/etc/ssh/ssh_host_${type}_key" "/rootfs/etc/ssh/ssh_host_${type}_key.pub"',
    'done',
    // FAT has no owners: whoever has an account there could read the key.
    `rm -f ${MEDIUM_FILES}/root/etc/ssh/ssh_host_ed25519_key`,
    ...others.flatMap(({ name, keys }) => userLines(name, keys.length > 0)),
    '# End of what rpi wrote.',
    '',
  ];
  return `${head}${block.join('\n')}${rest}`;
}

function userLines(name: string, hasKeys: boolean): string[] {
  const home = `/rootfs/home/${name}`;
  return [
    `chroot /rootfs /usr/bin/id -u ${name} >/dev/null 2>&1 ||`,
    `  chroot /rootfs /usr/sbin/useradd --create-home --shell /bin/bash --password '*' ${name}`,
    ...(hasKeys
      ? [
          `mkdir -p ${home}/.ssh`,
          `cp ${MEDIUM_FILES}/${USER_FILES}/${name}/authorized_keys ${home}/.ssh/authorized_keys`,
          `chmod 700 ${home}/.ssh`,
          `chmod 600 ${home}/.ssh/authorized_keys`,
          `chroot /rootfs /bin/chown -R ${name}: /home/${name}/.ssh`,
        ]
      : []),
  ];
}

function splitShebang(text: string): { head: string; rest: string } {
  const head = /^#!.*(?:\n|$)/.exec(text)?.[0] ?? '';
  const rest = text.slice(head.length);
  return {
    head: head === '' || head.endsWith('\n') ? head : `${head}\n`,
    rest: rest === '' ? '' : `\n${rest}`,
  };
}
