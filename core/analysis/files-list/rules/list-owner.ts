import type { ListLineRule } from '../items.ts';

const NAME = '(?:[a-z_][-a-z0-9_]*\\$?|\\d+)';
const OWNER = new RegExp(`^(?:${NAME})?(?::(?:${NAME})?)?$`, 'i');

/** What chown understands: OWNER, OWNER:GROUP, OWNER:, :GROUP, also as numbers. */
export const listOwner: ListLineRule = {
  code: 'list-owner',
  *check({ fields }) {
    const [owner, mode] = fields;
    if (owner !== undefined && mode !== undefined && areSwapped(owner.text, mode.text)) {
      const place = { start: owner.start, end: mode.end };
      const text = `${mode.text} ${owner.text}`;
      yield {
        ...place,
        message: 'The owner comes first, then the mode.',
        fixes: [{ title: `Write ${text}`, edits: [{ ...place, text }], preferred: true }],
      };
      return;
    }
    if (owner === undefined || OWNER.test(owner.text)) return;
    const dotted = /^[a-z_][-a-z0-9_]*\.[a-z_][-a-z0-9_]*$/i.test(owner.text);
    yield {
      start: owner.start,
      end: owner.end,
      message: `“${owner.text}” is no owner: write OWNER or OWNER:GROUP. The file would belong to root.`,
      ...(dotted
        ? {
            fixes: [
              {
                title: `Write ${owner.text.replace('.', ':')}`,
                edits: [{ start: owner.start, end: owner.end, text: owner.text.replace('.', ':') }],
                preferred: true,
              },
            ],
          }
        : {}),
    };
  },
};

/** An octal mode, and behind it a user’s name. */
export function areSwapped(owner: string, mode: string): boolean {
  return /^[0-7]{3,4}$/.test(owner) && /^[a-z_]/i.test(mode) && OWNER.test(mode);
}
