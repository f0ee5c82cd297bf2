/** What ansible.cfg says of where a project's things are. Paths are absolute. */
import { dirname, isAbsolute, join } from 'node:path';

export type AnsibleCfg = {
  readonly inventories: readonly string[];
  readonly rolesPath: readonly string[];
  /** Roles are looked for outside of the project too. */
  readonly hasForeignRoles: boolean;
  readonly collectionsPath: readonly string[];
  readonly library: readonly string[];
  readonly filterPlugins: readonly string[];
  readonly testPlugins: readonly string[];
  readonly lookupPlugins: readonly string[];
  /** Plugins that bring variables from anywhere are switched on. */
  readonly hasVarsPlugins: boolean;
  /** Extensions of Jinja2 bring tags of their own. */
  readonly hasJinjaExtensions: boolean;
};

export const NO_CFG: AnsibleCfg = {
  inventories: [],
  rolesPath: [],
  hasForeignRoles: false,
  collectionsPath: [],
  library: [],
  filterPlugins: [],
  testPlugins: [],
  lookupPlugins: [],
  hasVarsPlugins: false,
  hasJinjaExtensions: false,
};

/** Reads the text of the ansible.cfg at `path`, as Python's configparser does. */
export function parseAnsibleCfg(text: string, path: string): AnsibleCfg {
  const defaults = section(text, 'defaults');
  const folder = dirname(path);
  const paths = (names: readonly string[], separator: RegExp): string[] =>
    names
      .flatMap((name) => defaults.get(name)?.split(separator) ?? [])
      .map((each) => each.trim())
      // The home folder is not the project's.
      .filter((each) => each !== '' && !/^[~$]|\{\{(?!CWD)/.test(each))
      .map((each) => each.replace('{{CWD}}', folder))
      .map((each) => (isAbsolute(each) ? each : join(folder, each)));
  return {
    // `host,` is a list of hosts, no file.
    inventories: /,\s*$/.test(defaults.get('inventory') ?? '')
      ? []
      : paths(['inventory', 'hostfile'], /,/),
    rolesPath: paths(['roles_path'], /:/),
    hasForeignRoles: (defaults.get('roles_path') ?? 'roles')
      .split(':')
      .map((each) => each.trim())
      .some(
        (each) =>
          /^[~$]/.test(each) ||
          !(isAbsolute(each) ? each : join(folder, each, '/')).startsWith(`${folder}/`),
      ),
    collectionsPath: paths(['collections_path', 'collections_paths'], /:/),
    library: paths(['library'], /:/),
    filterPlugins: paths(['filter_plugins'], /:/),
    testPlugins: paths(['test_plugins'], /:/),
    lookupPlugins: paths(['lookup_plugins'], /:/),
    hasVarsPlugins: defaults.has('vars_plugins'),
    hasJinjaExtensions: defaults.has('jinja2_extensions'),
  };
}

function section(text: string, wanted: string): Map<string, string> {
  const values = new Map<string, string>();
  let name = '';
  let last: string | undefined;
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*(?:[#;]|$)/.test(line)) continue;
    const header = /^\[([^\]]+)\]/.exec(line);
    if (header !== null) {
      [name, last] = [header[1] ?? '', undefined];
    } else if (name === wanted) {
      const match = /^([^\s=:][^=:]*?)\s*[=:]\s*(.*?)\s*$/.exec(line.replace(/\s+;.*$/, ''));
      if (/^\s/.test(line) && last !== undefined) {
        values.set(last, `${values.get(last) ?? ''}${line.trim()}`);
      } else if (match?.[1] !== undefined) {
        last = match[1].toLowerCase();
        values.set(last, match[2] ?? '');
      }
    }
  }
  return values;
}
