import { otherDialect, type Dialect } from '../../../data/installer-dialects.ts';
import { writeName } from '../edits.ts';
import { assignmentsOf, type LineRule } from '../items.ts';

/** Names that differ between the two installers: of the fork, of the one of 2015. */
const COUNTERPARTS: readonly (readonly [string, string])[] = [
  ['ip_addr', 'ip4_addr'],
  ['ip_gateway', 'ip4_gateway'],
  ['ip_nameservers', 'ip4_nameservers'],
  ['userperms_admin', 'user_is_admin'],
  ['watchdog_enable', 'enable_watchdog'],
];

/** Options whose values mean something else there, so that a new name is not enough. */
const OTHER_VALUES: ReadonlyMap<string, string> = new Map([
  ['ip4_prefixlength', 'Write ip_netmask, with a mask such as 255.255.255.0.'],
  ['ip_netmask', 'Write ip4_prefixlength, with a number such as 24.'],
  ['disable_root', 'Write root_ssh_pwlogin=0; root always has a password there.'],
  ['root_ssh_pwlogin', 'Write disable_root=1 to close the account of root.'],
  ['fail_action', 'This installer tries again: see installer_retries.'],
]);

export const otherDialectOption: LineRule = {
  code: 'other-dialect',
  *check({ statements }, dialect) {
    const other = otherDialect(dialect);
    for (const assignment of assignmentsOf(statements)) {
      const { name, nameRange } = assignment;
      if (dialect.option(name) !== undefined || other.option(name) === undefined) continue;
      const counterpart = counterpartOf(name, dialect);
      const advice = counterpart === undefined ? OTHER_VALUES.get(name) : `Write ${counterpart}.`;
      yield {
        ...nameRange,
        message: `${name} is an option of ${other.name}; ${dialect.name} ignores it.${advice === undefined ? '' : ` ${advice}`}`,
        ...(counterpart === undefined
          ? {}
          : {
              fixes: [
                {
                  title: `Write ${counterpart}`,
                  edits: [writeName(assignment, counterpart)],
                  preferred: true,
                },
              ],
            }),
      };
    }
  },
};

function counterpartOf(name: string, dialect: Dialect): string | undefined {
  const pair = COUNTERPARTS.find((names) => names.includes(name));
  return pair?.find((each) => each !== name && dialect.option(each) !== undefined);
}
