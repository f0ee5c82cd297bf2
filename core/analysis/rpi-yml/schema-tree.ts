/** rpi.yml's schema as a tree of settings: names, descriptions, choices, defaults. */
import * as z from 'zod';
import { configSchema } from '../../project/config.ts';

export type Setting = {
  readonly description: string | undefined;
  readonly kind: 'settings' | 'list' | 'text' | 'number' | 'switch' | 'choice' | 'any';
  /** The values there are, as they are written. */
  readonly choices: readonly string[];
  /** As JSON. */
  readonly standard: string | undefined;
  readonly required: boolean;
  /** Of settings below it; of a list those of its items. */
  readonly children: ReadonlyMap<string, Setting>;
  /** Takes names of a person's own (as installer settings are). */
  readonly open: boolean;
};

/** What the value of the name means where the schema says nothing. */
const SAID: Readonly<Record<string, string>> = {
  upgrade: 'The playbook that upgrades every Pi; null where there is none.',
  provision: 'The playbook that makes a Pi ready for the app; null where there is none.',
  verify_environment: 'The playbook that checks what provision made; null where there is none.',
  deploy: 'The playbook that installs the app; null where there is none.',
  verify_deployment: 'The playbook that checks that the app works; null where there is none.',
  access: 'How Pis are opened, and what is left open.',
  create: 'What is installed on a Pi.',
  config: 'The installer’s settings for every Pi, relative to rpi.yml.',
  post_install: 'What the installer runs at its end, relative to rpi.yml.',
  repository: 'A Debian repository of your own that Pis are installed from.',
  monitor: 'From which values on a Pi needs attention.',
  name: 'The name.',
};

/** The root: what may stand in rpi.yml. Made once. */
export function rpiYmlSettings(): Setting {
  root ??= settingOf('', configSchema);
  return root;
}
let root: Setting | undefined;

/** The setting at a path of names; indexes of lists are left out or numbers. */
export function settingAt(path: readonly PropertyKey[]): Setting | undefined {
  let setting: Setting | undefined = rpiYmlSettings();
  for (const name of path) {
    if (typeof name === 'number') continue;
    setting = setting?.children.get(String(name));
  }
  return setting;
}

function settingOf(name: string, schema: z.core.$ZodType): Setting {
  let inner = schema;
  let standard: string | undefined;
  let required = true;
  let description = describe(inner);
  for (;;) {
    if (inner instanceof z.ZodDefault || inner instanceof z.ZodPrefault) {
      const value: unknown = inner.def.defaultValue;
      if (inner instanceof z.ZodDefault) standard = JSON.stringify(value);
      required = false;
    } else if (inner instanceof z.ZodOptional) required = false;
    else if (!(inner instanceof z.ZodNullable)) break;
    inner = inner.def.innerType;
    description ??= describe(inner);
  }
  const base = { description: description ?? SAID[name], standard, required };
  if (inner instanceof z.ZodObject) {
    return { ...base, kind: 'settings', choices: [], children: childrenOf(inner), open: false };
  }
  if (inner instanceof z.ZodArray) {
    const element: z.core.$ZodType = inner.def.element;
    const { children } = settingOf('', element);
    return { ...base, kind: 'list', choices: [], children, open: false };
  }
  const leaf = { ...base, children: new Map<string, Setting>() };
  if (inner instanceof z.ZodRecord) return { ...leaf, kind: 'settings', choices: [], open: true };
  const choices = choicesOf(inner);
  const kind =
    inner instanceof z.ZodBoolean
      ? 'switch'
      : inner instanceof z.ZodNumber
        ? 'number'
        : choices.length > 0
          ? 'choice'
          : inner instanceof z.ZodString
            ? 'text'
            : 'any';
  return { ...leaf, kind, choices, open: false };
}

function childrenOf(schema: z.ZodObject): ReadonlyMap<string, Setting> {
  const shape: Readonly<Record<string, z.core.$ZodType>> = schema.shape;
  return new Map(Object.entries(shape).map(([name, child]) => [name, settingOf(name, child)]));
}

function choicesOf(schema: z.core.$ZodType): string[] {
  if (schema instanceof z.ZodBoolean) return ['true', 'false'];
  if (schema instanceof z.ZodEnum) return schema.options.map(written);
  if (schema instanceof z.ZodLiteral) return [...schema.values].map(written);
  if (schema instanceof z.ZodUnion) {
    // The other forms of a union are what YAML makes of the first one's.
    const options: readonly z.core.$ZodType[] = schema.def.options;
    const [first] = options;
    return first === undefined ? [] : choicesOf(first);
  }
  return [];
}

/** `off` and its kin would be read as a boolean. */
function written(value: unknown): string {
  const text = String(value);
  return typeof value === 'string' && /^(?:on|off|yes|no|true|false|null)$/i.test(text)
    ? `'${text}'`
    : text;
}

function describe(schema: z.core.$ZodType): string | undefined {
  return schema instanceof z.ZodType ? schema.description : undefined;
}
