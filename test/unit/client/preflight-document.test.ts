import { describe, expect, test } from 'vitest';
import {
  preflightDocument,
  preflightVerdict,
} from '../../../client/commands/preflight-document.ts';
import type { Event, EventBody } from '../../../core/runs/event.ts';

const AT = '2026-11-22T10:00:00.123Z';

function events(...bodies: readonly EventBody[]): Event[] {
  return bodies.map((body, seq) => ({ v: 1, run: 'r', seq, at: AT, ...body }));
}

const finished = (status: 'ok' | 'refused', summary: string): EventBody => ({
  kind: 'run.finished',
  status,
  summary,
  undone: [],
});

const ready = events(
  { kind: 'check', host: 'kitchen', name: 'login', status: 'ok', detail: 'by key' },
  {
    kind: 'check',
    host: 'kitchen',
    name: 'power',
    status: 'skipped',
    detail: 'no vcgencmd',
    remedy: 'See https://example.org/power_supply (or not).',
  },
  {
    kind: 'plan',
    title: 'Reinstall kitchen: raspbian bullseye',
    digest: 'abc',
    items: [{ action: 'WIPE', target: '/dev/mmcblk0 (32 GB)' }],
  },
  finished('ok', '1 Pi: 1 ready, 0 refused.'),
);

const refused = events(
  {
    kind: 'check',
    host: 'kitchen',
    name: 'model',
    status: 'failed',
    detail: 'the Pi 5 starts from what this installer can’t write',
    why: 'It would stay dark.',
    remedy: 'Write an image to a card.',
  },
  finished('refused', '1 Pi: 0 ready, 1 refused.'),
);

describe('the verdict', () => {
  test('is ready where no check failed and the run ended well', () => {
    expect(preflightVerdict(ready)).toEqual({ isReady: true, plan: 'abc' });
  });

  test('is not ready without a plan to go on with', () => {
    const without = ready.filter(({ kind }) => kind !== 'plan');
    expect(preflightVerdict(without)).toMatchObject({ isReady: false });
  });

  test('is the first failed check and what else there is', () => {
    expect(preflightVerdict(refused)).toEqual({
      isReady: false,
      why: 'model: the Pi 5 starts from what this installer can’t write. Write an image to a card.',
    });
  });

  test('is never ready where the run did not end', () => {
    expect(preflightVerdict(ready.slice(0, 2)).isReady).toBe(false);
    expect(preflightVerdict([]).isReady).toBe(false);
  });
});

describe('the document', () => {
  test('shows every check with what to do, and the plan', () => {
    const text = preflightDocument('kitchen', ready, AT);
    expect(text).toContain('### ✓ ok: login');
    expect(text).toContain('### – not known: power');
    expect(text).toContain('<https://example.org/power_supply>');
    expect(text).toContain('- WIPE: \\/dev\\/mmcblk0 \\(32 GB\\)');
    expect(text).toContain('2026-11-22 10:00:00 UTC');
  });

  test('has no plan where a check failed', () => {
    const text = preflightDocument('kitchen', refused, AT);
    expect(text).toContain('can’t be reinstalled now');
    expect(text).not.toContain('## Plan');
  });

  test('shows what a Pi says of itself as text, never as a link or a tag', () => {
    const text = preflightDocument(
      '[x](command:evil)',
      events(
        {
          kind: 'check',
          name: '<img src=x>',
          status: 'ok',
          detail: '[free](https://evil.example/)\n# heading',
        },
        finished('ok', ''),
      ),
      AT,
    );
    expect(text).not.toMatch(/(?<!\\)\[|(?<!\\)<img|^# heading/m);
  });
});
