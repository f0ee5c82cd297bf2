/**
 * Variables by which Ansible reaches a host: names of ansible-core 2.14 to 2.19 (its plugins for
 * connections, becoming another user and shells, and ansible/constants.py).
 */

const NAMES = `
  async_dir become become_exe become_flags become_method become_pass become_password become_user
  check_mode common_remote_group connection connection_user control_path control_path_dir
  docker_extra_args docker_host podman_extra_args podman_executable lxd_host lxc_host chroot_exe
  command_timeout connect_timeout persistent_log_messages persistent_command_timeout
  group_priority host host_key_checking module_compression network_os password
  paramiko_host paramiko_host_key_checking paramiko_pass paramiko_password paramiko_user pipelining
  port private_key_file remote_tmp remote_user runas_flags runas_pass runas_user
  scp_executable scp_extra_args scp_if_ssh sftp_batch_mode sftp_executable sftp_extra_args
  shell_allow_world_readable_temp shell_executable shell_type
  ssh_args ssh_common_args ssh_executable ssh_extra_args ssh_host ssh_host_key_checking ssh_pass
  ssh_password ssh_password_mechanism ssh_pipelining ssh_pkcs11_provider ssh_port
  ssh_private_key ssh_private_key_file ssh_private_key_passphrase private_key private_key_passphrase
  ssh_retries ssh_timeout ssh_transfer_method ssh_use_tty ssh_user ssh_verbosity sshpass_prompt
  su_exe su_flags su_pass su_prompt_l10n su_user sudo_exe sudo_flags sudo_pass sudo_user
  sudo_chdir become_chdir system_tmpdirs timeout user
  python_interpreter perl_interpreter ruby_interpreter bash_interpreter
  winrm_host winrm_pass winrm_password winrm_path winrm_port winrm_scheme winrm_transport winrm_user
  winrm_server_cert_validation winrm_message_encryption winrm_operation_timeout_sec
  winrm_read_timeout_sec winrm_kinit_mode winrm_connection_timeout
`;

const SUFFIXES = NAMES.trim().split(/\s+/);
export const CONNECTION_VARIABLES: ReadonlySet<string> = new Set(
  SUFFIXES.map((name) => `ansible_${name}`),
);

/** Names that do nothing any more, or that have a newer one; `works`: Ansible still reads it. */
export const OLD_NAMES: ReadonlyMap<string, { readonly now: string; readonly works: boolean }> =
  new Map([
    ['ansible_ssh_host', { now: 'ansible_host', works: true }],
    ['ansible_ssh_port', { now: 'ansible_port', works: true }],
    ['ansible_ssh_user', { now: 'ansible_user', works: true }],
    ['ansible_ssh_pass', { now: 'ansible_password', works: true }],
    ['ansible_sudo', { now: 'ansible_become', works: false }],
    ['ansible_su', { now: 'ansible_become', works: false }],
    ['ansible_sudo_user', { now: 'ansible_become_user', works: true }],
    ['ansible_su_user', { now: 'ansible_become_user', works: true }],
    ['ansible_sudo_pass', { now: 'ansible_become_password', works: true }],
    ['ansible_su_pass', { now: 'ansible_become_password', works: true }],
    ['ansible_sudo_exe', { now: 'ansible_become_exe', works: true }],
    ['ansible_su_exe', { now: 'ansible_become_exe', works: true }],
    ['ansible_remote_user', { now: 'ansible_user', works: false }],
  ]);

/** Those whose value is a password or a key. */
export const SECRET_VARIABLES: ReadonlySet<string> = new Set(
  [...CONNECTION_VARIABLES].filter((name) =>
    /_pass(?:word)?$|_passphrase$|_private_key$/.test(name),
  ),
);

/** The connection variable that a misspelt name was meant to be; undefined for other names. */
export function meantConnectionVariable(name: string): string | undefined {
  if (CONNECTION_VARIABLES.has(name) || OLD_NAMES.has(name) || /_interpreter$/.test(name)) {
    return undefined;
  }
  const match = /^([a-z]{5,9})[-_]?([a-z][a-z0-9_-]*)$/i.exec(name.toLowerCase());
  const head = /^ansible[-_]/i.test(name) ? 'ansible' : name.slice(0, name.search(/[-_]/));
  const rest = name
    .slice(head.length + 1)
    .toLowerCase()
    .replaceAll('-', '_');
  if (match === null || rest === '' || distance(head.toLowerCase(), 'ansible') > 1)
    return undefined;
  if (SUFFIXES.includes(rest)) return `ansible_${rest}`;
  if (head.toLowerCase() !== 'ansible' || FACT_NAMES.has(rest)) return undefined;
  const limit = rest.length < 4 ? 1 : 2;
  const near = SUFFIXES.map((suffix) => ({ suffix, by: distance(rest, suffix) }))
    .filter(({ suffix, by }) => by <= limit && suffix.length > 3)
    .sort((a, b) => a.by - b.by);
  return near[0] === undefined ? undefined : `ansible_${near[0].suffix}`;
}

/** Facts whose names look like a connection variable's. */
const FACT_NAMES = new Set([
  'hostname',
  'hostnqn',
  'user_id',
  'user_uid',
  'version',
  'ssh_host_key',
]);

/** Edits between two words; a swap of neighbours is one. */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return 3;
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, index) => index)];
  const at = (i: number, j: number): number => rows[i]?.[j] ?? 0;
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(
        Math.min(
          at(i - 1, j - 1) + (same ? 0 : 1),
          at(i - 1, j) + 1,
          (row[j - 1] ?? 0) + 1,
          swapped ? at(i - 2, j - 2) + 1 : Infinity,
        ),
      );
    }
  }
  return at(a.length, b.length);
}
