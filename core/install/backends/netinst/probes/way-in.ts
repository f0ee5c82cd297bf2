import { USER_FILES } from '../../../../create/post-install.ts';
import { DEFAULT_USER } from '../../../../ssh/project-session.ts';
import type { NetinstProbe, Rendered } from '../probe.ts';

export const wayInProbe: NetinstProbe = {
  name: 'way in',
  why: 'A new system that lets nobody in has to be installed again, by hand.',
  find: (rendered, { needsPython }) => {
    const { settings, host } = rendered;
    const preset = settings.get('preset');
    const packages = (settings.get('packages') ?? '').split(/[ ,]+/);
    if (
      preset === 'base' &&
      !packages.some((name) => /^(?:openssh-server|ssh|dropbear)$/.test(name))
    ) {
      return {
        status: 'failed',
        detail: 'preset=base has no ssh server',
        remedy: 'Add openssh-server to packages, or take preset=server.',
      };
    }
    const user = host.user ?? DEFAULT_USER;
    const keys = usersWithKeys(rendered);
    if (!keys.includes(user)) {
      return {
        status: 'failed',
        detail: `${user}, whom rpi and Ansible log in as, gets no key`,
        remedy:
          'Let rpi make a key (rpi access enroll), or name users and keys under access.users.',
      };
    }
    if (preset !== 'server' && !packages.some((name) => name.startsWith('python3'))) {
      return {
        status: needsPython === true ? 'failed' : 'warning',
        detail: `keys for ${keys.join(', ')}; but preset=${preset ?? ''} has no Python, which Ansible needs`,
        remedy: 'Add python3 to packages.',
      };
    }
    return { status: 'ok', detail: `sshd, and keys for ${keys.join(', ')}` };
  },
};

function usersWithKeys({ settings, files }: Rendered): string[] {
  const { get } = settings;
  const first = get('username') ?? '';
  const others = files.flatMap(({ path }) => {
    const [, name] =
      new RegExp(`^config/files/${USER_FILES}/([^/]+)/authorized_keys$`).exec(path) ?? [];
    return name === undefined ? [] : [name];
  });
  return [
    ...(get('root_ssh_pubkey') === '' ? [] : ['root']),
    ...(first === '' || get('user_ssh_pubkey') === '' ? [] : [first]),
    ...others,
  ];
}
