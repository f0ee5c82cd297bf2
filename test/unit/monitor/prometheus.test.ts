import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  accuses,
  standing,
  told,
  webhookMessage,
  type HeldAlert,
} from '../../../core/monitor/prometheus/alerts.ts';
import { chartOf, everything } from '../../../core/monitor/prometheus/measures.ts';
import { snapshotOf, type Scraped } from '../../../core/monitor/prometheus/snapshot.ts';
import { anyText } from '../../any-text.ts';

const alertOf = (more: object = {}, labels: object = {}): object => ({
  status: 'firing',
  labels: { alertname: 'AppDown', project: 'p', name: 'kitchen', severity: 'critical', ...labels },
  annotations: { summary: 'the app is down' },
  startsAt: '2026-11-22T10:00:00Z',
  endsAt: '0001-01-01T00:00:00Z',
  fingerprint: 'f1',
  ...more,
});

const tell = (held: readonly HeldAlert[], ...alerts: object[]): readonly HeldAlert[] =>
  told(held, webhookMessage.parse({ version: '4', status: 'firing', alerts }), 'p');

const scraped = (up: boolean | undefined, ...alerts: string[]): Scraped => ({
  up,
  vitals: {},
  signs: {},
  alerts: new Set(alerts),
});

const settle = (held: readonly HeldAlert[], known: Scraped | undefined): readonly HeldAlert[] =>
  standing(
    held,
    new Map(known === undefined ? [] : [['kitchen', known]]),
    new Set(['kitchen', 'garden']),
  );

describe('alerts that Alertmanager tells', () => {
  it('are those of this project’s Pis, and not what the monitor itself has sent there', () => {
    const held = tell(
      [],
      alertOf(),
      alertOf({ fingerprint: 'f2' }, { project: 'another' }),
      alertOf({ fingerprint: 'f3' }, { name: '' }),
      alertOf({ fingerprint: 'f4' }, { alertname: 'rpi_failed' }),
      alertOf({ fingerprint: 'f5', status: 'resolved' }),
      alertOf({ fingerprint: 'f6' }, { severity: 'warning', signal: 'vitals' }),
    );
    expect(held).toMatchObject([
      { id: 'f1', host: 'kitchen', alert: 'AppDown', critical: true, signal: 'checks' },
      { id: 'f6', critical: false, signal: 'vitals' },
    ]);
  });

  it('are not over before Prometheus measures the Pi again and no longer lists them', () => {
    const held = tell([], alertOf());
    const resolved = tell(held, alertOf({ status: 'resolved' }));
    for (const known of [undefined, scraped(undefined), scraped(false), scraped(true, 'AppDown')]) {
      expect(settle(resolved, known)).toHaveLength(1);
    }
    expect(settle(resolved, scraped(true))).toEqual([]);
    expect(tell(resolved, alertOf({ startsAt: '2026-11-22T11:00:00Z' }))).toMatchObject([
      { told: 'firing' },
    ]);
  });

  it('accuse nobody whom Prometheus measures without listing them, and end by themselves then', () => {
    let held = tell([], alertOf());
    const accusing = (known: Scraped): boolean => held.some((each) => accuses(each, known));
    expect(accusing(scraped(true))).toBe(false);
    expect([scraped(true, 'AppDown'), scraped(false), scraped(undefined)].every(accusing)).toBe(
      true,
    );
    // One that has just begun may come while Prometheus is asked: once is no proof.
    held = settle(settle(held, scraped(true)), scraped(true));
    held = settle(held, scraped(true, 'AppDown'));
    held = settle(settle(held, scraped(true)), scraped(true));
    expect(held).toHaveLength(1);
    expect(settle(held, scraped(true))).toEqual([]);
  });

  it('go with the host that has them', () => {
    expect(standing(tell([], alertOf()), new Map(), new Set(['garden']))).toEqual([]);
  });

  it('may hold any text, and none of it moves a cursor', () => {
    fc.assert(
      fc.property(anyText, anyText, (alertname, summary) => {
        for (const { alert, text } of tell(
          [],
          alertOf({ annotations: { summary } }, { alertname }),
        )) {
          expect(alert + text).not.toMatch(/\p{Cc}/u);
          expect(alert.length + text.length).toBeLessThanOrEqual(600);
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('what Prometheus answers', () => {
  const sample = (what: string, value: number, more: Record<string, string> = {}) => ({
    labels: { name: 'kitchen', what, ...more },
    at: 0,
    value,
  });

  it('is known by Pi; what the role’s file said long ago is not believed', () => {
    const fresh = [
      sample('up', 1),
      sample('load', 0.5),
      sample('temperature', NaN),
      sample('rootReadOnly', 0),
      sample('throttled', 0x10001),
      sample('failedUnits', 1),
      sample('unit', 1, { unit: 'app.service' }),
      sample('info', 1, { board: 'Pi\u001b[2J 4', boot_id: 'no id' }),
      sample('alert', 1, { alertname: 'RpiDisk' }),
    ];
    expect(snapshotOf([...fresh, sample('age', 20)]).get('kitchen')).toEqual({
      up: true,
      vitals: {
        load: 0.5,
        rootReadOnly: false,
        throttled: 0x10001,
        underVoltage: true,
        model: 'Pi[2J 4',
      },
      signs: { failedUnits: ['app.service'] },
      alerts: new Set(['RpiDisk']),
    });
    expect(snapshotOf([...fresh, sample('age', 301)]).get('kitchen')).toMatchObject({
      vitals: { load: 0.5, rootReadOnly: false },
      signs: {},
    });
  });

  it('is asked for in one question, whatever a host is called', () => {
    expect(everything('p')).toContain('up{project="p",exporter="node"}');
    expect(chartOf('load', 'p', 'a"} or up #')).toBe(
      'max by (name) (node_load1{project="p",exporter="node",name="a\\"} or up #"})',
    );
    expect(chartOf('ssh', 'p', 'kitchen')).toBeUndefined();
  });
});
