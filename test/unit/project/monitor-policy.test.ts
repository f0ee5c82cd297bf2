/** Slips in the monitor's settings, as people make them: told by rpi and by the editor alike. */
import { expect, it } from 'vitest';
import { analyseRpiYml } from '../../../core/analysis/rpi-yml/language.ts';
import { modesForNobody } from '../../../core/monitor/daemon/settings.ts';
import { parseConfig } from '../../../core/project/config.ts';

const HEAD = 'version: 1\nid: garden-5f3a9c\nmonitor:\n';

const ladder = (...steps: string[]): string =>
  `  remedies:\n    ladder:\n${steps.map((step) => `      - ${step}\n`).join('')}`;

/** What stands under `monitor:`; the line of rpi.yml and the words that both tell. */
const SLIPS: readonly (readonly [text: string, line: number, words: RegExp])[] = [
  ['  remedies:\n    mode: automatic\n', 5, /one of '?off'?, propose, auto is wanted/i],
  [
    '  remedies:\n    groups:\n      - {group: a, mode: yes}\n',
    6,
    /one of '?off'?, propose, auto/i,
  ],
  ['  remedies:\n    groups:\n      - {mode: auto}\n', 6, /group is missing/],
  ['  remedys:\n    mode: auto\n', 4, /setting remedys/],
  ['  detection: {failures: 5, window: 4}\n', 4, /failures can’t be more than window/i],
  ['  detection: {failures: 0}\n', 4, /at least 1 is wanted/i],
  ['  interval: 10s\n', 4, /a number is wanted here/i],
  ['  interval: 0.2\n', 4, /at least 1 is wanted/i],
  [ladder('{do: restart, after: 60}'), 6, /restart needs units/i],
  [ladder('{do: restart, after: 60, units: []}'), 6, /restart needs units/i],
  [ladder('{do: restart, after: 60, units: [a b]}'), 6, /a systemd unit such as app.service/i],
  [ladder('{do: reboot, after: 60, units: [a.service]}'), 6, /only restart takes units/i],
  [ladder('{do: power-cycle, after: 60}'), 6, /power-cycle needs a command/i],
  [ladder("{do: power-cycle, after: 60, command: 'poe off'}"), 6, /a list is wanted here/i],
  [ladder('do: reboot'), 6, /after is missing/],
  [ladder('{do: reboot, after: 10m}'), 6, /a number is wanted here/i],
  [ladder('{do: reimage, after: 60}'), 6, /one of restart, reboot, power-cycle/i],
  [ladder('{do: reinstall, after: 60}', '{do: reboot, after: 60}'), 6, /reinstall .*comes last/i],
  ['  remedies:\n    ladder:\n      reboot: 60\n', 6, /a list is wanted here/i],
  ['  remedies:\n    limits: {unhealthy: 120}\n', 5, /at most 100 is possible/i],
  ['  remedies:\n    limits: {at_once: 1.5}\n', 5, /a whole number is wanted here/i],
  ['  notify:\n    - {type: slack, url: http://x}\n', 5, /one of ntfy, chat, alertmanager/i],
  ['  notify:\n    - {type: chat, url: hooks.example/x}\n', 5, /an address such as https:/i],
  ['  notify:\n    - {type: ntfy}\n', 5, /needs url or url_file/i],
  ['  notify:\n    - {type: ntfy, url: "https://me:x@ntfy.example/t"}\n', 5, /no password belongs/],
  ['  checks:\n    - {port: 99999}\n', 5, /at most 65535 is possible/i],
  ['  checks:\n    - {unit: a, port: 3}\n', 5, /a check has one of http, port, unit, command/i],
  ['  backend: prometheus\n', 4, /needs monitor.prometheus/],
];

it.each(SLIPS)('%j is told in line %i', (text, line, words) => {
  const parsed = parseConfig(HEAD + text);
  expect(parsed.ok ? [] : parsed.faults).toEqual([
    expect.objectContaining({ line, message: expect.stringMatching(words) as string }),
  ]);
  const { findings } = analyseRpiYml({ path: 'rpi.yml', text: HEAD + text }, {}, undefined, () => {
    throw new Error('a rule crashed');
  });
  const told = findings.map(({ start, message }) => ({
    line: (HEAD + text).slice(0, start).split('\n').length,
    message,
  }));
  expect(told).toEqual([{ line, message: expect.stringMatching(words) as string }]);
});

it('a mode for a group that no Pi is in is told by the monitor: it counts for nobody', () => {
  const groups = '  remedies: {groups: [{group: sensros, mode: off}, {group: all, mode: auto}]}\n';
  const parsed = parseConfig(HEAD + groups);
  if (!parsed.ok) throw new Error(parsed.faults[0]?.message);
  expect(modesForNobody(parsed.config.monitor, [{ groups: ['sensors'] }])).toMatch(/names sensros/);
  expect(modesForNobody(parsed.config.monitor, [{ groups: ['sensros'] }])).toBeUndefined();
});
