/**
 * Every rule for installer-config.txt: a line here and a file in rules/. The docs page has a section
 * for each code; its anchor is the code.
 */
import type { Severity } from '../finding.ts';
import type { RuleInfo } from '../rule.ts';
import type { FileRule, LineRule } from './items.ts';
import { isOnlineConfig } from './online.ts';
import { bootSize } from './rules/boot-size.ts';
import { byteOrderMark } from './rules/byte-order-mark.ts';
import { clearPassword } from './rules/clear-password.ts';
import { clearWifiPassword } from './rules/clear-wifi-password.ts';
import { deprecatedOption } from './rules/deprecated-option.ts';
import { emptyValue } from './rules/empty-value.ts';
import { expandedTwice } from './rules/expanded-twice.ts';
import { extraReboot } from './rules/extra-reboot.ts';
import { hostName } from './rules/host-name.ts';
import { installerEnds } from './rules/installer-ends.ts';
import { internalOption } from './rules/internal-option.ts';
import { invalidValue } from './rules/invalid-value.ts';
import { ipSettings } from './rules/ip-settings.ts';
import { lostBackslash } from './rules/lost-backslash.ts';
import { mirrorArch } from './rules/mirror-arch.ts';
import { missingPartner } from './rules/missing-partner.ts';
import { needlessExport } from './rules/needless-export.ts';
import { neverRead } from './rules/never-read.ts';
import { noEffect } from './rules/no-effect.ts';
import { noKernel } from './rules/no-kernel.ts';
import { noLogin } from './rules/no-login.ts';
import { noPython } from './rules/no-python.ts';
import { noSshServer } from './rules/no-ssh-server.ts';
import { notASetting } from './rules/not-a-setting.ts';
import { otherDialectOption } from './rules/other-dialect.ts';
import { overlayParameters } from './rules/overlay-parameters.ts';
import { overwritten } from './rules/overwritten.ts';
import { passwordlessSudo } from './rules/passwordless-sudo.ts';
import { publicKey } from './rules/public-key.ts';
import { quoteOverLines } from './rules/quote-over-lines.ts';
import { reinstallFiles } from './rules/reinstall-files.ts';
import { rootPassword } from './rules/root-password.ts';
import { rootPasswordLogin } from './rules/root-password-login.ts';
import { shellExpansion } from './rules/shell-expansion.ts';
import { spacesAroundEquals } from './rules/spaces-around-equals.ts';
import { staysOff } from './rules/stays-off.ts';
import { syntaxError } from './rules/syntax-error.ts';
import { tooLate } from './rules/too-late.ts';
import { typographicQuotes } from './rules/typographic-quotes.ts';
import { unknownCountry } from './rules/unknown-country.ts';
import { unknownKeyboardLayout } from './rules/unknown-keyboard-layout.ts';
import { unknownLocale } from './rules/unknown-locale.ts';
import { unknownOption } from './rules/unknown-option.ts';
import { unknownRelease } from './rules/unknown-release.ts';
import { unknownTimezone } from './rules/unknown-timezone.ts';
import { unquotedValue } from './rules/unquoted-value.ts';
import { unsupportedModel } from './rules/unsupported-model.ts';
import { usbBoot } from './rules/usb-boot.ts';
import { usbDiskWiped } from './rules/usb-disk-wiped.ts';
import { userName } from './rules/user-name.ts';
import { userWithoutLogin } from './rules/user-without-login.ts';

/** Where people read why a finding matters; the fragment is the finding's code. */
export const INSTALLER_CONFIG_DOCS = 'docs/installer-config.md';

type Entry = RuleInfo & { readonly line?: LineRule; readonly file?: FileRule };

/** A rule over single command lines. The title heads the code's section in the docs. */
const ofLine = (line: LineRule, severity: Severity, title: string): Entry => ({
  code: line.code,
  severity,
  title,
  line,
});

/** A rule over the whole file. */
const ofFile = (file: FileRule, severity: Severity, title: string): Entry => ({
  code: file.code,
  severity,
  title,
  file,
});

/** The same; in a second configuration it says nothing, as the first one has what is missing here. */
const ofWhole = (file: FileRule, severity: Severity, title: string): Entry =>
  ofFile(
    {
      code: file.code,
      check: (facts, project) => (isOnlineConfig(facts, project) ? [] : file.check(facts, project)),
    },
    severity,
    title,
  );

