/** Who can be told. To add one: a file in senders/, a line here, its word in rpi.yml's schema. */
import type { NOTIFIERS } from '../../../project/monitor-policy.ts';
import type { Sender } from './sender.ts';
import { alertmanager } from './senders/alertmanager.ts';
import { chat } from './senders/chat.ts';
import { ntfy } from './senders/ntfy.ts';

export const SENDERS: Readonly<Record<(typeof NOTIFIERS)[number], Sender>> = {
  ntfy,
  chat,
  alertmanager,
};
