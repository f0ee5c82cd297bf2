/** Where the monitor looks at Pis from: by itself over ssh, or through a Prometheus. */
import * as z from 'zod';

export const BACKENDS = ['ssh', 'prometheus'] as const;
export type BackendName = (typeof BACKENDS)[number];

/** A port alone is of the loopback; who wants others to reach it says so by an address. */
export const listenSchema = z.union(
  [
    z
      .string()
      .regex(/^(\[[0-9A-Fa-f:]+\]|[A-Za-z0-9.-]+):\d{1,5}$/)
      .refine((text) => isPort(Number(text.slice(text.lastIndexOf(':') + 1)))),
    z.number().refine(isPort),
  ],
  { error: 'a port, or an address such as 127.0.0.1:9117' },
);

function isPort(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= 65_535;
}

/** Secrets stand in files outside the repository, never in rpi.yml. */
export const prometheusSchema = z
  .strictObject({
    url: z
      .url({ protocol: /^https?$/ })
      .refine(holdsNoSecret, {
        message: 'no user and no password belongs in an address: use user and password_file',
      })
      .describe('Where Prometheus is served, as in http://127.0.0.1:9090.'),
    token_file: z
      .string()
      .min(1)
      .optional()
      .describe('A file with the bearer token to send along.'),
    user: z.string().min(1).optional().describe('The user of HTTP’s basic authentication.'),
    password_file: z.string().min(1).optional().describe('A file with the password of user.'),
    webhook: z
      .strictObject({
        listen: listenSchema
          .default(9118)
          .describe(
            'Where Alertmanager’s webhook is taken: a port of this machine, or ADDRESS:PORT.',
          ),
        token_file: z
          .string()
          .min(1)
          .describe('A file with the bearer token that Alertmanager has to send.'),
      })
      .describe('How Alertmanager tells the monitor.'),
  })
  .refine(({ user, password_file: file }) => (user === undefined) === (file === undefined), {
    message: 'user and password_file belong together',
  })
  .refine(({ user, token_file: token }) => user === undefined || token === undefined, {
    message: 'takes token_file or user, not both',
  });
export type PrometheusSettings = z.infer<typeof prometheusSchema>;

/** Whether no user and no password stand in an address; what is none at all is told as such. */
export function holdsNoSecret(text: string): boolean {
  if (!URL.canParse(text)) return true;
  const { username, password } = new URL(text);
  return username === '' && password === '';
}
