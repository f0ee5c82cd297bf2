/** What deserves a word in a person's installer-config.txt, although it can be rendered. */
import { RpiError } from '../errors.ts';
import { installerOption } from '../data/installer-options.ts';
import { checkSetting } from '../formats/installer-config/check.ts';
import { lineOf } from '../formats/installer-config/overlay.ts';
import { parseInstallerConfig } from '../formats/installer-config/parse.ts';
import { settingsOf } from '../formats/installer-config/settings.ts';

/** What is unsafe in the settings that a host will have; one sentence each. */
export function settingWarnings(rendered: string): string[] {
  const { values } = settingsOf(parseInstallerConfig(rendered));
  const isOff = (name: string): boolean => values.get(name) === '0';
  // Present but undefined: the shell computes it.
  const isUnset = !values.has('rootpw') || values.get('rootpw') === '';
  return isUnset && !isOff('root_ssh_pwlogin') && !isOff('ssh_pwlogin')
    ? [
        'rootpw is not set: root’s password will be “raspbian”, also over ssh. Set one, or root_ssh_pwlogin=0.',
      ]
    : [];
}

/** The installer sources post-install.txt too: an `exit` in it ends the installer, before it is done. */
export function postInstallWarnings(text: string, path: string): string[] {
  return text
    .split('\n')
    .flatMap((line, index) =>
      /^\s*(?:exit|exec)\b/.test(line)
        ? [`${path}:${index + 1}: this ends the installer itself, before the system can boot.`]
        : [],
    );
}

/** One sentence each, with path and line. The installer ignores what it does not know. */
export function baseWarnings(text: string, path: string): string[] {
  const warnings: string[] = [];
  const warn = (offset: number, message: string): void => {
    warnings.push(`${path}:${lineOf(text, offset)}: ${message}`);
  };
  for (const statement of parseInstallerConfig(text).statements) {
    if (statement.kind === 'command') {
      warn(
        statement.range.start,
        'this is no setting: the installer runs it as a command, as root.',
      );
    }
    if (statement.kind !== 'assignment' || statement.append || statement.value === undefined)
      continue;
    try {
      checkSetting(statement.name, statement.value);
    } catch (error) {
      if (!RpiError.is(error)) throw error;
      // A variable of the person's own is fine; one that resembles an option is a slip.
      const unknown = installerOption(statement.name) === undefined;
      if (unknown && error.remedy?.startsWith('Did you mean') !== true) continue;
      warn(
        statement.range.start,
        unknown ? `${error.message} ${error.remedy ?? ''}` : error.message,
      );
    }
  }
  return warnings;
}
