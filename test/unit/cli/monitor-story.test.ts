import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { renderSimulation, renderStory } from '../../../cli/commands/monitor-story.ts';
import { simulate } from '../../../core/monitor/decisions/simulate.ts';
import { storyOf } from '../../../core/monitor/decisions/story.ts';
import { failing, policyOf, run } from '../monitor/decisions/world.ts';

test('a story has a line for each thing, with its time, and no control characters', () => {
  const { records } = run(failing('ill', 8, { notes: ['web: \u001b[2Jgone'] }), policyOf());
  const lines = stripVTControlCharacters(renderStory(storyOf(records, 'a'))).split('\n');
  expect(lines[0]).toBe(
    '2026-11-22 08:00:00  Something may be wrong: it lets us in, but is not well – a check fails; web:  [2Jgone.',
  );
  expect(lines.at(-1)).toMatch(
    /08:00:07 {2}Decided: reboot, after 5 s of failing \(1 of 10 Pis unhealthy, 2 allowed; /,
  );
});

test('a simulation says what the policy would have done, and what was done', () => {
  const { records } = run(failing('ill', 30), policyOf({ mode: 'off' }));
  const text = stripVTControlCharacters(renderSimulation(simulate(records, policyOf())));
  expect(text).toContain('10 Pis, 2026-11-22T08:00 to 2026-11-22T08:00 (UTC).');
  expect(text).toContain('As recorded:      0 remedies, 0 proposals, 2 refusals.');
  expect(renderSimulation(simulate([], policyOf()))).toBe('Nothing was recorded in this time.');
});
