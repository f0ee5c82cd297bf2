import type { ListLineRule } from '../items.ts';

/** The path is put behind /rootfs and behind files/root as it is. */
export const listPath: ListLineRule = {
  code: 'list-path',
  *check({ fields }) {
    const [, , path] = fields;
    if (path === undefined) return;
    const place = { start: path.start, end: path.end };
    if (!path.text.startsWith('/')) {
      const fixed = path.text
        .replace(/^(?:\.?\/)*/, '/')
        .replace(/^\/(?:files\/)?root\/(?=\w+\/)/, '/');
      yield {
        ...place,
        message: `A path begins with “/”; the source lies under files/root/ by the same path.`,
        fixes: /^["'~$]/.test(path.text)
          ? []
          : [{ title: `Write ${fixed}`, edits: [{ ...place, text: fixed }] }],
      };
    } else if (path.text.split('/').includes('..')) {
      yield { ...place, message: 'A path can’t go upwards with “..”.' };
    } else if (/["'$`*?\\]/.test(path.text)) {
      yield { ...place, message: 'The path is taken as it is: no quotes, variables or wildcards.' };
    }
  },
};
