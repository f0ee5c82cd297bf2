import { describe, expect, it } from 'vitest';
import { netinst } from '../../../core/install/backends/netinst.ts';
import {
  digestOf,
  installPlanText,
  planEvent,
  planOf,
  type InstallPlan,
} from '../../../core/install/plan.ts';
import { HOST_KEY_PATH, MARKER } from '../../../core/create/host-files.ts';
import type { Arming } from '../../../core/install/probe.ts';
import type { NamedFinding } from '../../../core/runs/finding.ts';
import { CONFIG, HOST, input, medium, rendered } from './sample.ts';

const SKIPPED: NamedFinding = {
  name: 'power',
  why: '',
  status: 'skipped',
  detail: 'nobody tells of its voltage',
};

function plan(arming: Arming, findings: readonly NamedFinding[] = []): InstallPlan {
  const { medium, facts } = input();
  return planOf(HOST, { backend: netinst, medium, facts }, findings, arming);
}

describe('the plan of an installation', () => {
  it('names every file with its size, what is wiped, and what stays when it fails', () => {
    const { files, wiped, windows } = plan('tryboot');
    expect(files.map(({ path, action }) => [path, action])).toEqual([
      ['/boot/firmware/raspberrypi-ua-netinst/config/installer-config.txt', 'create'],
      ['/boot/firmware/raspberrypi-ua-netinst/installer-retries.txt', 'create'],
      ['/boot/firmware/tryboot.txt', 'create'],
    ]);
    expect(files.at(-1)?.size).toBe(310);
    expect(wiped).toEqual([{ disk: 'mmcblk0', bytes: 62333952 * 512 }]);
    expect(windows[0]).toContain('starts the old system again');
  });

  it('by config.txt says that there is no way back', () => {
    const { files, windows } = plan('config.txt');
    expect(files.at(-1)).toMatchObject({ path: '/boot/firmware/config.txt', action: 'replace' });
    expect(windows.join(' ')).toContain('no way back');
    expect(windows.join(' ')).not.toContain('starts the old system again');
  });

  it('counts the command that arms in the size of the config', () => {
    const sizes = (['tryboot', 'config.txt'] as const).map((arming) => plan(arming).files[0]?.size);
    expect(sizes[0]).toBeGreaterThan(sizes[1] ?? Infinity);
  });

  it('has a digest of what a person agrees to, and not of what is measured', () => {
    const [first, again] = [plan('tryboot', [SKIPPED]), plan('tryboot', [SKIPPED])];
    expect(digestOf(again)).toBe(digestOf(first));
    const measured = plan('tryboot', [{ ...SKIPPED, detail: 'another voltage' }]);
    expect(digestOf(measured)).toBe(digestOf(first));
    const others = [
      plan('config.txt', [SKIPPED]),
      plan('tryboot'),
      { ...first, serial: 'another' },
      { ...first, files: first.files.slice(1) },
      { ...first, wiped: [{ disk: 'sda', bytes: 1 }] },
    ];
    for (const other of others) expect(digestOf(other)).not.toBe(digestOf(first));
    expect(planEvent(first)).toMatchObject({ digest: digestOf(first) });
  });

  it('is another plan where a file says something else in as many bytes', () => {
    const of = (timezone: string, rootpw = 'hidden'): string => {
      const files = rendered({ ...CONFIG, timezone, rootpw });
      const { facts } = input();
      const ready = { backend: netinst, medium: medium(files), facts };
      return digestOf(planOf(HOST, ready, [], 'tryboot'));
    };
    expect(of('Europe/Berlin')).toBe(of('Europe/Berlin'));
    expect(of('Europe/Dublin')).not.toBe(of('Europe/Berlin'));
    // The digest stands on command lines: nobody can find out a password by it.
    expect(of('Europe/Berlin', 'secret')).toBe(of('Europe/Berlin', 'hidden'));
  });

  it('is the same whatever nonce and host key were made for looking', () => {
    const of = (made: string): string => {
      const files = [
        ...rendered(CONFIG),
        ...[MARKER, HOST_KEY_PATH, `${HOST_KEY_PATH}.pub`].map((path) => ({
          path: `config/files/root${path}`,
          content: made,
        })),
      ];
      const { facts } = input();
      const ready = { backend: netinst, medium: medium(files), facts };
      return digestOf(planOf(HOST, ready, [], 'tryboot'));
    };
    expect(of('one')).toBe(of('two'));
  });

  it('as a document has what the event has, and what no check could prove', () => {
    const made = plan('tryboot', [SKIPPED]);
    const text = installPlanText(made);
    const event = planEvent(made);
    expect(event.kind === 'plan' && event.items.length).toBeGreaterThan(5);
    for (const { path } of made.files) expect(text).toContain(path);
    for (const sentence of [...made.irreversible, ...made.windows, ...made.switches]) {
      expect(text).toContain(sentence);
    }
    expect(text).toContain('/dev/mmcblk0 (31.9 GB)');
    expect(text).toContain('nobody tells of its voltage');
  });
});
