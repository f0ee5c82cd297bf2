import { writeValue } from '../edits.ts';
import type { FileRule } from '../items.ts';
import { packagesOf } from './no-python.ts';

/** The smallest set has no ssh server, and nothing that brings the network up. */
export const noSshServer: FileRule = {
  code: 'no-ssh-server',
  *check(facts) {
    const { dialect, assignment, value } = facts;
    const written = assignment('preset');
    if (written === undefined || value('preset') !== 'base') return;
    const packages = packagesOf(facts);
    if (packages === undefined) return;
    const systemd = value('use_systemd_services');
    const byFork = dialect.name === 'raspberrypi-ua-netinst';
    const network = packages.has('ifupdown') || (byFork && systemd !== '0' && systemd !== '');
    if (packages.has('openssh-server') && network) return;
    const missing = [
      ...(packages.has('openssh-server') ? [] : ['openssh-server']),
      ...(network ? [] : ['ifupdown']),
    ];
    const other = assignment('packages');
    yield {
      ...written.range,
      message: `preset=base has no ssh server and no network by itself: packages needs ${missing.join(' and ')}.`,
      fixes: [
        { title: 'Write preset=minimal', edits: [writeValue(written, 'minimal')], preferred: true },
        ...(other?.value === undefined
          ? []
          : [
              {
                title: `Add ${missing.join(' and ')} to packages`,
                edits: [writeValue(other, [other.value, ...missing].filter(Boolean).join(','))],
              },
            ]),
      ],
    };
  },
};
