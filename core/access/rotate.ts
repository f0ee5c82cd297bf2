/** `rpi access rotate`: replaces the project's key on the Pis that it opens. */
import { readFile } from 'node:fs/promises';
import type { InventoryHost } from '../inventory/host.ts';
import { loadInventory, selectAdopted } from '../inventory/load.ts';
import type { EventBody } from '../runs/event.ts';
import { confirmed, type ProjectContext } from '../runs/operation.ts';
import { loadIdentity, noKeyYet } from '../ssh/identity.ts';
import { checkHosts } from './check.ts';
import { enroll, type EnrollOutcome } from './enroll.ts';
import { onlyGenerated } from './rotation.ts';

export type RotateInput = {
  /** An Ansible host pattern; all hosts without it. */
  readonly limit: string | undefined;
  /** Don’t ask. */
  readonly confirmed: boolean;
};

/**
 * Authorises a new key on the hosts of the limit; once every Pi of the inventory has it, it
 * becomes the project's, and the old one is withdrawn; all after a question that names the hosts.
 * Goes on where an earlier run stopped. Only Pis that let us in by the project's key, and show a
 * host key that is on record, are touched. Throws `inventory.*`, `answer.needed` where nobody can
 * confirm, and `access.identity` where there is no key yet or it is not one of rpi's.
 */
export async function* rotateKey(
  input: RotateInput,
  context: ProjectContext,
): AsyncGenerator<EventBody, EnrollOutcome> {
  const { project, env } = context;
  if (project.config.access.identity !== 'generate') throw onlyGenerated();
  if ((await loadIdentity(project, env)) === undefined) throw noKeyYet();
  const hosts = selectAdopted(await loadInventory(project, context), input.limit);
  if (context.dryRun) return yield* rehearse(hosts, context);
  const names = hosts.map(({ name }) => name);
  const question = `Replace the project’s key on ${names.join(', ')}?`;
  if (!input.confirmed && !(await confirmed(context, question, { hosts: names }))) {
    return { status: 'refused', summary: 'No key was replaced.', hosts: [] };
  }
  const present = (): Promise<string> => readFile(project.identity, 'utf8');
  const before = await present();
  const outcome = yield* enroll(
    {
      limit: input.limit,
      rotate: true,
      acceptNew: false,
      askPassword: false,
      keySaved: false,
      ownKeys: [],
    },
    context,
  );
  if ((await present()) !== before) {
    return { ...outcome, summary: `The project’s key was replaced. ${outcome.summary}` };
  }
  const undone = 'The old key is the project’s until every Pi has the new one: run it again then.';
  return { ...outcome, undone: [...(outcome.undone ?? []), undone] };
}

async function* rehearse(
  hosts: readonly InventoryHost[],
  context: ProjectContext,
): AsyncGenerator<EventBody, EnrollOutcome> {
  const states = yield* checkHosts(hosts, () => [], context);
  yield {
    kind: 'plan',
    title: 'What replacing the key would do',
    items: states.map(({ host, state, detail }) => ({
      action: state === 'key' ? 'replace the key on' : 'can’t replace it on',
      target: host,
      detail,
    })),
  };
  return { status: 'ok', summary: 'A dry run: nothing was changed.', hosts: [] };
}
