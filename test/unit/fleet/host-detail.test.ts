import fc from 'fast-check';
import { anyText } from '../../any-text.ts';
import { describe, expect, it } from 'vitest';
import type { DiscoveredPi, FleetPi } from '../../../core/fleet/fleet.ts';
import {
  discoveredDescription,
  discoveredTooltip,
  piDescription,
  piDocument,
  piTooltip,
  timeAgo,
} from '../../../core/fleet/host-detail.ts';
import { escapeMarkdown } from '../../../core/formats/markdown.ts';
import { emptySummary, foldEvents, summaryOf } from '../../../core/runs/summarise.ts';
import { FINISHED, stamped, STARTED } from '../runs/random-run.ts';
import { ago, mac, NOW } from './fleet-project.ts';

const pi: FleetPi = {
  name: 'attic',
  address: '10.0.0.2',
  port: 22,
  user: 'pi',
  groups: ['sensors'],
  macs: [mac(2)],
  serial: '10000000abcd',
  model: 'Raspberry Pi 4 Model B Rev 1.4',
  os: 'Debian GNU/Linux 12',
  state: 'failing',
  reason: 'No answer in 10 s.',
  error: { code: 'ssh.timeout', message: 'No answer in 10 s.', remedy: 'rpi access check' },
  lastSeen: ago(2),
  vitals: { temperature: 81.4, load: 0.5, cpus: 4, throttled: 0, diskTotal: 100, diskAvailable: 5 },
  vitalsAt: ago(3),
  warnings: ['hot: 81 °C'],
  run: { id: 'r1', command: 'monitor', isLive: false },
};
const discovered: DiscoveredPi = {
  key: mac(3),
  address: '10.0.0.3',
  mac: mac(3),
  name: 'shed.local',
  banner: 'SSH-2.0-OpenSSH_9.2p1',
  evidence: [{ source: 'mac', says: 'b8:27:eb is of Raspberry Pi', weight: 'for' }],
  firstSeen: ago(90),
  lastSeen: ago(2),
};

describe('a Pi in one line', () => {
  it('has address, model, system and when it was seen', () => {
    expect(piDescription(pi, NOW)).toBe(
      '10.0.0.2 · Pi 4 Model B · Debian GNU/Linux 12 · 2 min ago',
    );
    expect(piDescription({ ...pi, port: 2222, model: undefined, os: undefined }, NOW)).toBe(
      '10.0.0.2:2222 · 2 min ago',
    );
    expect(discoveredDescription(discovered, NOW)).toBe(`10.0.0.3 · ${mac(3)} · 2 min ago`);
  });

  it('is one line, whatever a device says of itself', () => {
    fc.assert(
      fc.property(anyText, (model) => {
        expect(piDescription({ ...pi, model }, NOW)).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
});

describe('what is told of a Pi', () => {
  it('has the state, why, what to do, the warnings and the facts', () => {
    const text = piTooltip(pi, NOW).replaceAll('\\', '');
    expect(text).toContain('**attic** — Failing');
    expect(text).toContain('→ rpi access check');
    for (const line of [
      '⚠ hot: 81 °C',
      'Model: Raspberry Pi 4 Model B Rev 1.4',
      'Disk: 95 % full',
    ]) {
      expect(text).toContain(`- ${line}`);
    }
  });

  it('tells the evidence of a discovered one', () => {
    const text = discoveredTooltip(discovered, NOW).replaceAll('\\', '');
    expect(text).toContain('- ✓ b8:27:eb is of Raspberry Pi (mac)');
  });

  it('tells the runs that concern it, and no others', () => {
    const run = (id: string, host: string) => {
      const events = stamped(id, NOW - 60_000, [
        STARTED,
        { kind: 'host.finished', host, status: 'ok', summary: `done on ${host}` },
        FINISHED,
      ]);
      return summaryOf(foldEvents(emptySummary(id), events), 'finished');
    };
    const runs = [run('r1', 'attic'), run('r2', 'cellar')].filter((each) => each !== undefined);
    const text = piDocument(pi, { now: NOW, runs });
    expect(text).toContain('| 1 min ago | rpi provision | ok | done on attic |');
    expect(text).not.toContain('cellar');
    expect(text).toMatch(/^# attic\n/);
  });

  it('shows hostile names as they are: no link, no tag, no icon, no new line', () => {
    const name = '[x](command:evil) <img src=x> $(flame) `a` | https://evil.example\n# head';
    const text = discoveredTooltip({ ...discovered, name, banner: name }, NOW);
    expect(text).not.toMatch(/(?<!\\)[[<$`|]/);
    expect(text).not.toContain('https://');
    expect(text.split('\n').some((line) => line.startsWith('# '))).toBe(false);
  });

  it('escapes every punctuation mark, and gives the text back unescaped', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 50 }), (text) => {
        const escaped = escapeMarkdown(text);
        expect(escaped).not.toMatch(/(?<!\\)(?:\\\\)*[`*_{}[\]()#+!<>|$&~]/);
        const line = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
        expect(escaped.replace(/\\([!-/:-@[-`{-~])/g, '$1')).toBe(line);
      }),
    );
  });

  it('cannot turn the direction of the text around it', () => {
    expect(escapeMarkdown('a\u202Eb\u2066c')).toBe('a b c');
  });
});

describe('how long ago', () => {
  it.each([
    [0.5, 'just now'],
    [-5, 'just now'],
    [2, '2 min ago'],
    [59, '59 min ago'],
    [180, '3 h ago'],
    [60 * 47, '47 h ago'],
    [60 * 24 * 5, '5 days ago'],
  ])('%s minutes are %s', (minutes, text) => {
    expect(timeAgo(ago(minutes), NOW)).toBe(text);
  });
});
