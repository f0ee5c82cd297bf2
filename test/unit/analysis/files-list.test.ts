import { describe, expect, it } from 'vitest';
import { analyseFilesList } from '../../../core/analysis/files-list/language.ts';
import type { FilesListProject } from '../../../core/analysis/files-list/items.ts';
import { applyEdits } from '../../../core/formats/text-edit.ts';

function analysed(
  text: string,
  project: FilesListProject = {},
): ReturnType<typeof analyseFilesList> {
  return analyseFilesList(
    { path: 'config/files/my.list', text },
    project,
    undefined,
    (code, error) => {
      throw new Error(`The rule ${code} crashed.`, { cause: error });
    },
  );
}

const told = (text: string, project?: FilesListProject): string[] =>
  analysed(text, project).findings.map(
    ({ start, end, severity, code }) =>
      `${text.slice(0, start).split('\n').length} ${severity} ${code} “${text.slice(start, end)}”`,
  );

describe('a list of files', () => {
  it.each([
    ['# why\n\n  # indented\nroot:root 644 /etc/motd\n'],
    ['root 0600 /etc/motd\r\nada: u=rw,go= /home/ada/.netrc\r\n1000:1000 a+x /usr/local/bin/x'],
    ['root:root 644\n', '1 warning list-fields “root:root 644”'],
    ['/etc/motd\n', '1 warning list-fields “/etc/motd”', '1 warning list-owner “/etc/motd”'],
    ['root:root 644 /etc/my file\n', '1 warning list-fields “/etc/my file”'],
    ['root:root 644 /etc/motd # why\n', '1 warning list-fields “/etc/motd # why”'],
    ['root.root 644 /etc/motd\n', '1 warning list-owner “root.root”'],
    ['644 root /etc/motd\n', '1 warning list-owner “644 root”'],
    ['root:root /etc/motd\n', '1 warning list-fields “root:root /etc/motd”'],
    ['1000 644 /etc/motd\n'],
    ['root:root rw-r--r-- /etc/motd\n', '1 warning list-mode “rw-r--r--”'],
    ['root:root 888 /etc/motd\n', '1 warning list-mode “888”'],
    ['root:root 64 /etc/motd\n', '1 warning list-mode “64”'],
    ['root:root 644 etc/motd\n', '1 warning list-path “etc/motd”'],
    ['root:root 644 /etc/../motd\n', '1 warning list-path “/etc/../motd”'],
    ['root:root 644 "/etc/motd"\n', '1 warning list-path “"/etc/motd"”'],
    ['root:root 644 /etc/*.conf\n', '1 warning list-path “/etc/*.conf”'],
    ['root 644 /etc/ssh/ssh_host_rsa_key\n', '1 error list-permissions “644”'],
    ['root u=rw,go=r /etc/ssh/ssh_host_rsa_key\n', '1 error list-permissions “u=rw,go=r”'],
    ['root u=rw,g=u,g-rw,o= /etc/ssh/ssh_host_rsa_key\n'],
    ['root u=rw,g=u,o= /etc/ssh/ssh_host_rsa_key\n', '1 error list-permissions “u=rw,g=u,o=”'],
    ['root +r /etc/ssh/ssh_host_rsa_key\n', '1 error list-permissions “+r”'],
    ['root +w /etc/sudoers.d/ada\n'],
    ['root 644 /etc/ssh/ssh_host_rsa_key.pub\nroot 600 /etc/ssh/ssh_host_rsa_key\n'],
    ['ada 666 /home/ada/.ssh/authorized_keys\n', '1 error list-permissions “666”'],
    ['ada 777 /home/ada/.ssh\n', '1 error list-permissions “777”'],
    ['ada 700 /home/ada/.ssh\nada 600 /home/ada/.ssh/authorized_keys\n'],
    ['root 646 /etc/sudoers.d/ada\n', '1 error list-permissions “646”'],
  ])('%j', (text, ...expected) => expect(told(text)).toEqual(expected));

  it('names what is missing under files/root; a folder is there when something is in it', () => {
    const files = new Set(['my.list', 'root/etc/motd', 'root/home/ada/.ssh/authorized_keys']);
    const text = 'root 644 /etc/motd\nada 700 /home/ada/.ssh/\nroot 644 /etc/issue\n';
    expect(told(text, { files })).toEqual(['3 warning list-source “/etc/issue”']);
  });

  it('names users that nothing makes', () => {
    const text = 'ada:users 644 /etc/motd\nwww-data 644 /etc/issue\nbob 644 /etc/hosts\n';
    expect(told('root.root 644 /etc/motd\n', { users: new Set() })).toEqual([
      '1 warning list-owner “root.root”',
    ]);
    expect(told(text, { users: new Set(['ada']) })).toEqual([
      '3 information list-unknown-user “bob”',
    ]);
  });

  it('of raspbian-ua-netinst is installed where post-install.txt says so', () => {
    const text = 'root 644 /etc/motd\n';
    const dialect = 'raspbian-ua-netinst';
    expect(told(text, { dialect, postInstall: '# install_files my.list\n' })).toEqual([
      '1 warning list-unused “root 644 /etc/motd”',
    ]);
    expect(told(text, { dialect, postInstall: 'install_files my.list\n' })).toEqual([]);
    expect(told(text, { postInstall: '' })).toEqual([]);
  });

  it('is mended by its fixes', () => {
    const text = 'root.root 644 files/root/etc/motd\nroot 644 /etc/ssh/ssh_host_rsa_key\n';
    const edits = analysed(text).findings.flatMap(({ fixes = [] }) => fixes[0]?.edits ?? []);
    const after = applyEdits(text, edits);
    expect(after).toBe('root:root 644 /etc/motd\nroot 600 /etc/ssh/ssh_host_rsa_key\n');
    expect(told(after)).toEqual([]);
  });

  it('keeps what it found of lines that have not changed', () => {
    const first = analysed('root 64 /etc/motd\nroot 644 /etc/issue\n');
    const document = { path: 'my.list', text: `\n${first.text}` };
    const second = analyseFilesList(
      { ...document, path: 'config/files/my.list' },
      {},
      first,
      (code, error) => {
        throw new Error(code, { cause: error });
      },
    );
    expect(second.items[1]?.item).toBe(first.items[0]?.item);
    expect(second.findings[0]?.start).toBe((first.findings[0]?.start ?? 0) + 1);
  });
});
