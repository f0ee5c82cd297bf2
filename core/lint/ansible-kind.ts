/** Which files belong to a project of Ansible’s, and what they are, by their places and names. */
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';

/** `ansible`: playbooks, tasks, handlers, variables, and other YAML: its content decides. */
export type AnsibleKind = 'ansible' | 'template' | 'inventory' | 'rpi-yml';

/** The first of these upwards makes a project; the others only where there is none of the first. */
const SURE = ['rpi.yml', 'ansible.cfg'];
const LIKELY = ['roles', 'playbooks', 'group_vars', 'host_vars', 'inventory', 'inventories'];

/** The folder of the project that a path is in; undefined where there is none. */
export function ansibleRootOf(path: string): string | undefined {
  let likely: string | undefined;
  const home = homedir();
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (SURE.some((name) => existsSync(join(folder, name)))) return folder;
    const above = dirname(folder);
    // All of a home folder, or of a disk, is no project that a name makes.
    if (above === folder || folder === home) return likely;
    // A folder named so is part of the project, as playbooks/ with its group_vars/ is.
    if (LIKELY.some((name) => existsSync(join(folder, name)))) likely = folder;
    if (existsSync(join(folder, '.git'))) return likely;
  }
}

/** Undefined for a file that is none, or that is in no project. */
export function ansibleKindOf(path: string): AnsibleKind | undefined {
  const mayBe = /\.(?:ya?ml|j2|ini)$|(?:^|[\\/])[^.\\/]+$/i.test(path);
  const root = mayBe ? ansibleRootOf(path) : undefined;
  return root === undefined ? undefined : ansibleKindIn(root, path);
}

export function ansibleKindIn(root: string, path: string): AnsibleKind | undefined {
  const below = path.slice(root.length + 1).replaceAll('\\', '/');
  if (below === 'rpi.yml') return 'rpi-yml';
  if (/\.j2$/i.test(below)) return 'template';
  if (isInventory(root, path, below)) return 'inventory';
  return /\.ya?ml$/i.test(below) ||
    /(?:^|\/)(?:group_vars|host_vars)\/(?:[^/]+\/)*[^/.]+$/.test(below)
    ? 'ansible'
    : undefined;
}

function isInventory(root: string, path: string, below: string): boolean {
  if (/(?:^|\/)(?:group_vars|host_vars|roles|tasks|handlers)\//.test(below)) return false;
  return (
    /^(?:(?:inventor(?:y|ies)|environments)\/(?:[^/]+\/)*)?(?:hosts|inventory)(?:\.(?:ya?ml|ini|json))?$/.test(
      below,
    ) ||
    /^inventor(?:y|ies)\/(?:[^/]+\/)?[^/]+\.(?:ya?ml|ini)$/.test(below) ||
    namedInventories(root).includes(path)
  );
}

/** What rpi.yml and ansible.cfg name; read as lines, as both may be faulty while they are written. */
function namedInventories(root: string): string[] {
  const line = (file: string, pattern: RegExp): string[] => {
    try {
      const name = pattern.exec(readFileSync(join(root, file), 'utf8'))?.[1];
      return name === undefined ? [] : name.split(',').map((each) => each.trim());
    } catch {
      return [];
    }
  };
  return [
    ...line('rpi.yml', /^inventory:[ \t]*["']?([^\s"'#]+)/m),
    ...line('ansible.cfg', /^inventory[ \t]*=[ \t]*([^\n;#]+)/m),
  ].map((name) => (isAbsolute(name) ? name : join(root, name)));
}
