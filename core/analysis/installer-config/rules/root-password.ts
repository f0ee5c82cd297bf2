import { isOnlineConfig } from '../online.ts';
import type { FileRule } from '../items.ts';

const DEFAULT = 'raspbian';

/** The password that everybody knows. */
export const rootPassword: FileRule = {
  code: 'root-password',
  *check(facts, project) {
    const { text, dialect, firstLine, end, settings, assignment, isSet, value } = facts;
    const { managesAccounts } = project;
    if (value('disable_root') === '1') return;
    const written = assignment('rootpw');
    if (written === undefined) {
      // What a command or a second file may set is not known here.
      if (
        isOnlineConfig(facts, project) ||
        !settings.certain ||
        isSet('online_config') ||
        settings.values.has('rootpw')
      )
        return;
      // It may stand where the shell does not read any more: that is reported there.
      if (end !== undefined && /\brootpw=/.test(text.slice(end.at))) return;
      const overSsh =
        dialect.option('root_ssh_pwlogin') === undefined ||
        (value('ssh_pwlogin') !== '0' && value('root_ssh_pwlogin') === '1');
      yield {
        ...firstLine,
        // rpi asks for keys only, and lets no password in over ssh: a choice that a person made.
        ...(managesAccounts === true && !overSsh ? { severity: 'information' } : {}),
        message: `rootpw is not set: root’s password is “${DEFAULT}”, as everybody knows${overSsh ? ', also over ssh' : ''}.`,
      };
      return;
    }
    if (written.value !== '' && written.value !== DEFAULT) return;
    yield {
      ...(written.value === '' ? written.range : written.valueRange),
      message:
        written.value === DEFAULT
          ? `“${DEFAULT}” is the default that everybody knows: choose a password of your own.`
          : dialect.emptyTakesDefault
            ? `Empty does not mean “no password”: root’s password becomes “${DEFAULT}”.`
            : 'Root has no password at all: choose one, or set disable_root=1.',
    };
  },
};
