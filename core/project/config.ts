/** `rpi.yml`, the one configuration of a project: schema, defaults, errors with line and column. */
import { LineCounter, parseDocument, visit, type Document } from 'yaml';
import * as z from 'zod';
import { RpiError } from '../errors.ts';
import { detectionSchema, notifySchema, remediesSchema } from './monitor-policy.ts';
import { BACKENDS, listenSchema, prometheusSchema } from './monitor-backend.ts';
import { checkSchema } from './monitor-checks.ts';
import { issueWords } from './issue-words.ts';

const hostNamePattern = z
  .string()
  .min(1)
  .describe('A host name; * and ? are wildcards, as in “kitchen*”.');

const groupRule = z
  .strictObject({
    group: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'letters, digits and _ only')
      .describe('The inventory group that matching Pis are placed in.'),
    name: hostNamePattern.optional(),
    mac: z
      .string()
      .regex(/^[0-9A-Fa-f:*]+$/, 'a MAC or the beginning of one with a *')
      .optional()
      .describe('A MAC address, or the beginning of one followed by *.'),
    model: z.string().min(1).optional().describe('A model with * and ?, as in “*Pi 4*”.'),
  })
  .refine((rule) => rule.name !== undefined || rule.mac !== undefined || rule.model !== undefined, {
    message: 'a rule needs a name, a mac or a model to match',
  });

/** A playbook's path, or null where the project has no such stage. */
const playbook = z.string().min(1).nullable();

const user = z.strictObject({
  name: z.string().regex(/^[a-z_][a-z0-9_-]{0,31}$/, 'a user name: a-z, 0-9, _ and -'),
  authorized: z
    .array(z.string().min(1))
    .default([])
    .describe('Public keys, or paths of .pub files in the project.'),
  sudo: z.boolean().default(false).describe('May become root without a password.'),
});

/** The public part of each default is docs: `rpi.yml` may leave out everything but `version`. */
export const configSchema = z.strictObject({
  version: z.literal(1).describe('The version of this file’s format.'),
  id: z
    .string()
    .regex(/^[A-Za-z0-9_-]{4,64}$/, '4 to 64 letters, digits, _ and -')
    .describe('Names the folder of this project’s keys and known hosts. Don’t change it.'),
  networks: z
    .array(z.string().regex(/^\d+\.\d+\.\d+\.\d+\/\d+$/, 'a network such as 192.168.1.0/24'))
    .default([])
    .describe('Where to look for Pis. Empty: the network of the default route, if private.'),
  inventory: z.string().default('inventory/hosts.yml').describe('The inventory that rpi keeps.'),
  ansible: z
    .strictObject({
      command: z.string().optional().describe('The ansible-playbook to use, and no other.'),
      upgrade: playbook.default('playbooks/upgrade.yml'),
      provision: playbook.default('playbooks/provision.yml'),
      verify_environment: playbook.default('playbooks/verify-environment.yml'),
      deploy: playbook.default('playbooks/deploy.yml'),
      verify_deployment: playbook.default('playbooks/verify-deployment.yml'),
    })
    .prefault({})
    .describe('The playbooks of each stage, relative to this file.'),
  groups: z
    .array(groupRule)
    .default([])
    .describe('Where adopted Pis are placed; the first rule that matches wins.'),
  access: z
    .strictObject({
      host_keys: z
        .enum(['ask', 'accept', 'refuse'])
        .default('ask')
        .describe('What to do with a host key never seen before. A changed one is refused.'),
      identity: z
        .string()
        .default('generate')
        .describe('The key to log in with: generate, agent, or the path of a private key.'),
      defaults: z
        .boolean()
        .default(true)
        .describe('Try the well-known default passwords, on detected Pis only.'),
      root: z.boolean().default(true).describe('Authorise the key for root too.'),
      users: z.array(user).default([]).describe('Users every Pi gets, with their keys.'),
      password_login: z
        .enum(['keep', 'off'])
        // To YAML 1.1, as Ansible and rpi read it, a bare off is the boolean false.
        .or(z.literal(false).transform((): 'off' => 'off'))
        .default('keep')
        .describe('Whether sshd may still accept passwords once keys work.'),
      rotate: z
        .boolean()
        .default(false)
        .describe('Replace the key of a Pi that already lets us in by key.'),
    })
    .prefault({}),
  create: z
    .strictObject({
      config: z.string().default('create/installer-config.txt'),
      post_install: z.string().default('create/post-install.txt'),
      dialect: z
        .enum(['raspberrypi-ua-netinst', 'raspbian-ua-netinst'])
        .optional()
        .describe('The installer that files are checked for; rpi installs with the first.'),
      settings: z
        .record(
          z.string(),
          z.union([z.string(), z.number(), z.boolean()], {
            error: 'one value is wanted: a text, a number, or true or false',
          }),
        )
        .default({})
        .describe('Installer settings for every host, over those of installer-config.txt.'),
      repository: z
        .strictObject({
          update: z
            .array(z.string().min(1))
            .min(1)
            .optional()
            .describe('Brings a repository of yours up to date: a program and its arguments.'),
          keyring: z
            .string()
            .min(1)
            .optional()
            .describe('A file with the public keys that sign your repository, for gpgv.'),
        })
        .prefault({}),
    })
    .prefault({}),
  monitor: z
    .strictObject({
      temperature: z.number().default(75).describe('Degrees Celsius from which a Pi is hot.'),
      disk: z
        .number()
        .default(90)
        .describe('Per cent of the root file system from which it is full.'),
      memory: z.number().default(92).describe('Per cent of memory from which it is short.'),
      timeout: z.number().positive().default(10).describe('Seconds a Pi may take to answer.'),
      interval: z
        .number()
        .min(1)
        .max(3600)
        .default(10)
        .describe('Seconds between two looks of rpi monitor at every Pi.'),
      checks: z.array(checkSchema).default([]).describe('What a Pi must do, besides answering.'),
      detection: detectionSchema.prefault({}).describe('From when on a Pi has failed.'),
      remedies: remediesSchema.prefault({}).describe('What is done about a Pi that has failed.'),
      metrics: listenSchema
        .optional()
        .describe('Where rpi monitor tells Prometheus: a port of this machine, or ADDRESS:PORT.'),
      notify: z.array(notifySchema).default([]).describe('Who is told of failed Pis.'),
      notify_after: z
        .number()
        .min(0)
        .default(30)
        .describe('Seconds in which what happens is told together.'),
      backend: z
        .enum(BACKENDS)
        .default('ssh')
        .describe('Who looks at the Pis: rpi monitor itself, or a Prometheus.'),
      prometheus: prometheusSchema.optional().describe('The Prometheus of backend: prometheus.'),
    })
    .refine(({ backend, prometheus }) => backend !== 'prometheus' || prometheus !== undefined, {
      message: 'backend: prometheus needs monitor.prometheus, with url and webhook',
      path: ['backend'],
    })
    .prefault({}),
});

