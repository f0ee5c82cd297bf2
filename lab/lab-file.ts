/** The lab file: which machines a lab has. YAML in, checked definition out, errors with line and column. */
import { createHash } from 'node:crypto';
import { isNode, LineCounter, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import * as z from 'zod';
import { LabError } from './errors.ts';
import { isModelName, modelNames } from './models.ts';
import type { ModelName } from './models.ts';

const machineName = z
  .string()
  .regex(
    /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/,
    'a machine name is a host name: lower-case letters, digits and hyphens, beginning with a letter',
  );

const mac = z
  .string()
  .regex(
    /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i,
    'a MAC address is six pairs of hexadecimal digits with colons',
  )
  .transform((text) => text.toLowerCase())
  .refine((text) => (Number.parseInt(text.slice(0, 2), 16) & 1) === 0, {
    message: 'this is a multicast address; an interface needs a unicast one (an even first byte)',
  });

const model = z.custom<ModelName>((value) => typeof value === 'string' && isModelName(value), {
  message: `unknown model; the lab knows: ${modelNames.join(', ')}`,
});

const sensor = z.strictObject({
  id: z
    .string()
    .regex(/^28-[0-9a-f]{12}$/, 'a ds18b20 is called 28- and twelve hexadecimal digits'),
  /** Degrees Celsius around which the reading drifts; absent means the power-on value 85 forever. */
  celsius: z.number().min(-55).max(125).default(21),
  /** `crc`: each reading fails its checksum. `unpowered`: only ever the power-on value of 85 °C. */
  fault: z.enum(['crc', 'unpowered']).optional(),
});

const fault = z.union([
  z.enum([
    'sshd-hangs',
    'no-sshd',
    'disk-full',
    'read-only',
    'under-voltage',
    'under-voltage-past',
    'slow',
  ]),
  z.strictObject({ 'dies-after': z.number().positive().describe('seconds after power-on') }),
  z.strictObject({ 'worn-after': z.int().min(0).describe('installations that its card takes') }),
]);

export const logins = ['root/raspbian', 'pi/raspberry', 'key', 'locked'] as const;

const machine = z
  .strictObject({
    name: machineName,
    /** `decoy`: a machine that is no Pi, without a Pi's hardware files. */
    kind: z.enum(['pi', 'decoy']).default('pi'),
    /** Of eth0, then of wlan0 when there is a second. */
    macs: z.array(mac).min(1).max(2),
    model: model.optional(),
    /** 16 hexadecimal digits; made from the name when absent. */
    serial: z
      .string()
      .regex(/^[0-9a-f]{16}$/, 'a serial is 16 hexadecimal digits, in quotes')
      .optional(),
    login: z.enum(logins),
    banner: z.enum(['raspbian', 'debian']).optional(),
    /** Of the processor, in degrees Celsius. */
    celsius: z.number().min(-20).max(110).default(47),
    sensors: z.array(sensor).default([]),
    faults: z.array(fault).default([]),
    /** Addresses that one sshd answers on: stands for many hosts in benchmarks. */
    addresses: z.int().min(1).max(100).default(1),
    /** How long this machine's installer takes at least, in seconds. */
    installSeconds: z.number().min(0).max(600).default(5),
  })
  .superRefine((value, context) => {
    if (value.kind === 'pi' && value.model === undefined) {
      context.addIssue({ code: 'custom', path: ['model'], message: 'a Pi needs a model' });
    }
    if (value.kind === 'decoy' && (value.model !== undefined || value.sensors.length > 0)) {
      context.addIssue({
        code: 'custom',
        path: ['kind'],
        message: 'a decoy has no model and no sensors',
      });
    }
  });

/** What a lab file holds; the running lab's copy, as JSON, has the same shape. */
export const labFile = z
  .strictObject({
    version: z.literal(1),
    /** Whether apt-cacher-ng listens on the bridge. */
    packageCache: z.boolean().default(false),
    machines: z.array(machine).min(1).max(64),
  })
  .superRefine((value, context) => {
    refuseRepeats(
      value.machines.map((each) => [each.name]),
      'name',
      context,
    );
    refuseRepeats(
      value.machines.map((each) => each.macs),
      'macs',
      context,
    );
    const crowds = [...value.machines.entries()].filter(([, each]) => each.addresses > 1);
    for (const [index] of crowds.slice(1)) {
      context.addIssue({
        code: 'custom',
        path: ['machines', index, 'addresses'],
        message: 'only one machine of a lab can have more than one address',
      });
    }
  });

export type LabDefinition = z.output<typeof labFile>;
export type MachineDefinition = z.output<typeof machine>;
export type Sensor = z.output<typeof sensor>;
export type Fault = z.output<typeof fault>;
export type Login = (typeof logins)[number];

function refuseRepeats(
  values: readonly (readonly string[])[],
  field: 'name' | 'macs',
  context: z.RefinementCtx,
): void {
  const seen = new Set<string>();
  for (const [index, each] of values.entries()) {
    for (const value of each) {
      if (seen.has(value)) {
        context.addIssue({
          code: 'custom',
          path: ['machines', index, field],
          message: `${value} is there twice`,
        });
      }
      seen.add(value);
    }
  }
}

/**
 * Parses a lab file.
 * @param path only named in errors
 * @throws LabError `lab-file` that lists every mistake as path:line:column
 */
export function parseLabFile(text: string, path: string): LabDefinition {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number) => {
    const position = lines.linePos(offset);
    return `${path}:${position.line}:${position.col}`;
  };
  const [first] = document.errors;
  if (first !== undefined) throw badFile([`${at(first.pos[0])}: ${first.message}`]);
  const parsed = labFile.safeParse(document.toJS());
  if (parsed.success) return parsed.data;
  throw badFile(
    parsed.error.issues.map((issue) => {
      const where = issue.path.filter((key) => typeof key !== 'symbol');
      return `${at(offsetOf(document, where))}: ${where.join('.')}: ${issue.message}`;
    }),
  );
}

/** Where the deepest node on the way to `path` begins. */
function offsetOf(document: Document.Parsed, path: readonly (string | number)[]): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}

function badFile(mistakes: readonly string[]): LabError {
  return new LabError(
    'lab-file',
    mistakes.join('\n'),
    'Correct the lab file; docs/lab.md describes each field.',
  );
}

/** The serial number that the file gives, or one made from the name: the same each time. */
export function serialOf(definition: MachineDefinition): string {
  const digits = createHash('sha256').update(definition.name).digest('hex').slice(0, 8);
  return definition.serial ?? `10000000${digits}`;
}

/** Seconds until a machine with the fault `dies-after` loses its power. */
export function diesAfter(definition: MachineDefinition): number | undefined {
  for (const each of definition.faults) {
    if (typeof each === 'object' && 'dies-after' in each) return each['dies-after'];
  }
  return undefined;
}

/** Installations that a machine's card takes; what later ones write is forgotten at their end. */
export function wornAfter(definition: MachineDefinition): number | undefined {
  for (const each of definition.faults) {
    if (typeof each === 'object' && 'worn-after' in each) return each['worn-after'];
  }
  return undefined;
}

/** The flavour of the banner: a Pi answers as Raspbian and anything else as Debian, unless the file says. */
export function bannerOf(definition: MachineDefinition): 'raspbian' | 'debian' {
  return definition.banner ?? (definition.kind === 'pi' ? 'raspbian' : 'debian');
}
