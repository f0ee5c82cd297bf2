import type { InstallerFacts } from '../facts.ts';
import type { FileRule } from '../items.ts';

/** Options that keep passwords out, and with which values. */
const CLOSING: readonly (readonly [
  name: string,
  closes: (value: string | undefined) => boolean,
])[] = [
  ['root_ssh_pwlogin', (value) => value !== '1'],
  ['ssh_pwlogin', (value) => value === '0'],
  ['disable_root', (value) => value === '1'],
  ['rootpw', (value) => value === ''],
];

/** Nobody gets in: no password is accepted over ssh, and no key is known. */
export const noLogin: FileRule = {
  code: 'no-login',
  *check(facts, { managesAccounts }) {
    const { text, end, firstLine, settings, assignment, isSet } = facts;
    // What a command or a second file may set is not known here.
    if (managesAccounts === true || !settings.certain || isSet('online_config')) return;
    // A key may stand where the shell does not read any more: that is reported there.
    if (end !== undefined && /_ssh_pubkey=/.test(text.slice(end.at))) return;
    const open = facts.dialect.name === 'raspbian-ua-netinst' ? openIn2015(facts) : isOpen(facts);
    if (open !== false) return;
    const closing = CLOSING.flatMap(([name, closes]) => {
      const written = assignment(name);
      return written === undefined || !closes(written.value)
        ? []
        : [{ message: `${name} closes one way.`, ...written.range }];
    });
    yield {
      ...firstLine,
      message:
        'Nobody can log in over ssh: passwords are off and there is no public key. Set root_ssh_pubkey, or username with user_ssh_pubkey.',
      related: closing,
    };
  },
};

/** Undefined where it depends on the shell. */
function isOpen({ isSet, value }: InstallerFacts): boolean | undefined {
  const user = value('username');
  if (isSet('root_ssh_pubkey')) return true;
  if (user !== '' && isSet('user_ssh_pubkey')) return true;
  const [passwords, forRoot] = [value('ssh_pwlogin'), value('root_ssh_pwlogin')];
  if (passwords === undefined || forRoot === undefined || user === undefined) return undefined;
  if (passwords === '0') return false;
  return forRoot === '1' || (user !== '' && isSet('userpw'));
}

function openIn2015({ isSet, value }: InstallerFacts): boolean | undefined {
  const [disabled, password, user] = [value('disable_root'), value('rootpw'), value('username')];
  if (user !== '' && (isSet('user_ssh_pubkey') || isSet('userpw'))) return true;
  if (disabled === undefined || password === undefined || user === undefined) return undefined;
  return disabled !== '1' && (password !== '' || isSet('root_ssh_pubkey'));
}
