import type { ListLineRule } from '../items.ts';
import { areSwapped } from './list-owner.ts';

/** What chmod takes beside octal digits. */
export const SYMBOLIC =
  /^[ugoa]*(?:[-+=](?:[rwxXst]*|[ugo]))+(?:,[ugoa]*(?:[-+=](?:[rwxXst]*|[ugo]))+)*$/;

/** What chmod understands: octal digits, or as in u=rw,go=r. */
export const listMode: ListLineRule = {
  code: 'list-mode',
  *check({ fields }) {
    const [owner, mode, path] = fields;
    // Of lines with too few fields, list-fields says enough; of swapped ones, list-owner.
    if (owner === undefined || mode === undefined || path === undefined) return;
    if (SYMBOLIC.test(mode.text) || areSwapped(owner.text, mode.text)) return;
    const octal = /^[0-7]{1,5}$/.test(mode.text);
    if (octal && mode.text.length >= 3 && mode.text.length <= 4) return;
    yield {
      start: mode.start,
      end: mode.end,
      message: octal
        ? `“${mode.text}” is an odd mode: three or four octal digits are wanted, as in 644.`
        : `“${mode.text}” is no mode: write octal digits such as 644. The file would keep the mode it has by chance.`,
    };
  },
};
