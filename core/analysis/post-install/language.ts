/** post-install.txt as a language of the analysis engine: a shell script, looked at as a whole. */
import { analyse, type Analysed } from '../analyse.ts';
import type { Item, Language } from '../document.ts';
import type { OnRuleError } from '../rule.ts';
import type { PostInstallFacts, PostInstallProject } from './facts.ts';
import { POST_INSTALL_RULES } from './rules.ts';

export type AnalysedPostInstall = Analysed<Item, undefined, undefined, PostInstallFacts>;

export const postInstallLanguage: Language<
  Item,
  undefined,
  undefined,
  PostInstallFacts,
  PostInstallProject
> = {
  split: (text, previous) => [
    { item: previous.find((each) => each.text === text) ?? { text }, start: 0 },
  ],
  context: () => undefined,
  itemFacts: () => undefined,
  merge: (_parts, text) => ({ text }),
  itemRules: POST_INSTALL_RULES.flatMap(({ script }) => script ?? []),
  projectRules: POST_INSTALL_RULES.flatMap(({ withBash }) => withBash ?? []),
  infos: new Map(POST_INSTALL_RULES.map((info) => [info.code, info])),
};

/** All findings in the text of a post-install.txt. `previous`: see analyse. */
export function analysePostInstall(
  document: { readonly path: string; readonly text: string },
  project: PostInstallProject,
  previous: AnalysedPostInstall | undefined,
  onRuleError: OnRuleError,
): AnalysedPostInstall {
  return analyse({ ...document, language: postInstallLanguage }, project, previous, onRuleError);
}
