/** How a notification becomes one HTTP request. */
import type { Notification } from './notification.ts';

export type Receiver = {
  readonly url: URL;
  readonly token: string | undefined;
  /** The project's id: one receiver may hear of several. */
  readonly project: string;
};

/** A POST. */
export type Message = {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

export type Sender = {
  readonly messageOf: (notification: Notification, to: Receiver) => Message;
  /** It forgets what is not repeated: tell it all that is so every few minutes. */
  readonly repeats: boolean;
};

export function bearer(token: string | undefined): Record<string, string> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}
