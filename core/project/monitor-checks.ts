/** The project's own checks in rpi.yml: what a Pi is there for, asked again and again. */
import * as z from 'zod';

const port = z.number().int().min(1).max(65_535);

const about = {
  name: z.string().min(1).max(60).optional().describe('What people see; else what is checked.'),
  hosts: z
    .string()
    .min(1)
    .default('all')
    .describe('The Pis it is for: an Ansible host pattern, such as kitchen or greenhouse:!shed.'),
  every: z.number().int().min(1).default(60).describe('Seconds between two times.'),
  timeout: z.number().positive().max(60).default(5).describe('Seconds it may take.'),
};

/** One kind each; told apart by the first word. */
export const checkSchema = z.union(
  [
    z.strictObject({
      http: z
        .string()
        .regex(/^https?:\/\/\S+$/, 'an address such as http://{address}:8080/health')
        .describe('Asked from here; {address} and {host} are the Pi’s.'),
      status: z.number().int().optional().describe('The answer’s status; else 200 to 399.'),
      ...about,
    }),
    z.strictObject({ port: port.describe('A TCP port that must open, from here.'), ...about }),
    z.strictObject({
      unit: z
        .string()
        .regex(/^[A-Za-z0-9@_.:-]+$/, 'a systemd unit such as app.service')
        .describe('A systemd unit that must be active on the Pi.'),
      ...about,
    }),
    z.strictObject({
      command: z.string().min(1).describe('A shell command that must end with 0 on the Pi.'),
      ...about,
    }),
  ],
  { error: 'a check has one of http, port, unit, command' },
);
export type MonitorCheck = z.infer<typeof checkSchema>;
