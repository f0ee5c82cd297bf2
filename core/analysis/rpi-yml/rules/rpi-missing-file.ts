import type { RpiYmlFacts, SettingsPath } from '../facts.ts';
import type { RpiYmlRule } from '../rules.ts';

const STAGES = ['upgrade', 'provision', 'verify_environment', 'deploy', 'verify_deployment'];

/** Only paths that somebody wrote; a default may well be missing. */
export const rpiMissingFile: RpiYmlRule = {
  code: 'rpi-missing-file',
  *check({ valueRange, values }, { exists }) {
    if (exists === undefined) return;
    for (const { path, what } of named(values)) {
      const value = valueAt(values, path);
      const range = valueRange(path);
      if (
        typeof value !== 'string' ||
        /^[~/]|^$/.test(value) ||
        range === undefined ||
        exists(value)
      )
        continue;
      yield { ...range, message: `There is no ${what} ${value} (relative to rpi.yml).` };
    }
  },
};

function named(values: unknown): { readonly path: SettingsPath; readonly what: string }[] {
  const users = valueAt(values, ['access', 'users']);
  const keys = (Array.isArray(users) ? (users as unknown[]) : []).flatMap((_, user) => {
    const authorized = valueAt(values, ['access', 'users', user, 'authorized']);
    return (Array.isArray(authorized) ? (authorized as unknown[]) : []).flatMap((key, index) =>
      // A key itself may stand here too.
      typeof key === 'string' && /^(?![~/])\S+\.pub$/.test(key)
        ? [{ path: ['access', 'users', user, 'authorized', index], what: 'public key' }]
        : [],
    );
  });
  return [
    { path: ['inventory'], what: 'inventory' },
    ...STAGES.map((stage) => ({ path: ['ansible', stage], what: 'playbook' })),
    { path: ['create', 'config'], what: 'file' },
    { path: ['create', 'post_install'], what: 'file' },
    { path: ['create', 'repository', 'keyring'], what: 'keyring' },
    ...keys,
  ];
}

function valueAt(values: RpiYmlFacts['values'], path: SettingsPath): unknown {
  let value = values;
  for (const name of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Readonly<Record<string | number, unknown>>)[name];
  }
  return value;
}
