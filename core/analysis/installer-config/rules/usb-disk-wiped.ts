import type { FileRule } from '../items.ts';

export const usbDiskWiped: FileRule = {
  code: 'usb-disk-wiped',
  *check({ assignment, value }) {
    const written = assignment('usbroot');
    if (written === undefined || value('usbroot') !== '1') return;
    yield { ...written.range, message: 'The first USB disk is wiped as well as the card.' };
  },
};
