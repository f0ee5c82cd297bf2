import { removeFix, valueFix } from '../edits.ts';
import type { FileRule } from '../items.ts';

/** usbboot needs hands at the machine, and usbroot. */
export const usbBoot: FileRule = {
  code: 'usb-boot',
  *check({ text, assignment, value, holds }) {
    const written = assignment('usbboot');
    if (written === undefined || value('usbboot') !== '1') return;
    const root = assignment('usbroot');
    const withoutRoot = holds({ kind: 'equals', name: 'usbroot', value: '1' }) === false;
    yield {
      ...written.range,
      message: withoutRoot
        ? 'usbboot=1 without usbroot=1 wipes the card and the USB disk, and then fails.'
        : 'usbboot=1 powers the machine off at the end, until somebody takes the card out: not for a machine far away.',
      ...(root === undefined
        ? {}
        : { related: [{ message: 'usbroot is set here.', ...root.range }] }),
      fixes: [valueFix(written, '0', false), ...removeFix(text, written, false)],
    };
  },
};
