/** What the files of a host are made from, and the making of them. */
import { authorisedUsers, type AuthorisedUser } from '../access/authorised.ts';
import { RpiError } from '../errors.ts';
import type { KeyPair, PublicKey } from '../formats/ssh-key.ts';
import type { InventoryHost } from '../inventory/host.ts';
import type { ProjectContext } from '../runs/operation.ts';
import { loadIdentity } from '../ssh/identity.ts';
import { readBase, type BaseText } from './base.ts';
import { hostFiles, type RenderedFile } from './host-files.ts';
import { readOwnFiles, withOwnFiles, type OwnFile } from './own-files.ts';

/** What all hosts share. */
export type Ingredients = {
  readonly config: BaseText;
  readonly postInstall: BaseText | undefined;
  readonly own: readonly OwnFile[];
  readonly projectKeys: readonly PublicKey[];
  readonly users: readonly AuthorisedUser[];
};

/** Throws `create.no-config`, `create.invalid-config`, `access.identity`, `file.not-readable`. */
export async function readIngredients({ project, env }: ProjectContext): Promise<Ingredients> {
  const { config, post_install: postInstall } = project.config.create;
  const base = await readBase(project, config);
  if (base === undefined) {
    throw new RpiError('create.no-config', `There is no ${config} in ${project.root}.`, {
      remedy: 'rpi init adds one to the project, or name yours as create.config in rpi.yml.',
    });
  }
  const identity = await loadIdentity(project, env);
  const projectKeys = identity?.publicKeys ?? [];
  return {
    config: base,
    postInstall: await readBase(project, postInstall),
    own: await readOwnFiles(project),
    projectKeys,
    users: await authorisedUsers(project, projectKeys),
  };
}

/** Files of a host but for what names one rendering of them: the same for the same nonce. */
export type FilesByNonce = {
  readonly files: (nonce: string) => readonly RenderedFile[];
  /** post-install.txt as it was written. */
  readonly postInstall: string;
};

/** Throws `create.*`. */
export async function filesOf(
  host: InventoryHost,
  ingredients: Ingredients,
  hostKey: KeyPair,
  { project }: Pick<ProjectContext, 'project'>,
): Promise<FilesByNonce> {
  const base = await ingredients.config.forHost(host);
  const postInstall = (await ingredients.postInstall?.forHost(host)) ?? '';
  const made = (nonce: string): readonly RenderedFile[] =>
    hostFiles({
      ...ingredients,
      host,
      config: project.config,
      base,
      basePath: ingredients.config.path,
      postInstall,
      hostKey,
      nonce,
    });
  const own = (await withOwnFiles(made(''), ingredients.own, host)).slice(made('').length);
  return { postInstall, files: (nonce) => [...made(nonce), ...own] };
}
