/** Variables that Ansible itself defines, and what Jinja2 has everywhere. */

/** Special variables: docs.ansible.com, “Special Variables”; ansible/vars/manager.py. */
export const MAGIC_VARIABLES: ReadonlyMap<string, string> = new Map([
  ['ansible_check_mode', 'true in a check run'],
  ['ansible_collection_name', 'the collection of the running task'],
  ['ansible_config_file', 'the ansible.cfg in use'],
  ['ansible_dependent_role_names', 'roles that came as dependencies'],
  ['ansible_diff_mode', 'true with --diff'],
  ['ansible_facts', 'what is known of the host'],
  ['ansible_failed_result', 'in rescue: the result of the task that failed'],
  ['ansible_failed_task', 'in rescue: the task that failed'],
  ['ansible_forks', 'how many hosts are worked on at a time'],
  ['ansible_index_var', 'the name of loop_control.index_var'],
  ['ansible_inventory_sources', 'the inventories in use'],
  ['ansible_limit', 'what --limit says'],
  ['ansible_local', 'facts of a person’s own, from /etc/ansible/facts.d'],
  ['ansible_loop', 'with loop_control.extended: where the loop is'],
  ['ansible_loop_var', 'the name of loop_control.loop_var'],
  ['ansible_managed', 'in templates: a line that says who writes the file'],
  ['ansible_parent_role_names', 'the roles that include this one'],
  ['ansible_parent_role_paths', 'their folders'],
  ['ansible_play_batch', 'the active hosts of this batch'],
  ['ansible_play_hosts', 'the active hosts of the play'],
  ['ansible_play_hosts_all', 'all hosts of the play'],
  ['ansible_play_name', 'the name of the play'],
  ['ansible_play_role_names', 'the roles of the play'],
  ['ansible_playbook_python', 'the Python that runs Ansible'],
  ['ansible_role_name', 'the role, with its collection'],
  ['ansible_role_names', 'all roles of the play'],
  ['ansible_run_tags', 'what --tags says'],
  ['ansible_search_path', 'where files are looked for'],
  ['ansible_skip_tags', 'what --skip-tags says'],
  ['ansible_verbosity', 'how many -v'],
  ['ansible_version', 'the version of Ansible'],
  ['environment', 'the environment of the task'],
  ['group_names', 'the groups of the host'],
  ['groups', 'all groups with their hosts'],
  ['hostvars', 'the variables of every host'],
  ['inventory_dir', 'the folder of the inventory'],
  ['inventory_file', 'the inventory that has the host'],
  ['inventory_hostname', 'the name of the host in the inventory'],
  ['inventory_hostname_short', 'the name of the host up to the first dot'],
  ['omit', 'as a value: leave the option out'],
  ['play_hosts', 'the active hosts of the play (an old name)'],
  ['playbook_dir', 'the folder of the playbook'],
  ['role_name', 'the role'],
  ['role_names', 'the roles of the play (an old name)'],
  ['role_path', 'the folder of the role'],
  ['role_uuid', 'an identity of the role in this run'],
  ['vars', 'all variables'],
]);

/** Only in files that the template module writes. */
export const TEMPLATE_VARIABLES = [
  'template_host',
  'template_uid',
  'template_path',
  'template_fullpath',
  'template_destpath',
  'template_run_date',
  'template_mtime',
];

/** Names of Jinja2 and of Ansible's own functions; those of tags that bind names. */
export const JINJA_NAMES: ReadonlySet<string> = new Set([
  ...['range', 'dict', 'lipsum', 'cycler', 'joiner', 'namespace', 'loop', 'self', 'super'],
  ...['varargs', 'kwargs', 'caller', 'lookup', 'query', 'q', 'now', 'undef', 'finalize'],
  ...['true', 'false', 'none', 'True', 'False', 'None', 'null', '_'],
]);

/** Facts are `ansible_…`; ones of custom facts and hardware have names that nobody lists. */
export function isKnownVariable(name: string): boolean {
  return (
    MAGIC_VARIABLES.has(name) ||
    JINJA_NAMES.has(name) ||
    /^(?:ansible|facter|ohai|discovered_interpreter)_/.test(name) ||
    TEMPLATE_VARIABLES.includes(name)
  );
}
