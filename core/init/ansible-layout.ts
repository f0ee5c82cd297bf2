/** Recognises a folder that is an Ansible project already, in the layouts that are customary. */

/** The stages of a project that are playbooks, in the order they run in. */
export const STAGES = [
  'upgrade',
  'provision',
  'verify_environment',
  'deploy',
  'verify_deployment',
] as const;
export type Stage = (typeof STAGES)[number];
/** The playbook of each stage, relative with `/`; null where there is none. */
export type StagePlaybooks = Readonly<Record<Stage, string | null>>;

export type AnsibleLayout = {
  /** The inventory, relative with `/`, or as ansible.cfg names it; undefined if there is none. */
  readonly inventory: string | undefined;
  /** Other inventories that were found: a person may have meant one of them. */
  readonly otherInventories: readonly string[];
  readonly playbooks: StagePlaybooks;
};

/** What the scaffold has. */
export const SCAFFOLD_LAYOUT = {
  inventory: 'inventory/hosts.yml',
  playbooks: {
    upgrade: 'playbooks/upgrade.yml',
    provision: 'playbooks/provision.yml',
    verify_environment: 'playbooks/verify-environment.yml',
    deploy: 'playbooks/deploy.yml',
    verify_deployment: 'playbooks/verify-deployment.yml',
  },
} as const;

const YAML = ['yml', 'yaml'];

/** Names that people give to the playbook of a stage, the likeliest first. */
const PLAYBOOK_NAMES: Readonly<Record<Stage, readonly string[]>> = {
  upgrade: ['upgrade', 'update', 'updates', 'patch'],
  provision: ['provision', 'site', 'main', 'bootstrap', 'setup', 'playbook'],
  verify_environment: ['verify-environment', 'verify_environment', 'preflight'],
  deploy: ['deploy', 'deployment', 'release'],
  verify_deployment: ['verify-deployment', 'verify_deployment', 'smoke', 'smoke-test'],
};
const PLAYBOOK_FOLDERS = ['', 'playbooks/', 'plays/'];

const INVENTORY_FILES = [
  ...['hosts', 'inventory', 'main'].flatMap((name) =>
    [...YAML.map((ending) => `${name}.${ending}`), name, `${name}.ini`].map(
      (file) => `inventory/${file}`,
    ),
  ),
  ...['inventory', 'hosts'].flatMap((name) => [
    ...YAML.map((ending) => `${name}.${ending}`),
    name,
    `${name}.ini`,
  ]),
];

/** `inventories/production/hosts.yml`, `inventories/production.ini`, `environments/…`. */
const ENVIRONMENT_INVENTORY =
  /^(?:inventory|inventories|environments)\/([^/]+)(?:\/(?:hosts|inventory)(?:\.(?:ya?ml|ini))?|\.(?:ya?ml|ini))$/;
/** `production`, `production.yml`, `staging.ini` at the root, as Ansible's older docs have it. */
const ROOT_ENVIRONMENT = /^(?:production|prod|staging|stage)(?:\.(?:ya?ml|ini))?$/;
const PRODUCTION = /(?:^|\/)prod(?:uction)?(?:[./]|$)/;

/**
 * The layout of the Ansible project whose files are `files` (relative paths with `/`), or
 * undefined if they are none. `config` is the text of its ansible.cfg, if it has one.
 */
export function ansibleLayout(
  files: readonly string[],
  config: string | undefined,
): AnsibleLayout | undefined {
  const present = new Set(files);
  const inventories = findInventories(present, config);
  const playbooks = findPlaybooks(present);
  if (!isAnsible(files, inventories.length > 0, playbooks)) return undefined;
  return { inventory: inventories[0], otherInventories: inventories.slice(1), playbooks };
}

function isAnsible(
  files: readonly string[],
  hasInventory: boolean,
  playbooks: StagePlaybooks,
): boolean {
  if (files.includes('ansible.cfg')) return true;
  if (files.some((file) => /^roles\/[^/]+\/(?:tasks|meta)\/main\.ya?ml$/.test(file))) return true;
  if (!hasInventory) return false;
  const hasPlaybook =
    STAGES.some((stage) => playbooks[stage] !== null) ||
    files.some((file) => /^playbooks\/.+\.ya?ml$/.test(file));
  const hasVariables = files.some((file) => /(?:^|\/)(?:group|host)_vars\//.test(file));
  return hasPlaybook || hasVariables;
}

function findInventories(present: ReadonlySet<string>, config: string | undefined): string[] {
  const named = configuredInventory(present, config);
  const customary = INVENTORY_FILES.filter((file) => present.has(file));
  const environments = [...present]
    .filter((file) => ENVIRONMENT_INVENTORY.test(file) || ROOT_ENVIRONMENT.test(file))
    .filter((file) => !/(?:^|\/)(?:group_vars|host_vars)\//.test(file))
    .sort((a, b) => Number(PRODUCTION.test(b)) - Number(PRODUCTION.test(a)) || (a < b ? -1 : 1));
  return [...new Set([...(named === undefined ? [] : [named]), ...customary, ...environments])];
}

/** The inventory that ansible.cfg names: a file, or the file to write to in a folder. */
function configuredInventory(
  present: ReadonlySet<string>,
  config: string | undefined,
): string | undefined {
  const value = config === undefined ? undefined : settingOf(config, 'defaults', 'inventory');
  const first = value?.split(',')[0]?.trim();
  if (first === undefined || first === '') return undefined;
  if (first.startsWith('/') || first.startsWith('~')) return first;
  const path = first.replace(/^\.\//, '').replace(/\/+$/, '');
  if (present.has(path)) return path;
  const inFolder = ['hosts.yml', 'hosts.yaml', 'hosts', 'hosts.ini', 'inventory.yml']
    .map((name) => `${path}/${name}`)
    .find((file) => present.has(file));
  if (inFolder !== undefined) return inFolder;
  const others = [...present].filter((file) => file.startsWith(`${path}/`));
  const direct = others.filter((file) => /\.(?:ya?ml|ini)$/.test(file.slice(path.length + 1)));
  return direct.filter((file) => !file.slice(path.length + 1).includes('/')).sort()[0] ?? path;
}

/** A setting of an INI file as Ansible reads it: `name = value`, comments by `;` or `#`. */
function settingOf(text: string, section: string, name: string): string | undefined {
  let current = '';
  let found: string | undefined;
  for (const line of text.split(/\r?\n/)) {
    const header = /^\s*\[([^\]]+)\]/.exec(line)?.[1];
    if (header !== undefined) current = header.trim();
    const setting = /^([^#;=:\s][^=:]*?)\s*[=:]\s*(.*)$/.exec(line);
    if (header === undefined && current === section && setting?.[1] === name) {
      found = (setting[2] ?? '').replace(/\s;.*$/, '').trim();
    }
  }
  return found;
}

function findPlaybooks(present: ReadonlySet<string>): StagePlaybooks {
  const find = (stage: Stage): string | null => {
    const candidates = PLAYBOOK_NAMES[stage].flatMap((name) =>
      PLAYBOOK_FOLDERS.flatMap((folder) => YAML.map((ending) => `${folder}${name}.${ending}`)),
    );
    return candidates.find((file) => present.has(file)) ?? null;
  };
  return {
    upgrade: find('upgrade'),
    provision: find('provision'),
    verify_environment: find('verify_environment'),
    deploy: find('deploy'),
    verify_deployment: find('verify_deployment'),
  };
}
