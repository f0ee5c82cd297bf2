import type { ListRule } from '../items.ts';

/** What is not there is not copied, without a word. */
export const listSource: ListRule = {
  code: 'list-source',
  *check({ entries }, { files }) {
    if (files === undefined) return;
    const folders = new Set([...files].flatMap(foldersOf));
    for (const { path } of entries) {
      if (!path.text.startsWith('/')) continue;
      const source = `root${path.text.replace(/\/+$/, '')}`;
      if (files.has(source) || folders.has(source)) continue;
      yield {
        start: path.start,
        end: path.end,
        message: `There is no files/${source}: nothing would be copied.`,
      };
    }
  },
};

function foldersOf(path: string): string[] {
  const parts = path.split('/');
  return parts.slice(0, -1).map((_part, index) => parts.slice(0, index + 1).join('/'));
}
