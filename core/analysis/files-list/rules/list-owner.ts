import type { ListLineRule } from '../rules.ts';

const NAME = '(?:[a-z_][-a-z0-9_]*\\$?|\\d+)';
const OWNER = new RegExp(`^(?:${NAME})?(?::(?:${NAME})?)?$`, 'i');

/** What chown understands: OWNER, OWNER:GROUP, OWNER:, :GROUP, also as numbers. */
export const listOwner: ListLineRule = {
  code: 'list-owner',
  *check({ fields }) {
    const [owner, mode] = fields;
    if (owner === undefined || OWNER.test(owner.text)) return;
    const swapped = mode !== undefined && /^[0-7]{3,4}$/.test(owner.text) && OWNER.test(mode.text);
    const dotted = /^[a-z_][-a-z0-9_]*\.[a-z_][-a-z0-9_]*$/i.test(owner.text);
    yield {
      start: owner.start,
      end: owner.end,
      message: swapped
        ? 'The owner comes first, then the mode.'
        : `“${owner.text}” is no owner: write OWNER or OWNER:GROUP. The file would belong to root.`,
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
