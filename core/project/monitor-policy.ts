/**
 * The monitor's policy in rpi.yml: when a Pi has failed, what may then be done to it, and who is
 * told. The defaults are rules that others live by: off until asked for, long waits, small budgets.
 */
import * as z from 'zod';
import { holdsNoSecret } from './monitor-backend.ts';

/** From careful to bold. */
export const MODES = ['off', 'propose', 'auto'] as const;
export type Mode = (typeof MODES)[number];

const mode = z.union(
  [
    z.enum(MODES),
    // To YAML 1.1, as Ansible and rpi read it, a bare off is the boolean false.
    z.literal(false).transform((): 'off' => 'off'),
  ],
  { error: 'one of off, propose, auto is wanted' },
);

export const REMEDIES = ['restart', 'reboot', 'power-cycle', 'provision', 'reinstall'] as const;
export type Remedy = (typeof REMEDIES)[number];

const count = z.number().int().min(1);
const seconds = z.number().min(0);

export const detectionSchema = z
  .strictObject({
    failures: count.default(3).describe('Bad looks among the last ones that make a Pi failed.'),
    window: count.max(60).default(4).describe('How many of the last looks count.'),
    signals: count
      .max(5)
      .default(2)
      .describe('Signs that must fail in one look (neighbour, port 22, ssh, vitals, checks).'),
    recover: count.max(60).default(3).describe('Good looks in a row that make it healthy again.'),
    flaps: count.default(4).describe('Failures within flap_window that make a Pi flapping.'),
    flap_window: seconds.default(3600).describe('Seconds in which failures count as flapping.'),
    settle: seconds.default(300).describe('Seconds after planned work in which nothing is judged.'),
  })
  .refine((settings) => settings.failures <= settings.window, {
    message: 'failures can’t be more than window',
    path: ['failures'],
  });

const rung = z
  .strictObject({
    do: z.enum(REMEDIES).describe('What is done.'),
    after: seconds.describe('Seconds that a Pi must have been failing.'),
    tries: count.max(5).default(1).describe('How often, before the next remedy has its turn.'),
    mode: mode
      .optional()
      .describe('The boldest mode of this remedy: auto, but propose for reinstall.'),
    units: z
      .array(z.string().regex(/^[A-Za-z0-9@_.:-]+$/, 'a systemd unit such as app.service'))
      .optional()
      .describe('What restart restarts.'),
    command: z
      .array(z.string().min(1))
      .min(1)
      .optional()
      .describe('What power-cycle runs here: a program and its arguments; {host} is the Pi.'),
  })
  .refine((each) => each.do !== 'restart' || (each.units?.length ?? 0) > 0, {
    message: 'restart needs units: the services that are started again',
  })
  .refine((each) => each.do === 'restart' || each.units === undefined, {
    message: 'only restart takes units',
    path: ['units'],
  })
  .refine((each) => each.do !== 'power-cycle' || each.command !== undefined, {
    message: 'power-cycle needs a command: a program here that switches the Pi off and on',
  })
  .refine((each) => each.do === 'power-cycle' || each.command === undefined, {
    message: 'only power-cycle takes a command',
    path: ['command'],
  });
export type Rung = z.infer<typeof rung>;

/** Reconnecting is what the monitor does anyway; a restart needs to know the units. */
const LADDER: Rung[] = [
  { do: 'reboot', after: 600, tries: 2 },
  { do: 'provision', after: 1200, tries: 1 },
  { do: 'reinstall', after: 1800, tries: 2 },
];

/** Nothing milder would ever have its turn before a Pi is erased. */
function wipesLast({ value, issues }: z.core.ParsePayload<Rung[]>): void {
  const last = value.findLastIndex((each) => each.do !== 'reinstall');
  const early = value.findIndex((each) => each.do === 'reinstall');
  if (early === -1 || early > last) return;
  const message = `reinstall erases the Pi: it comes last, after ${value[last]?.do ?? 'all others'}`;
  issues.push({ code: 'custom', message, path: [early], input: value });
}

const limits = z.strictObject({
  unhealthy: z
    .number()
    .min(0)
    .max(100)
    .default(20)
    .describe('Per cent of the fleet (rounded down, at least 1): if more fail, nothing is done.'),
  at_once: count.default(1).describe('Remedies at the same time.'),
  per_hour: count.default(3).describe('Remedies in an hour, of the whole fleet.'),
  per_day: count.default(10).describe('Remedies in a day, of the whole fleet.'),
  host_per_day: count.default(5).describe('Remedies in a day, of one Pi.'),
  reinstalls_per_day: count.default(2).describe('Reinstallations in a day, of the whole fleet.'),
  cool_down: seconds.default(600).describe('Seconds that a remedy is given to show its effect.'),
  canary: z
    .boolean()
    .default(true)
    .describe('No Pi is reinstalled before the one reinstalled last has proved healthy.'),
  quarantine: count.default(2).describe('Failed reinstallations after which a Pi is left alone.'),
});

export const remediesSchema = z.strictObject({
  mode: mode.default('off').describe('What is done about a failed Pi: off, propose or auto.'),
  groups: z
    .array(
      z.strictObject({
        group: z.string().min(1).describe('An inventory group.'),
        mode: mode.describe('Its mode, in place of the one for all.'),
      }),
    )
    .default([])
    .describe('Modes of groups; of several groups the most careful one counts.'),
  ladder: z
    .array(rung)
    .check(wipesLast)
    .default(LADDER)
    .describe('What is tried, the mildest first.'),
  limits: limits.prefault({}).describe('What holds remedies back.'),
  healthy_for: seconds
    .default(900)
    .describe('Seconds that a Pi must stay healthy before its case is closed.'),
  proposal_expires: seconds.default(86_400).describe('Seconds that a proposal stands.'),
});

export const NOTIFIERS = ['ntfy', 'chat', 'alertmanager'] as const;

export const notifySchema = z
  .strictObject({
    type: z.enum(NOTIFIERS).describe('How it is told: ntfy, a chat’s webhook, Alertmanager.'),
    url: z
      .url({ protocol: /^https?$/ })
      .refine(holdsNoSecret, {
        message: 'no user and no password belongs in an address: use token_file, or url_file',
      })
      .optional()
      .describe('Where to: a topic, a webhook.'),
    url_file: z
      .string()
      .min(1)
      .optional()
      .describe('A file with the address in place of url, for one that is a secret.'),
    token_file: z.string().min(1).optional().describe('A file with the token to send along.'),
  })
  .refine((each) => (each.url === undefined) !== (each.url_file === undefined), {
    message: 'needs url or url_file, one of them',
  });

/** What the decision engine goes by. */
export const policySchema = z.object({
  interval: z.number().positive().default(10),
  detection: detectionSchema.prefault({}),
  remedies: remediesSchema.prefault({}),
});
export type Policy = z.infer<typeof policySchema>;
export type Detection = Policy['detection'];
export type Notifier = z.infer<typeof notifySchema>;
