/** An extension with the name of the Ansible extension (redhat.ansible), and nothing of it but its language. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const MANIFEST = {
  publisher: 'redhat',
  name: 'ansible',
  displayName: 'Ansible',
  description: 'Stands for the Ansible extension.',
  version: '0.0.1',
  engines: { vscode: '^1.91.0' },
  contributes: {
    // The real one gives its language to playbooks by their content.
    languages: [{ id: 'ansible', aliases: ['Ansible'], filenames: ['site.yml'] }],
  },
};

/** Packs it in a folder that is there. Returns the path of the .vsix. */
export async function packAnsibleExtension(folder: string): Promise<string> {
  const source = join(folder, 'ansible-extension');
  const packed = join(folder, 'ansible-extension.vsix');
  await mkdir(source);
  await writeFile(join(source, 'package.json'), JSON.stringify(MANIFEST));
  await writeFile(join(source, 'README.md'), 'Stands for the Ansible extension.\n');
  const args = ['package', '--no-dependencies', '--allow-missing-repository', '--skip-license'];
  const child = spawn('vsce', [...args, '--out', packed], {
    cwd: source,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  }
  await once(child, 'close');
  if (child.exitCode !== 0) throw new Error(`the extension could not be packed:\n${text}`);
  return packed;
}
