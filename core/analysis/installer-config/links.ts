/** Files and addresses that values name. */
import type { Link } from '../features.ts';
import type { InstallerFacts } from './facts.ts';
import type { InstallerProject } from './project.ts';

/** `path`: of the installer-config.txt, absolute; the files that it names are looked up beside it. */
export function links(
  { dialect, statements }: InstallerFacts,
  { files }: InstallerProject,
  path: string,
): Link[] {
  return statements.flatMap((statement): Link[] => {
    if (statement.kind !== 'assignment') return [];
    const { name, value, valueRange } = statement;
    const option = dialect.option(name);
    if (option === undefined || value === undefined || value === '') return [];
    if (option.type === 'sshkey-or-file' && files?.has(value) === true) {
      const target = { path: `${folderOfFiles(path, dialect.places)}/${value}` };
      return [{ ...valueRange, target, tooltip: 'The file with the keys' }];
    }
    if (option.type === 'url' && /^https?:\/\/[^\s"'\\]+$/.test(value)) {
      return [{ ...valueRange, target: { url: value }, tooltip: 'Open the address' }];
    }
    return [];
  });
}

/** The installer of 2015 keeps its files in config/, beside the configuration itself. */
function folderOfFiles(path: string, places: { config: string; files: string }): string {
  const folder = path.replace(/[\\/][^\\/]*$/, '');
  const above = places.config.includes('/') ? places.config.replace(/\/[^/]*$/, '/') : '';
  return `${folder}/${places.files.slice(above.length)}`;
}
