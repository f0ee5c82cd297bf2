import type { ListRule } from '../items.ts';

/** Users and groups of every Debian. */
const OF_EVERY_SYSTEM = new Set(
  'root daemon bin sys sync games man lp mail news uucp proxy www-data backup list irc gnats nobody sshd messagebus systemd-network systemd-resolve systemd-timesync adm tty disk kmem dialout fax voice cdrom floppy tape sudo audio dip operator src shadow utmp video sasl plugdev staff users nogroup input kvm render crontab netdev ssh gpio i2c spi'.split(
    ' ',
  ),
);

/** chown does nothing for a user that is not there. */
export const listUnknownUser: ListRule = {
  code: 'list-unknown-user',
  *check({ entries }, { users }) {
    if (users === undefined) return;
    for (const { owner } of entries) {
      const unknown = owner.text
        .split(':')
        .find(
          (name) =>
            /^[a-z_][-a-z0-9_]*$/.test(name) && !OF_EVERY_SYSTEM.has(name) && !users.has(name),
        );
      if (unknown === undefined) continue;
      yield {
        start: owner.start,
        end: owner.end,
        message: `The installation makes no user or group ${unknown} itself: without a package that does, the file belongs to root.`,
      };
    }
  },
};
