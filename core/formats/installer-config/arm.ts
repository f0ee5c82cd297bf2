/**
 * The one command among the settings that rpi writes itself. Where the installer is started once
 * by the boot loader (tryboot), a failure after the wipe would boot the old system, which is gone:
 * so the installer's own config.txt takes the old one's place in the copy that it puts back.
 */

const ARMING_COMMAND =
  'cp -f "${tmp_bootfs}/raspberrypi-ua-netinst/config.txt" "${tmp_bootfs}/config.txt"';

/** The line to write first in an installer-config.txt that is started by tryboot. */
export function armingCommand(): string {
  return ARMING_COMMAND;
}

/** True for that command, however its words are spaced and quoted. */
export function isArmingCommand(text: string): boolean {
  return normalised(text) === normalised(ARMING_COMMAND);
}

function normalised(text: string): string {
  return text
    .replaceAll('"', '')
    .replace(/\$\{(\w+)\}/g, '$$$1')
    .replace(/^cp\s+(?:-f\s+)?(?:--\s+)?/, 'cp ')
    .trim()
    .replace(/\s+/g, ' ');
}