export type Config = z.infer<typeof configSchema>;
export type GroupRule = Config['groups'][number];
export type AccessPolicy = Config['access'];

/** A fault in rpi.yml. Lines and columns count from 1. */
export type ConfigFault = {
  readonly message: string;
  readonly line: number;
  readonly column: number;
};

export type ParsedConfig =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly faults: readonly ConfigFault[] };

/** Reads the text of an rpi.yml; every fault at once, each where it stands. */
export function parseConfig(text: string): ParsedConfig {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, version: '1.1', prettyErrors: false });
  const at = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  if (document.errors.length > 0) {
    return {
      ok: false,
      faults: document.errors.map((error) => ({ message: error.message, ...at(error.pos[0]) })),
    };
  }
  const unreadable = aliasFaults(document);
  if (unreadable.length > 0) {
    return {
      ok: false,
      faults: unreadable.map(({ message, offset }) => ({ message, ...at(offset) })),
    };
  }
  const parsed = configSchema.safeParse(document.toJS() ?? {});
  if (parsed.success) return { ok: true, config: parsed.data };
  return {
    ok: false,
    faults: parsed.error.issues.map((issue) => ({
      message: describeIssue(issue, document.hasIn(issue.path as (string | number)[])), // no symbols in YAML
      ...at(offsetOf(document, issue)),
    })),
  };
}

/** What keeps a document without syntax errors from having a value: aliases, and nothing else. */
function aliasFaults(document: Document.Parsed): { message: string; offset: number }[] {
  const faults: { message: string; offset: number }[] = [];
  visit(document, {
    Alias: (_, node) => {
      if (node.resolve(document) === undefined) {
        const message = `“*${node.source}” stands for nothing: no “&${node.source}” before it`;
        faults.push({ message, offset: node.range?.[0] ?? 0 });
      }
    },
  });
  if (faults.length > 0) return faults;
  try {
    document.toJS();
    return [];
  } catch (error) {
    // The library's guard against documents that aliases make grow without end.
    return [{ message: error instanceof Error ? error.message : String(error), offset: 0 }];
  }
}

/** As parseConfig, but throws `config.invalid` that names file, line and column. */
export function readConfig(path: string, text: string): Config {
  const parsed = parseConfig(text);
  if (parsed.ok) return parsed.config;
  const list = parsed.faults.map((f) => `${path}:${f.line}:${f.column}: ${f.message}`);
  throw new RpiError('config.invalid', list.join('\n'), {
    remedy: 'Correct rpi.yml; docs/rpi-yml.md lists every setting. Nothing was done.',
    places: parsed.faults.map((fault) => ({ path, ...fault })),
  });
}

function describeIssue(issue: z.core.$ZodIssue, isWritten: boolean): string {
  const where = issue.path.join('.');
  const words = issueWords(issue);
  if (issue.code === 'unrecognized_keys') return where === '' ? words : `${words} in ${where}`;
  if (where === '') return words;
  // What is missing has no kind.
  return issue.code === 'invalid_type' && !isWritten ? `${where} is missing` : `${where}: ${words}`;
}

/** Where the value (or, for an unknown setting, its key) of an issue stands in the text. */
function offsetOf(document: Document, issue: z.core.$ZodIssue): number {
  const path = [...issue.path] as (string | number)[]; // symbols don't occur in YAML
  const wanted = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  for (let depth = path.length; depth >= 0; depth--) {
    const node: unknown = document.getIn(path.slice(0, depth), true);
    if (wanted !== undefined && depth === path.length && isMapLike(node)) {
      const key = node.items.map((item) => item.key).find((k) => scalarValue(k) === wanted);
      if (hasRange(key)) return key.range[0];
    }
    if (hasRange(node)) return node.range[0];
  }
  return 0;
}

function hasRange(node: unknown): node is { range: [number, number, number] } {
  return typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range);
}

function isMapLike(node: unknown): node is { items: { key: unknown }[] } {
  return typeof node === 'object' && node !== null && 'items' in node && Array.isArray(node.items);
}

function scalarValue(node: unknown): unknown {
  return typeof node === 'object' && node !== null && 'value' in node ? node.value : undefined;
}
