/** Words that older versions of Ansible understood, and what is written today. */

export type RemovedKeyword = {
  readonly levels: readonly ('play' | 'role' | 'block' | 'task')[];
  /** The word that replaces it. */
  readonly instead?: string;
  /** The line that replaces it, where the value changes as well. */
  readonly line?: string;
  /** It can be left out. */
  readonly isNeedless?: true;
  /** It still works. */
  readonly isDeprecated?: true;
  readonly since: string;
};

const ALL = ['play', 'role', 'block', 'task'] as const;

export const REMOVED_KEYWORDS: ReadonlyMap<string, RemovedKeyword> = new Map([
  ['sudo', { levels: ALL, instead: 'become', since: '2.9' }],
  ['sudo_user', { levels: ALL, instead: 'become_user', since: '2.9' }],
  ['sudo_exe', { levels: ALL, instead: 'become_exe', since: '2.9' }],
  ['sudo_flags', { levels: ALL, instead: 'become_flags', since: '2.9' }],
  ['sudo_pass', { levels: ALL, isNeedless: true, since: '2.9' }],
  ['su', { levels: ALL, instead: 'become', since: '2.9' }],
  ['su_user', { levels: ALL, instead: 'become_user', since: '2.9' }],
  ['su_exe', { levels: ALL, instead: 'become_exe', since: '2.9' }],
  ['su_flags', { levels: ALL, instead: 'become_flags', since: '2.9' }],
  ['su_pass', { levels: ALL, isNeedless: true, since: '2.9' }],
  ['become_pass', { levels: ALL, isNeedless: true, since: '2.0' }],
  ['ssh_user', { levels: ALL, instead: 'remote_user', since: '2.0' }],
  ['user', { levels: ['play'], instead: 'remote_user', isDeprecated: true, since: '1.4' }],
  ['accelerate', { levels: ['play'], isNeedless: true, since: '2.6' }],
  ['accelerate_port', { levels: ['play'], isNeedless: true, since: '2.6' }],
  ['accelerate_ipv6', { levels: ['play'], isNeedless: true, since: '2.6' }],
  ['include', { levels: ['play', 'task'], instead: 'include_tasks', since: '2.16' }],
  [
    'ansible.builtin.include',
    { levels: ['play', 'task'], instead: 'ansible.builtin.include_tasks', since: '2.16' },
  ],
  ['static', { levels: ['task'], isNeedless: true, since: '2.12' }],
  ['always_run', { levels: ['block', 'task'], line: 'check_mode: false', since: '2.4' }],
  ['only_if', { levels: ['task'], instead: 'when', since: '1.0' }],
  ['first_available_file', { levels: ['task'], instead: 'with_first_found', since: '2.0' }],
] satisfies readonly (readonly [string, RemovedKeyword])[]);
