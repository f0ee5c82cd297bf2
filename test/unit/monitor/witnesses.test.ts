import { describe, expect, it } from 'vitest';
import { judgeLook } from '../../../core/monitor/decisions/detect.ts';
import { look } from '../../../core/monitor/decisions/tick.ts';
import {
  askBefore,
  isMissing,
  isSilent,
  parseAnswers,
  pingAll,
  withWitnesses,
} from '../../../core/monitor/watch/witnesses.ts';
import type { Observation } from '../../../core/monitor/watch/observation.ts';
import type { SshSession } from '../../../core/ssh/session.ts';

const GONE: Observation = {
  host: 'a',
  address: '10.0.0.1',
  groups: [],
  at: 0,
  monotonic: 0,
  state: 'unreachable',
  reasons: ['It does not answer.'],
  signals: { neighbour: 'no', tcp22: 'no', ssh: 'no', vitals: 'no', checks: 'unknown' },
  checks: [],
};

describe('witnesses', () => {
  it('count of a Pi of which nothing answers here; they are asked once its port does not', () => {
    const { signals } = GONE;
    const isThere = { ...GONE, signals: { ...signals, neighbour: 'yes' } } as const;
    expect(isSilent(isThere)).toBe(true);
    expect(isSilent({ ...GONE, signals: { ...signals, tcp22: 'yes' } })).toBe(false);
    expect(withWitnesses(isThere, [{ host: 'b', sees: true }])).toBe(isThere);
    expect(isMissing(GONE)).toBe(true);
    expect(isMissing({ ...GONE, signals: { ...signals, neighbour: 'unknown' } })).toBe(true);
    expect(isMissing({ ...GONE, signals: { ...signals, neighbour: 'yes' } })).toBe(false);
    expect(isMissing({ ...GONE, signals: { ...signals, tcp22: 'yes' } })).toBe(false);
    expect(isMissing({ ...GONE, signals: { ...signals, ssh: 'yes' } })).toBe(false);
  });

  it('are told in words beside what we found, as long as we find nothing', () => {
    const [no, yes] = [
      { host: 'b', sees: false },
      { host: 'c', sees: true },
    ];
    expect(withWitnesses(GONE, [no, yes])).toMatchObject({
      witnesses: [no, yes],
      reasons: ['It does not answer.', 'c can reach it: the way from here is broken.'],
    });
    expect(withWitnesses(GONE, [no]).reasons.at(-1)).toBe('From b it does not answer either.');
    expect(withWitnesses(GONE, [])).toBe(GONE);
    const back = { ...GONE, signals: { ...GONE.signals, tcp22: 'yes', ssh: 'yes' } } as const;
    expect(withWitnesses(back, [yes])).toBe(back);
  });

  it('say yes, no, or nothing that counts', () => {
    expect(parseAnswers('1 0\n0 1\r\n2 127\n3 2\nping: x 0\n 4 0\n')).toEqual([
      [1, true],
      [0, false],
    ]);
  });

  it('are given addresses as words: no option, and nothing that a shell reads', () => {
    expect(pingAll(['-f', "a'; reboot"])).toBe(
      `(ping -n -c 1 -W 1 -- -f >/dev/null 2>&1; echo "0 $?") & (ping -n -c 1 -W 1 -- 'a'\\''; reboot' >/dev/null 2>&1; echo "1 $?") & wait`,
    );
  });

  it('are asked within the look where one look decides, and once about each', async () => {
    const asked: string[] = [];
    // Nothing else of a session is used.
    const session = {
      exec: (command: string) => {
        asked.push(command);
        return Promise.resolve({ stdout: '0 0\n' });
      },
    } as unknown as SshSession;
    const well = { ...GONE, host: 'b', signals: { ...GONE.signals, tcp22: 'yes' } } as const;
    const worked = { ...GONE, host: 'c', address: '10.0.0.3', planned: 'new case' };
    const told = { ...GONE, host: 'd', witnesses: [{ host: 'b', sees: false }] };
    const options = { signal: new AbortController().signal, timeout: 1000 };
    const looked = [well, worked, told, GONE];
    const found = await askBefore(looked, [{ host: 'b', session }], options);
    expect(found.slice(0, 3)).toEqual([well, worked, told]);
    expect(found[3]?.witnesses).toEqual([{ host: 'b', sees: true }]);
    expect(asked).toEqual([pingAll(['10.0.0.1'])]);
    const taken = look.parse(found[3]);
    expect(judgeLook(taken, { signals: 2 }).verdict).toBe('unclear');
    expect(judgeLook({ ...taken, witnesses: [] }, { signals: 2 }).verdict).toBe('bad');
    expect(await askBefore([well], [{ host: 'b', session }], options)).toEqual([well]);
    expect(asked).toHaveLength(1);
  });
});