export const INSTALLER_CONFIG_RULES: readonly Entry[] = [
  ofFile(syntaxError, 'error', 'The shell stops reading'),
  ofLine(quoteOverLines, 'error', 'A quote over several lines'),
  ofLine(notASetting, 'error', 'A command among settings'),
  ofLine(installerEnds, 'error', 'The installer ends'),
  ofFile(neverRead, 'warning', 'Never read'),
  ofLine(spacesAroundEquals, 'error', 'Spaces around “=”'),
  ofLine(unquotedValue, 'error', 'A value without quotes'),
  ofFile(shellExpansion, 'error', 'Replaced by the shell'),
  ofLine(expandedTwice, 'error', 'Read twice by the shell'),
  ofFile(overwritten, 'warning', 'Set twice'),
  ofFile(tooLate, 'warning', 'Too late in a second configuration'),
  ofLine(lostBackslash, 'error', 'A backslash that gets lost'),
  ofLine(typographicQuotes, 'error', 'Typographic quotes'),
  ofFile(byteOrderMark, 'error', 'A byte order mark'),
  ofLine(needlessExport, 'hint', '“export” is not needed'),
  ofFile(unknownOption, 'warning', 'An option that does not exist'),
  ofLine(otherDialectOption, 'warning', 'An option of the other installer'),
  ofFile(deprecatedOption, 'warning', 'An old name'),
  ofLine(internalOption, 'information', 'A variable of the installer'),
  ofLine(emptyValue, 'warning', 'An empty value'),
  ofLine(invalidValue, 'warning', 'A value that does not fit'),
  ofLine(hostName, 'warning', 'Host and domain names'),
  ofLine(userName, 'error', 'User names'),
  ofLine(unknownTimezone, 'warning', 'Time zones'),
  ofLine(unknownLocale, 'warning', 'Locales'),
  ofLine(unknownKeyboardLayout, 'warning', 'Keyboard layouts'),
  ofLine(unknownCountry, 'warning', 'Wi-Fi countries'),
  ofFile(unknownRelease, 'warning', 'Releases'),
  ofFile(publicKey, 'error', 'Public keys'),
  ofLine(overlayParameters, 'warning', 'Overlays with parameters'),
  ofWhole(missingPartner, 'error', 'Something else is needed'),
  ofWhole(noEffect, 'warning', 'Without effect'),
  ofFile(ipSettings, 'error', 'Addresses'),
  ofFile(mirrorArch, 'error', 'Mirror and architecture'),
  ofFile(usbBoot, 'error', 'Boot from USB'),
  ofFile(usbDiskWiped, 'information', 'The USB disk is wiped'),
  ofFile(noKernel, 'error', 'No kernel'),
  ofFile(bootSize, 'error', 'Size of the boot partition'),
  ofFile(extraReboot, 'warning', 'One more reboot'),
  ofWhole(noSshServer, 'warning', 'No ssh server'),
  ofWhole(noPython, 'warning', 'No Python'),
  ofFile(unsupportedModel, 'error', 'Models that can’t be installed'),
  ofWhole(noLogin, 'error', 'Nobody can log in'),
  ofWhole(userWithoutLogin, 'warning', 'A user who can’t log in'),
  ofFile(rootPassword, 'warning', 'Root’s password'),
  ofFile(rootPasswordLogin, 'warning', 'Root by password over ssh'),
  ofFile(clearPassword, 'warning', 'Passwords in clear'),
  ofFile(clearWifiPassword, 'warning', 'Wi-Fi passphrase in clear'),
  ofFile(passwordlessSudo, 'information', 'Root without a password'),
  ofFile(reinstallFiles, 'information', 'Cleaned up after the installation'),
  ofFile(staysOff, 'information', 'Off when it is done'),
];

export const LINE_RULES: readonly LineRule[] = INSTALLER_CONFIG_RULES.flatMap(
  ({ line }) => line ?? [],
);

export const FILE_RULES: readonly FileRule[] = INSTALLER_CONFIG_RULES.flatMap(
  ({ file }) => file ?? [],
);
