/** The Pi whose own page is open within the monitor page. */
import type { MonitorStatus } from '../../core/monitor/daemon/control.ts';
import type { StoryLine } from '../../core/monitor/decisions/story.ts';
import type { ChartRange, PiMessage } from '../../webview/messages.ts';
import type { OpenProject } from '../open-project.ts';

export type ShownPi = {
  /** Another Pi, another time, or none. */
  readonly show: (host: string | undefined, range: ChartRange) => Promise<void>;
  /** Tells the page again, from what is known now. */
  readonly tell: () => Promise<void>;
};

/** Milliseconds. The journal of a month is long, and changes seldom. */
const STORY_LASTS = 60_000;

export function createShownPi(from: {
  readonly project: () => OpenProject | undefined;
  readonly watched: () => Promise<MonitorStatus | undefined>;
  readonly post: (message: PiMessage) => Thenable<unknown>;
}): ShownPi {
  let shown: { readonly host: string; readonly range: ChartRange } | undefined;
  let kept:
    { readonly of: OpenProject; readonly at: number; readonly story: StoryLine[] } | undefined;

  const tell = async (): Promise<void> => {
    const open = from.project();
    const asked = shown;
    if (asked === undefined || open === undefined) return;
    const { piStory, storyOfMonth } = await import('./pi-story.ts');
    const now = Date.now();
    if (kept?.of !== open || now - kept.at > STORY_LASTS) {
      kept = { of: open, at: now, story: await storyOfMonth(open, now) };
    }
    const watched = await from.watched();
    const message = await piStory({ open, ...asked, watched, story: kept.story });
    // Meanwhile another one may have been opened.
    if (asked === shown) await from.post(message);
  };
  return {
    show: async (host, range) => {
      shown = host === undefined ? undefined : { host, range };
      kept = undefined;
      await tell();
    },
    tell,
  };
}
