/** What the walk writes into its folder: playbooks that break, mend and last, and its tasks. */

/** The line of the task that fails in BROKEN. */
export const BROKEN_LINE = 6;
export const BROKEN = `- name: Provision
  hosts: all
  gather_facts: false
  tasks:

    - name: Ask for what is not there
      ansible.builtin.command: "false"
`;
export const MENDED = BROKEN.replace('"false"', '"true"');
/** Goes on until there is a file on the Pi. */
export const LASTING = `- name: A long one
  hosts: all
  gather_facts: false
  tasks:
    - name: Wait until it may go on
      ansible.builtin.command: sh -c 'until test -e /tmp/go-on; do sleep 0.2; done'
`;

export const TASKS = {
  version: '2.0.0',
  tasks: [
    {
      type: 'rpi',
      label: 'provision pi1',
      command: 'provision',
      limit: 'pi1',
      problemMatcher: [],
    },
  ],
};
