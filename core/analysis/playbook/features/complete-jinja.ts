/** Variables, filters, tests, lookups, groups and hosts within templates. */
import type { PluginKind } from '../../ansible-project/plugin-exports.ts';
import type { AnsibleProject } from '../../ansible-project/project.ts';
import { JINJA_NAMES, MAGIC_VARIABLES } from '../../ansible-project/known-variables.ts';
import type { Completion, Completions } from '../../features.ts';
import type { Knowledge } from '../knowledge.ts';
import { bounded } from './bounded.ts';
import type { JinjaPlace } from './jinja-place.ts';

/** Facts that people use; all others can be typed as well. */
const FACTS = [
  ...['ansible_facts', 'ansible_hostname', 'ansible_fqdn', 'ansible_distribution'],
  ...['ansible_distribution_release', 'ansible_distribution_version', 'ansible_os_family'],
  ...['ansible_architecture', 'ansible_kernel', 'ansible_default_ipv4', 'ansible_memtotal_mb'],
  ...['ansible_processor_vcpus', 'ansible_date_time', 'ansible_env', 'ansible_user_id'],
  ...['ansible_host', 'ansible_user', 'ansible_port'],
];

/** Those of `ansible_facts`, which have no prefix there. */
const FACT_NAMES = [
  ...['all_ipv4_addresses', 'architecture', 'board_name', 'cmdline', 'date_time'],
  ...['default_ipv4', 'default_ipv6', 'devices', 'distribution', 'distribution_file_variety'],
  ...['distribution_major_version', 'distribution_release', 'distribution_version', 'dns', 'env'],
  ...['fqdn', 'hostname', 'interfaces', 'kernel', 'loadavg', 'lsb', 'machine', 'machine_id'],
  ...['memfree_mb', 'memtotal_mb', 'mounts', 'nodename', 'os_family', 'packages', 'pkg_mgr'],
  ...['processor', 'processor_cores', 'processor_vcpus', 'product_name', 'python'],
  ...['python_version', 'service_mgr', 'services', 'swaptotal_mb', 'system', 'uptime_seconds'],
  ...['user_id', 'userspace_architecture', 'virtualization_role', 'virtualization_type'],
];

/** `variables`: those that may be defined at the place; `members`: what a variable has. */
export function completeJinja(
  { kind, word, of = [] }: JinjaPlace,
  typed: string,
  {
    knowledge,
    ansible,
    variables,
    members,
  }: {
    readonly knowledge: Knowledge;
    readonly ansible: AnsibleProject | undefined;
    readonly variables: ReadonlyMap<string, string>;
    readonly members: (of: readonly string[]) => ReadonlyMap<string, string>;
  },
): Completions {
  const { facts } = knowledge;
  const make = (
    label: string,
    what: Completion['kind'],
    order: string,
    detail?: string,
  ): Completion => ({
    label,
    kind: what,
    range: word,
    text: label,
    order: `${order}${label}`,
    ...(detail === undefined || detail === '' ? {} : { detail }),
  });
  const plugins = (of: PluginKind, names: readonly string[]): Completion[] => {
    const own = ansible?.local.exports[of] ?? new Map<string, string>();
    const others = names
      .map((name) => name.replace(/^ansible\.builtin\./, ''))
      .filter((name) => !own.has(name));
    return [
      ...[...own].map(([name, path]) => make(name, 'function', '0', below(path, ansible))),
      ...others.map((name) => make(name, 'function', name.includes('.') ? '2' : '1')),
    ];
  };
  const inventories = ansible?.hosts.inventories ?? [];
  switch (kind) {
    case 'filter':
      return bounded(plugins(kind, facts.filters), typed);
    case 'test':
      return bounded(plugins(kind, facts.tests), typed);
    case 'lookup':
      return bounded(plugins(kind, facts.lookups), typed);
    case 'group':
      return [...new Set(inventories.flatMap(({ groups }) => Object.keys(groups)))].map((name) =>
        make(name, 'reference', '0', 'group'),
      );
    case 'host':
      return inventories.flatMap(({ hosts }) =>
        hosts.map(({ name, address }) => make(name, 'reference', '0', address)),
      );
    case 'fact':
      return FACT_NAMES.map((name) => make(name, 'variable', '0', 'a fact'));
    case 'member':
      return bounded(
        [...members(of)].map(([name, where]) => make(name, 'variable', '0', where)),
        typed,
      );
    case 'variable': {
      const own = [...variables].map(([name, where]) => make(name, 'variable', '0', where));
      const magic = [...MAGIC_VARIABLES].map(([name, what]) => make(name, 'variable', '1', what));
      const known = FACTS.map((name) => make(name, 'variable', '2', 'a fact'));
      const functions = ['lookup', 'query', 'range', 'now']
        .filter((name) => JINJA_NAMES.has(name))
        .map((name) => make(name, 'function', '3'));
      const seen = new Set<string>();
      const all = [...own, ...magic, ...known, ...functions].filter(
        ({ label }) => !seen.has(label) && seen.add(label),
      );
      return bounded(all, typed);
    }
  }
}

function below(path: string, ansible: AnsibleProject | undefined): string {
  return ansible === undefined ? path : path.slice(ansible.root.length + 1);
}
