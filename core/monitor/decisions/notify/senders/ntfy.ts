import { bearer, type Sender } from '../sender.ts';

/**
 * A topic of ntfy (docs.ntfy.sh/publish): the text as body; title, priority and tags in the query,
 * because headers hold no other letters than Latin ones.
 */
export const ntfy: Sender = {
  repeats: false,
  messageOf: ({ title, text, status, kind }, { url, token }) => {
    const target = new URL(url);
    target.searchParams.set('title', title);
    target.searchParams.set('priority', status === 'firing' && kind !== 'flapping' ? '4' : '3');
    target.searchParams.set('tags', status === 'firing' ? 'warning' : 'white_check_mark');
    return { url: target, headers: { ...bearer(token), 'content-type': 'text/plain' }, body: text };
  },
};
