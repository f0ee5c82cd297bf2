import type { ListRule } from '../items.ts';

/** raspbian-ua-netinst installs a list only where post-install.txt says so. */
export const listUnused: ListRule = {
  code: 'list-unused',
  *check({ name, entries }, { dialect, postInstall }) {
    const [first] = entries;
    if (dialect !== 'raspbian-ua-netinst' || postInstall === undefined || first === undefined)
      return;
    const called = postInstall
      .split('\n')
      .some((line) => /^\s*install_files\b/.test(line) && line.includes(name));
    if (called) return;
    yield {
      start: first.owner.start,
      end: first.path.end,
      message: `raspbian-ua-netinst installs this list only where post-install.txt calls: install_files ${name}`,
    };
  },
};
