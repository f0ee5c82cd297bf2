/** Who may log in to the system that is to be installed. */
import type { AuthorisedUser } from '../access/authorised.ts';
import { RpiError } from '../errors.ts';
import { checkSetting } from '../formats/installer-config/check.ts';
import { sameKey, type PublicKey } from '../formats/ssh-key.ts';

export type Account = AuthorisedUser;

export type Accounts = {
  /** Keys of root; empty where root gets none. */
  readonly root: readonly PublicKey[];
  /** The one user that the installer itself creates; undefined where there is none. */
  readonly first: Account | undefined;
  /** Created by post-install.txt. */
  readonly others: readonly Account[];
};

export type AccountsInput = {
  readonly host: string;
  /** Whom rpi and Ansible log in as. */
  readonly login: string;
  readonly projectKeys: readonly PublicKey[];
  /** `access.users` of rpi.yml. */
  readonly users: readonly AuthorisedUser[];
  /** `access.root` of rpi.yml. */
  readonly rootByKey: boolean;
  /** `username`, `user_ssh_pubkey` and `root_ssh_pubkey` where a person has set them. */
  readonly username: string | undefined;
  readonly userKeys: readonly PublicKey[];
  readonly rootKeys: readonly PublicKey[];
};

/**
 * The accounts of the new system: the one we log in as (with our key, and sudo where rpi.yml does
 * not say otherwise), those of rpi.yml, and the person's own `username`. Throws `create.no-login`
 * where nobody could get in to what was installed,
 * and `create.invalid-setting` for a name that no user can have.
 */
export function accountsOf(input: AccountsInput): Accounts {
  const { login, projectKeys, users, username } = input;
  const accounts = new Map<string, Account>();
  const add = ({ name, sudo, keys }: Account): void => {
    const known = accounts.get(name);
    accounts.set(name, {
      name,
      sudo: sudo || known?.sudo === true,
      keys: distinct([...(known?.keys ?? []), ...keys]),
    });
  };
  if (username !== undefined) add({ name: username, sudo: false, keys: input.userKeys });
  const planned = users.some(({ name }) => name === login);
  add({ name: login, sudo: !planned, keys: projectKeys });
  users.forEach(add);
  add({
    name: 'root',
    sudo: false,
    keys: [...input.rootKeys, ...(input.rootByKey ? projectKeys : [])],
  });

  const root = accounts.get('root')?.keys ?? [];
  accounts.delete('root');
  for (const name of accounts.keys()) checkSetting('username', name);
  const [first, ...others] = accounts.values();
  if (root.length === 0 && ![first, ...others].some((each) => (each?.keys.length ?? 0) > 0)) {
    throw new RpiError(
      'create.no-login',
      `Nobody could log in to ${input.host} by key once it is installed.`,
      {
        remedy:
          'Let rpi make a key (rpi access enroll does, also where no Pi answers yet), or give users and keys under access.users in rpi.yml.',
      },
    );
  }
  return { root, first, others };
}

function distinct(keys: readonly PublicKey[]): PublicKey[] {
  return keys.filter((key, index) => keys.findIndex((other) => sameKey(other, key)) === index);
}
