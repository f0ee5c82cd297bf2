/** What can be followed in a text about a Pi: the commands, files and addresses that it names; pure. */

/** What a link does; `about` says what its command is given. */
export type LinkAction =
  | {
      readonly does: 'command';
      readonly command: `rpi.${string}`;
      readonly about: 'pi' | 'project';
    }
  | { readonly does: 'open'; readonly file: 'rpi.yml' | 'settings' }
  /** Asks for the installer's download, and takes its files. */
  | { readonly does: 'payload' }
  /** The section of docs/reinstall.md under this heading. */
  | { readonly does: 'docs'; readonly heading: string }
  | { readonly does: 'differences' };

export type Part =
  | { readonly text: string }
  | { readonly text: string; readonly action: LinkAction }
  | { readonly text: string; readonly url: string };

const command = (id: `rpi.${string}`, about: 'pi' | 'project'): LinkAction => ({
  does: 'command',
  command: id,
  about,
});

/** A longer text stands before one that it begins with. `HOST` stands for the Pi's name. */
const NAMED: readonly (readonly [pattern: string, action: LinkAction])[] = [
  ['rpi access enroll(?: HOST)?(?![\\w-])', command('rpi.access.enroll', 'pi')],
  ['rpi access check(?: HOST)?(?![\\w-])', command('rpi.access.check', 'pi')],
  ['rpi ssh HOST(?![\\w-])', command('rpi.ssh.terminal', 'pi')],
  ['rpi reboot HOST(?![\\w-])', command('rpi.reboot', 'pi')],
  ['rpi inventory sync', command('rpi.inventory.sync', 'project')],
  ['rpi monitor --once', command('rpi.monitor.open', 'project')],
  ['rpi detect', command('rpi.detect', 'project')],
  ['rpi doctor', command('rpi.doctor', 'project')],
  ['rpi create payload (?:FILE\\.zip|PATH)', { does: 'payload' }],
  ['the installer’s settings', { does: 'open', file: 'settings' }],
  ['installer-config\\.txt', { does: 'open', file: 'settings' }],
  ['rpi\\.yml', { does: 'open', file: 'rpi.yml' }],
];

const ADDRESS = 'https://[A-Za-z0-9.-]+(?:/[A-Za-z0-9._~/%#?=&-]*)?';

/** The parts of a text about `host`; together they are the text. */
export function linkedParts(text: string, host: string): readonly Part[] {
  const name = host.replaceAll(/[^\w]/g, String.raw`\$&`);
  const named = NAMED.map(
    ([pattern, action]) => [pattern.replaceAll('HOST', name), action] as const,
  );
  const any = new RegExp(`(${[ADDRESS, ...named.map(([pattern]) => pattern)].join('|')})`);
  return text.split(any).flatMap((part, index): Part[] => {
    if (part === '') return [];
    if (index % 2 === 0) return [{ text: part }];
    if (part.startsWith('https://')) return [{ text: part, url: part }];
    const action = named.find(([pattern]) => new RegExp(`^(?:${pattern})$`).test(part))?.[1];
    return [action === undefined ? { text: part } : { text: part, action }];
  });
}
