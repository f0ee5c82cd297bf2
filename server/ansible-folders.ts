/**
 * The folders of Ansible’s that documents are open of. Each has an index of its files, which is
 * built in the background, reads unsaved texts first, and goes along with what is typed.
 */
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { AnsibleProject } from '../core/analysis/ansible-project/project.ts';
import type { PlaybookFacts } from '../core/analysis/playbook/facts.ts';
import type { AnsibleFacts } from '../core/data/ansible-facts.ts';
import type { InventoryFiles } from '../core/inventory/files.ts';
import type { AnsibleFolder } from '../core/lint/ansible-folder.ts';
import { ansibleRootOf } from '../core/lint/ansible-kind.ts';
import type { InstalledModules } from './installed-modules.ts';
import type { Project } from '../core/project/project.ts';

export type AnsibleFolders = {
  /** Waits for the index a little, so that most documents are told everything at once. */
  readonly folderOf: (path: string) => Promise<AnsibleFolder | undefined>;
  /** An open document was read: others may say something else now. */
  readonly edited: (facts: PlaybookFacts) => void;
  /** Files on the disk changed; without paths any may have. Resolves when they are read. */
  readonly filesChanged: (paths: readonly string[] | undefined) => Promise<void>;
  /** Of the folder that the path is in, however long it takes. */
  readonly projectOf: (path: string) => Promise<AnsibleProject | undefined>;
  /** What is known of the modules in a folder of ours is more than it was. */
  readonly learn: (root: string, facts: AnsibleFacts) => void;
  /** The indexes that there are by now. */
  readonly projects: () => Promise<readonly AnsibleProject[]>;
};

type Held = {
  readonly opening: Promise<AnsibleFolder>;
  /** One change of the index after the other. */
  work: Promise<unknown>;
};

/** Milliseconds that a document waits for the index: it is told what needs no index then. */
const PATIENCE = 150;
/** Milliseconds after the last key until other documents hear of it. */
const QUIET = 250;

export function createAnsibleFolders(options: {
  readonly openText: (path: string) => string | undefined;
  readonly projectOf: (path: string) => Promise<Project | undefined>;
  readonly installed: Pick<InstalledModules, 'look' | 'forget'>;
  readonly changed: () => void;
  readonly log: (what: string, error: unknown) => void;
}): AnsibleFolders {
  const { openText, projectOf, installed, changed, log } = options;
  const folders = new Map<string, Held>();
  const edits = new Map<string, PlaybookFacts>();
  const learned = new Map<string, AnsibleFacts>();
  let timer: NodeJS.Timeout | undefined;

  const open = (root: string): Held => {
    const known = folders.get(root);
    if (known !== undefined) return known;
    const opening = openFolder(root, openText, projectOf);
    const held: Held = { opening, work: opening };
    folders.set(root, held);
    held.work = opening
      .then(async ({ index }) => {
        await index.build();
        const facts = learned.get(root);
        if (facts !== undefined) await index.learn(facts);
      })
      .then(changed, (error: unknown) => log(`${root} could not be read`, error));
    return held;
  };
  const after = (held: Held, root: string, step: (folder: AnsibleFolder) => Promise<void>) =>
    (held.work = held.work
      .then(() => held.opening)
      .then(step)
      .catch((error: unknown) => log(`${root} could not be read`, error)));

  const flush = (): void => {
    const all = [...edits.values()];
    edits.clear();
    for (const [root, held] of folders) {
      const own = all.filter(({ path }) => path.startsWith(`${root}/`));
      if (own.length === 0) continue;
      void after(held, root, async ({ index }) => {
        const before = index.current()?.shape;
        const now = await index.update(
          own.map(({ path }) => path),
          own,
        );
        // Where only places moved, nobody else has to hear of it.
        if (now.shape !== before) changed();
      });
    }
  };

  return {
    folderOf: async (path) => {
      const root = ansibleRootOf(path);
      if (root === undefined) return undefined;
      const held = open(root);
      installed.look(root);
      const folder = await held.opening;
      if (folder.index.current() === undefined) {
        await Promise.race([held.work, pause(PATIENCE, undefined, { ref: false })]);
      }
      return folder;
    },
    edited: (facts) => {
      if (ansibleRootOf(facts.path) === undefined) return;
      edits.set(facts.path, facts);
      clearTimeout(timer);
      timer = setTimeout(flush, QUIET);
    },
    filesChanged: async (paths) => {
      await Promise.all(
        [...folders].map(async ([root, held]) => {
          const own = paths?.filter((path) => path.startsWith(`${root}/`));
          if (own?.length === 0) return;
          const isSettings = (path: string): boolean =>
            ['rpi.yml', 'ansible.cfg'].includes(basename(path));
          if (own?.some(isSettings) === true) {
            // They decide where things are: from the beginning.
            folders.delete(root);
            installed.forget(root);
            await open(root).work;
            return;
          }
          await after(held, root, async ({ index }) => {
            await (own === undefined ? index.build() : index.update(own));
          });
        }),
      );
    },
    projectOf: async (path) => {
      const root = ansibleRootOf(path);
      if (root === undefined) return undefined;
      const held = open(root);
      await held.work;
      return (await held.opening).index.current();
    },
    learn: (root, facts) => {
      learned.set(root, facts);
      const held = folders.get(root);
      if (held === undefined) return;
      void after(held, root, async ({ index }) => {
        await index.learn(facts);
        changed();
      });
    },
    projects: async () => {
      const all = await Promise.all([...folders.values()].map(({ opening }) => opening));
      return all.flatMap(({ index }) => index.current() ?? []);
    },
  };
}

/** What reads the files is loaded with the first folder. */
async function openFolder(
  root: string,
  openText: (path: string) => string | undefined,
  projectOf: (path: string) => Promise<Project | undefined>,
): Promise<AnsibleFolder> {
  const [{ openAnsibleFolder }, { filesOnDisk }, project] = await Promise.all([
    import('../core/lint/ansible-folder.ts'),
    import('../core/inventory/files.ts'),
    projectOf(join(root, 'rpi.yml')),
  ]);
  const files: InventoryFiles = {
    ...filesOnDisk,
    read: async (path) => openText(path) ?? (await filesOnDisk.read(path)),
  };
  return openAnsibleFolder(root, files, project?.root === root ? project : undefined);
}
