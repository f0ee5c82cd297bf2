/**
 * V8’s optimizing compilers are for what runs much. By themselves they begin with the first small
 * playbook, where they cost more time than they save, and 6 MB of memory that never comes back:
 * their own program, of which nothing is in memory until it is used.
 */
import { setFlagsFromString } from 'node:v8';

/** Five to ten times V8’s own: a large document or a project still gets there at once. */
const CALLS = {
  'invocation-count-for-maglev': 4000,
  'invocation-count-for-maglev-osr': 1000,
  'invocation-count-for-turbofan': 15_000,
  'invocation-count-for-osr': 5000,
};

/**
 * From here and not on the command line: a Node that does not know one of them would not start at
 * all; here it says so on stderr and goes on.
 */
export function compileLater(): void {
  for (const [name, calls] of Object.entries(CALLS)) setFlagsFromString(`--${name}=${calls}`);
}
