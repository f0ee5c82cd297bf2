/**
 * Words of the playbook language that are no modules, by level; those of ansible-core 2.14 to 2.19
 * together. (Which version has which is data: core/data/ansible-facts.ts.)
 */

const COMMON = [
  'any_errors_fatal',
  'become',
  'become_exe',
  'become_flags',
  'become_method',
  'become_user',
  'check_mode',
  'collections',
  'connection',
  'debugger',
  'diff',
  'environment',
  'ignore_errors',
  'ignore_unreachable',
  'module_defaults',
  'name',
  'no_log',
  'port',
  'remote_user',
  'run_once',
  'tags',
  'throttle',
  'timeout',
  'vars',
];

/** Lists of tasks in a play. */
export const SECTIONS = ['pre_tasks', 'tasks', 'post_tasks', 'handlers'] as const;
export type Section = (typeof SECTIONS)[number];

/** Lists of tasks in a block. */
export const BLOCK_SECTIONS = ['block', 'rescue', 'always'] as const;
export type BlockSection = (typeof BLOCK_SECTIONS)[number];

const PLAY = [
  ...COMMON,
  ...SECTIONS,
  'fact_path',
  'force_handlers',
  'gather_facts',
  'gather_subset',
  'gather_timeout',
  'hosts',
  'max_fail_percentage',
  'order',
  'roles',
  'serial',
  'strategy',
  'user',
  'validate_argspec',
  'vars_files',
  'vars_prompt',
];

const BELOW_PLAY = [...COMMON, 'delegate_facts', 'delegate_to', 'when'];

const TASK = [
  ...BELOW_PLAY,
  'action',
  'args',
  'async',
  'changed_when',
  'delay',
  'failed_when',
  'local_action',
  'loop',
  'loop_control',
  'notify',
  'poll',
  'register',
  'retries',
  'until',
];

export type KeywordLevel = 'play' | 'import_playbook' | 'role' | 'block' | 'task' | 'handler';

export const KEYWORDS: Readonly<Record<KeywordLevel, ReadonlySet<string>>> = {
  play: new Set(PLAY),
  import_playbook: new Set([
    'name',
    'tags',
    'vars',
    'when',
    'import_playbook',
    'ansible.builtin.import_playbook',
  ]),
  role: new Set([...BELOW_PLAY, 'role']),
  block: new Set([...BELOW_PLAY, ...BLOCK_SECTIONS, 'notify']),
  task: new Set(TASK),
  handler: new Set([...TASK, 'listen']),
};
