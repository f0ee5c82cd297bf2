import { addLine } from '../edits.ts';
import type { FileRule } from '../items.ts';

/** These edit the medium’s config.txt and reboot before anything is installed. */
export const extraReboot: FileRule = {
  code: 'extra-reboot',
  *check({ text, statements, dialect, assignment, isSet, value }) {
    if (dialect.name !== 'raspberrypi-ua-netinst') return;
    const why =
      'costs one more reboot before the installation; one started by tryboot would end in the old system.';
    const rtc = assignment('rtc');
    if (rtc !== undefined && isSet('rtc')) yield { ...rtc.range, message: `rtc ${why}` };
    if (value('hdmi_system_only') !== '0') return;
    const type = isSet('hdmi_type') ? assignment('hdmi_type') : undefined;
    const overscan = value('hdmi_disable_overscan') === '1' ? 'hdmi_disable_overscan' : undefined;
    const hdmi = type ?? (overscan === undefined ? undefined : assignment(overscan));
    if (hdmi === undefined) return;
    const only = assignment('hdmi_system_only');
    const edit =
      only === undefined
        ? addLine(text, statements, hdmi.range, 'hdmi_system_only', '1')
        : { ...only.valueRange, text: '1' };
    yield {
      ...hdmi.range,
      message: `${hdmi.name} without hdmi_system_only=1 ${why}`,
      fixes:
        edit === undefined
          ? []
          : [{ title: 'Write hdmi_system_only=1', edits: [edit], preferred: true }],
    };
  },
};
