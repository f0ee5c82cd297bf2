/** The words of judgements and decisions. */
import * as z from 'zod';

/** `unknown`: not looked at long enough; `planned`: somebody works on it. */
export const HOST_STATES = ['unknown', 'healthy', 'suspect', 'failed', 'planned'] as const;
export type HostState = (typeof HOST_STATES)[number];

/**
 * `unreachable`: nothing answers. `hung`: the network answers and ssh does not. `ill`: it lets us
 * in, and its measurements or checks fail.
 */
export const KINDS = ['unreachable', 'hung', 'ill'] as const;
export type Kind = (typeof KINDS)[number];

/** Why a remedy has to wait or is refused. To add a guard rail, add a line here and in guards.ts. */
export const REASONS = [
  'off',
  'too-early',
  'recovering',
  'flapping',
  'fleet',
  'cool-down',
  'at-once',
  'hour',
  'day',
  'host-day',
  'reinstalls-day',
  'canary',
  'no-login',
  'pressure',
  'identity',
  'image',
  'exhausted',
  'refused-by-person',
  'snoozed',
] as const;

export const reason = z.object({ code: z.enum(REASONS), text: z.string() });
export type Reason = z.infer<typeof reason>;
