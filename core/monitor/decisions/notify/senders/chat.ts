import { bearer, type Sender } from '../sender.ts';

/** The `{"text": …}` that Slack, Mattermost, Rocket.Chat, Google Chat (and Discord at /slack) take. */
export const chat: Sender = {
  repeats: false,
  messageOf: ({ title, text, status }, { url, token }) => ({
    url,
    headers: { ...bearer(token), 'content-type': 'application/json' },
    body: JSON.stringify({ text: `${status === 'firing' ? '⚠️' : '✅'} ${title}\n${text}` }),
  }),
};
