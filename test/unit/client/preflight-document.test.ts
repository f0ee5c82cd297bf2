import { describe, expect, test } from 'vitest';
import {
  preflightDocument,
  preflightVerdict,
} from '../../../client/commands/preflight-document.ts';
import type { Event, EventBody, EventOf } from '../../../core/runs/event.ts';

const AT = '2026-11-22T10:00:00.123Z';

function events(...bodies: readonly EventBody[]): Event[] {
  return bodies.map((body, seq) => ({ v: 1, run: 'r', seq, at: AT, ...body }));
}

const finished = (status: 'ok' | 'refused', summary: string): EventOf<'run.finished'> => ({
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
  test('shows what to do first, then the plan, and last what passed', () => {
    const { text } = preflightDocument('kitchen', ready, AT);
    const places = [
      'Nothing refuses it; 1 not known',
      '- \\/dev\\/mmcblk0 \\(32 GB\\)',
      '### – power',
      '<https://example.org/power_supply>',
      '## What passed',
      '| [login]',
    ].map((part) => text.indexOf(part));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(text).toContain('2026-11-22 10:00:00 UTC');
  });

  test('has no plan where a check failed, and a link to look again', () => {
    const { text, actions } = preflightDocument('kitchen', refused, AT);
    expect(text).toContain('can’t be reinstalled now.** 1 check refuses it.');
    expect(text).not.toContain('## Plan');
    const [, again] = /\[Look again\]\(#follow-(\d+)\)/.exec(text) ?? [];
    expect(actions[Number(again)]).toMatchObject({ command: 'rpi.reinstall', about: 'pi' });
  });

  test('makes links of what a remedy names, and of the differences where there are any', () => {
    const remedy = 'Record its serial and MACs: rpi access enroll kitchen';
    const check = {
      kind: 'check',
      name: 'identity',
      status: 'failed',
      detail: 'no',
      remedy,
    } as const;
    const { text, actions } = preflightDocument(
      'kitchen',
      events(check, finished('refused', '')),
      AT,
    );
    const [, enroll] = /\[rpi access enroll kitchen\]\(#follow-(\d+)\)/.exec(text) ?? [];
    expect(actions[Number(enroll)]).toMatchObject({ command: 'rpi.access.enroll' });
    const changed = { kind: 'file.changed', path: 'a', action: 'created', planned: true } as const;
    const differ = (found: readonly Event[]): boolean =>
      preflightDocument('kitchen', found, AT).actions.some(({ does }) => does === 'differences');
    const written = {
      kind: 'plan',
      title: '',
      digest: 'a',
      items: [{ action: 'create', target: 'a' }],
    };
    const plan = { ...written, kind: 'plan' } as const;
    expect(differ(events(plan, changed))).toBe(true);
    expect(differ(events(plan))).toBe(false);
  });

  test('tells why it could not be looked at', () => {
    const error = {
      code: 'access.identity',
      message: 'No key.',
      remedy: 'Run rpi doctor',
    } as const;
    const end: EventBody = { ...finished('refused', ''), error };
    const { text } = preflightDocument('kitchen', events(end), AT);
    expect(text).toMatch(/now\.\*\* No key\\\. Run \[rpi doctor\]\(#follow-\d\)/);
  });

  test('shows what a Pi says of itself as text, never as a link or a tag', () => {
    const { text } = preflightDocument(
      '[x](command:evil)',
      events(
        {
          kind: 'check',
          name: '<img src=x>',
          status: 'warning',
          detail: '[free](https://evil.example/)\n# heading',
        },
        { kind: 'check', name: 'b', status: 'ok', detail: '| [free](https://evil.example/) |' },
        finished('ok', ''),
      ),
      AT,
    );
    const ours = text.replaceAll(/(?<!\\)\[[^\]]*(?<!\\)\]\(#follow-\d+\)/g, '');
    expect(ours).not.toMatch(/(?<!\\)\[|(?<!\\)<img|^# heading|free\\\]\(/m);
  });
});
