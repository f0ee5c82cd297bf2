/** Everything that `rpi doctor` looks at, in the order it is shown. To add one: a file, a line. */
import type { Check } from './check.ts';
import { ansibleLintCheck } from './checks/ansible-lint.ts';
import { ansibleCheck } from './checks/ansible.ts';
import { avahiCheck } from './checks/avahi.ts';
import { clockCheck } from './checks/clock.ts';
import { dataFolderCheck } from './checks/data-folder.ts';
import { gitCheck } from './checks/git.ts';
import { identityCheck } from './checks/identity.ts';
import { inventoryCheck } from './checks/inventory.ts';
import { nmapCheck } from './checks/nmap.ts';
import { nodeCheck } from './checks/node.ts';
import { projectCheck } from './checks/project.ts';
import { pythonCheck } from './checks/python.ts';
import { receiversCheck } from './checks/receivers.ts';
import { serviceNodeCheck } from './checks/service-node.ts';
import { sqliteCheck } from './checks/sqlite.ts';
import { sshCheck } from './checks/ssh.ts';

export const CHECKS: readonly Check[] = [
  nodeCheck,
  serviceNodeCheck,
  sqliteCheck,
  pythonCheck,
  ansibleCheck,
  ansibleLintCheck,
  sshCheck,
  nmapCheck,
  avahiCheck,
  gitCheck,
  clockCheck,
  dataFolderCheck,
  projectCheck,
  inventoryCheck,
  identityCheck,
  receiversCheck,
];
